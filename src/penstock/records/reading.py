"""Records as they are read: by id, by unique value, page by page, with their history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.changes import Source
from penstock.records.errors import PropertyUnknown
from penstock.records.schema import TypeSchema
from penstock.records.values import Json, instant_text

_queries = load("penstock.records")

_LONGEST_CHAIN = 8
"""Merges of merges that a read follows."""


@dataclass(frozen=True)
class Record:
    """A record with its canonical values; `properties` lacks what has no value."""

    id: int
    type: str
    properties: dict[str, Json]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None

    def shown(self, type: TypeSchema, names: Iterable[str]) -> dict[str, str | None]:
        """The named properties as strings of the wire; names that do not exist are left out."""
        formats, columns = type.formats, type.columns
        shown: dict[str, str | None] = {}
        for name in names:
            if name in formats:
                value = self.properties.get(name)
                shown[name] = None if value is None else formats[name](value)
            elif name in columns:
                shown[name] = self._column(columns[name])
        return shown

    def _column(self, column: str) -> str:
        if column == "id":
            return str(self.id)
        return instant_text(self.created_at if column == "created_at" else self.updated_at)


def record_of(row: Any) -> Record:
    """A record from a row of records."""
    return Record(
        row.id,
        row.type,
        row.properties,
        row.created_at.astimezone(UTC),
        row.updated_at.astimezone(UTC),
        row.archived_at.astimezone(UTC) if row.archived_at else None,
    )


async def read(
    conn: Connection, type: TypeSchema, ids: Sequence[int], *, archived: bool = False
) -> dict[int, Record]:
    """The records of one type that exist among `ids`, by the id asked for.

    An id that was merged away gives the survivor. `archived` asks for archived ones instead.
    """
    found: dict[int, Record] = {}
    asked = {id: id for id in ids}
    for _ in range(_LONGEST_CHAIN):
        rows = await _queries.rows(conn, "read", ids=list(asked.values()))
        by_id = {row.id: row for row in rows if row.type == type.id}
        onward: dict[int, int] = {}
        for wanted, current in asked.items():
            row = by_id.get(current)
            if row is None:
                continue
            if row.merged_into is not None:
                onward[wanted] = row.merged_into
            elif (row.archived_at is not None) == archived:
                found[wanted] = record_of(row)
        if not onward:
            break
        asked = onward
    return found


async def page(
    conn: Connection, type: TypeSchema, *, after: int = 0, limit: int = 10, archived: bool = False
) -> list[Record]:
    """Up to `limit` records with ids above `after`, in id order."""
    rows = await _queries.rows(
        conn, "page", type=type.id, after=after, limit=limit, archived=archived
    )
    return [record_of(row) for row in rows]


async def find(
    conn: Connection, type: TypeSchema, property: str, values: Iterable[str]
) -> dict[str, int]:
    """The ids of the records that have these canonical values of a unique property, by value.

    Raises PropertyUnknown when the property is not unique.
    """
    if property not in type.unique:
        raise PropertyUnknown(name=property)
    rows = await _queries.rows(conn, "find", type=type.id, property=property, values=list(values))
    return {row.value: row.record_id for row in rows}


@dataclass(frozen=True)
class PastValue:
    """A value that a property had from `at` on, in canonical JSON."""

    value: Json | None
    at: datetime
    source: Source


async def history(
    conn: Connection, ids: Sequence[int], properties: Sequence[str]
) -> Mapping[int, Mapping[str, Sequence[PastValue]]]:
    """What each property has been, newest first, by record and property."""
    rows = await _queries.rows(conn, "history", ids=list(ids), properties=list(properties))
    found: dict[int, dict[str, list[PastValue]]] = {}
    for row in rows:
        past = PastValue(row.value, row.at.astimezone(UTC), Source.read(row.source))
        found.setdefault(row.record_id, {}).setdefault(row.property, []).append(past)
    return found
