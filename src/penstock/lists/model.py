"""What a list is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

Kind = Literal["MANUAL", "DYNAMIC", "SNAPSHOT"]
"""HubSpot's processing types: chosen by hand, those that match, those that matched once."""

KINDS: Final[tuple[str, ...]] = get_args(Kind)


@dataclass(frozen=True)
class Draft:
    """A list that is to be. `document` is its filter, None for a list that is filled by hand."""

    name: str
    object_type: str
    kind: Kind
    document: dict[str, Any] | None = None
    folder_id: int | None = None


@dataclass(frozen=True)
class List:
    """A list as it is stored. `version` grows with every change of its filter.

    `criterion_id` is what the members of a dynamic list match; None until they are known.
    """

    id: int
    version: int
    name: str
    object_type: str
    kind: Kind
    document: dict[str, Any] | None
    criterion_id: int | None
    processing: bool
    folder_id: int | None
    created_at: datetime
    updated_at: datetime
    document_at: datetime | None
    created_by: str
    updated_by: str
    deleted_at: datetime | None

    @property
    def known(self) -> bool:
        """Whether its members are known."""
        return self.kind != "DYNAMIC" or self.criterion_id is not None


def list_of(row: Any) -> List:
    """A list from a row of lists."""
    return List(
        id=row.id,
        version=row.version,
        name=row.name,
        object_type=row.object_type,
        kind=row.kind,
        document=row.document,
        criterion_id=row.criterion_id,
        processing=row.pending_criterion_id is not None,
        folder_id=row.folder_id,
        created_at=row.created_at.astimezone(UTC),
        updated_at=row.updated_at.astimezone(UTC),
        document_at=_utc(row.document_at),
        created_by=row.created_by,
        updated_by=row.updated_by,
        deleted_at=_utc(row.deleted_at),
    )


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
