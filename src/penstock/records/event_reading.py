"""Events as they are read: of a record, of a kind, of a time, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.values import Json

_queries = load("penstock.records", "events.sql")


@dataclass(frozen=True)
class Event:
    """Something that happened, with canonical values; `type` is the id of its kind."""

    id: int
    record_id: int
    object_type: str
    type: str
    at: datetime
    properties: dict[str, Json]


@dataclass(frozen=True)
class Selection:
    """Which events to read; None stands for no restriction.

    `types` are ids of kinds; `until` is not included; `holding` are canonical values that the event
    has. `after` is the place, instant and id, of the last event that was read before.
    """

    record_ids: Sequence[int] | None = None
    object_type: str | None = None
    types: Sequence[str] | None = None
    ids: Sequence[int] | None = None
    since: datetime | None = None
    until: datetime | None = None
    holding: Mapping[str, Json] = field(default_factory=dict)
    ascending: bool = False
    after: tuple[datetime, int] | None = None


async def page(conn: Connection, selection: Selection, *, limit: int) -> list[Event]:
    """Up to `limit` events of a selection, the latest first unless ascending."""
    after_at, after_id = selection.after or (None, None)
    parameters = {
        "types": selection.types,
        "ids": selection.ids,
        "since": selection.since,
        "until": selection.until,
        "holding": Jsonb(selection.holding),
        "ascending": selection.ascending,
        "after_at": after_at,
        "after_id": after_id,
        "limit": limit,
    }
    if selection.record_ids is None:
        rows = await _queries.rows(
            conn, "of_types", object_type=selection.object_type, **parameters
        )
    else:
        rows = await _queries.rows(
            conn, "of_records", record_ids=list(selection.record_ids), **parameters
        )
    return [
        Event(
            row.id,
            row.record_id,
            row.object_type,
            row.type,
            row.at.astimezone(UTC),
            row.properties,
        )
        for row in rows
    ]
