"""The shapes of owners and teams on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from penstock.api.models import Paging, Wire

LONGEST_PAGE = 500
LONGEST_TEAM = 10_000


class OwnerTeam(Wire):
    id: str
    name: str
    primary: bool


class OwnerShape(Wire):
    id: str
    type: Literal["PERSON"]
    email: str
    first_name: str
    last_name: str
    user_id: int | None = None
    user_id_including_inactive: int
    teams: list[OwnerTeam]
    archived: bool
    created_at: datetime
    updated_at: datetime


class OwnerPage(Wire):
    results: list[OwnerShape]
    paging: Paging | None = None


class OwnerQuery(Wire):
    """Which owners to list; `after` is where the page before ended."""

    email: str | None = None
    after: int = Field(0, ge=0, le=2**63 - 1)
    limit: int = Field(100, ge=1, le=LONGEST_PAGE)
    archived: bool = False


class OwnerChange(Wire):
    """What of an owner may change; what is left out stays. `archived` false restores."""

    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    archived: bool | None = None


class OwnerInput(Wire):
    email: str
    first_name: str | None = None
    last_name: str | None = None


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


OwnerId = Annotated[int, BeforeValidator(_number), Field(ge=0, le=2**63 - 1)]
Members = Annotated[list[OwnerId], Field(max_length=LONGEST_TEAM)]


class TeamChange(Wire):
    """What of a team may change; what is left out stays."""

    name: str | None = None
    member_ids: Members | None = None
    secondary_member_ids: Members | None = None


class TeamInput(TeamChange):
    name: str


class TeamShape(Wire):
    """A team, with the ids of the owners whose primary team it is and of the others."""

    id: str
    name: str
    member_ids: list[str]
    secondary_member_ids: list[str]
    created_at: datetime


class TeamList(Wire):
    results: list[TeamShape]
