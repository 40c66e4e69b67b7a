"""The shapes of notifications on the wire."""

from pydantic import Field

from penstock.api.models import Paging, Wire


class NotificationShape(Wire):
    """What a workflow tells a user about a record; ids are strings."""

    id: str
    user_id: str
    workflow_id: str
    step: str
    record_id: str
    subject: str
    body: str
    created_at: str
    read_at: str | None = None


class NotificationPage(Wire):
    results: list[NotificationShape]
    paging: Paging | None = None


class NotificationQuery(Wire):
    """Which notifications to list; `after` is the id where the page before ended."""

    user_id: str | None = None
    unread: bool = False
    after: int | None = Field(None, ge=1, le=2**63 - 1)
    limit: int = Field(50, ge=1, le=100)


class ReadInput(Wire):
    ids: list[str] = Field(min_length=1, max_length=1000)


class MarkedShape(Wire):
    """The notifications that are read now."""

    ids: list[str]
