"""Members of lists: chosen by hand, read in order, and found from the record's side."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.lists import store
from penstock.lists.errors import MembersFixed, MembersUnknown, TypesDiffer
from penstock.lists.model import List
from penstock.records.changes import Write
from penstock.records.schema import Schema

_queries = load("penstock.lists", "members.sql")

FEW: Final = 100
"""Members that may come or go in the fresh lane; more of them wait behind fresh leads."""


@dataclass(frozen=True)
class Moved:
    """What became of the records that were to come or go."""

    moved: frozenset[int]
    missing: frozenset[int]
    """Those that do not exist, are archived, or are of another type."""


async def add(conn: Connection, id: int, records: Collection[int], write: Write) -> Moved:
    """Add records to a list that is filled by hand, or to a snapshot; members stay as they are.

    Raises ListNotFound or MembersFixed.
    """
    return await _move(conn, "add", id, records, write)


async def remove(conn: Connection, id: int, records: Collection[int], write: Write) -> Moved:
    """Remove members. Raises ListNotFound or MembersFixed."""
    return await _move(conn, "remove", id, records, write)


async def add_from(conn: Connection, schema: Schema, id: int, source: int, write: Write) -> None:
    """Add all members of another list.

    Raises ListNotFound, MembersFixed, TypesDiffer or MembersUnknown.
    """
    target, other = await _chosen(conn, id), await store.share(conn, source)
    if target.object_type != other.object_type:
        raise TypesDiffer(
            source=other.name,
            source_type=schema.type(other.object_type).plural_label,
            name=target.name,
            type=schema.type(target.object_type).plural_label,
        )
    if not other.known:
        raise MembersUnknown(name=other.name)
    given = {"list": id, "origin": source, "criterion": other.criterion_id}
    await _queries.run(conn, "add_from", **given, type=target.object_type, **write.backfill().bound)


async def clear(conn: Connection, id: int, write: Write) -> None:
    """Remove all members. Raises ListNotFound or MembersFixed."""
    found = await _chosen(conn, id)
    await _queries.run(conn, "clear", list=id, type=found.object_type, **write.backfill().bound)


async def _move(
    conn: Connection, name: str, id: int, records: Collection[int], write: Write
) -> Moved:
    found = await _chosen(conn, id)
    given = frozenset(records)
    how = write if len(given) <= FEW else write.backfill()
    row = await _queries.one(
        conn, name, list=id, type=found.object_type, ids=sorted(given), **how.bound
    )
    assert row is not None
    moved = frozenset(row.moved)
    return Moved(moved, given - frozenset(row.present) - moved)


async def _chosen(conn: Connection, id: int) -> List:
    found = await store.share(conn, id)
    if found.kind == "DYNAMIC":
        raise MembersFixed(name=found.name)
    return found


@dataclass(frozen=True)
class Member:
    """A record of a list, and since when it is one."""

    record_id: int
    joined_at: datetime


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind a member or, going `backwards`, before it."""

    id: int = 0
    at: datetime | None = None
    backwards: bool = False


START: Final = Place()


async def page(conn: Connection, of: List, place: Place, limit: int) -> Sequence[Member]:
    """Up to `limit` members, by the ids of the records."""
    return await _page(conn, "page", of, limit, id=place.id, backwards=place.backwards)


async def page_by_joining(conn: Connection, of: List, place: Place, limit: int) -> Sequence[Member]:
    """Up to `limit` members, by the moment at which they joined."""
    return await _page(
        conn,
        "page_by_joining",
        of,
        limit,
        id=place.id,
        at=place.at,
        backwards=place.backwards,
    )


async def _page(
    conn: Connection, name: str, of: List, limit: int, **place: Any
) -> Sequence[Member]:
    rows = await _queries.rows(
        conn, name, list=of.id, criterion=of.criterion_id, limit=limit, **place
    )
    return [Member(row.record_id, row.joined_at.astimezone(UTC)) for row in rows]


@dataclass(frozen=True)
class Size:
    """How many members a list has, and when the last one joined."""

    size: int
    last_joined_at: datetime | None


async def sizes(conn: Connection, lists: Sequence[List]) -> Mapping[int, Size]:
    """The size of each list, by its id."""
    rows = await _queries.rows(
        conn,
        "sizes",
        lists=[each.id for each in lists],
        criteria=[each.criterion_id for each in lists],
    )
    found = {row.id: Size(row.size, row.last_joined_at.astimezone(UTC)) for row in rows}
    return {each.id: found.get(each.id, Size(0, None)) for each in lists}


@dataclass(frozen=True)
class Membership:
    """A list that a record is in."""

    list_id: int
    list_version: int
    joined_at: datetime


async def of_record(conn: Connection, record: int) -> Sequence[Membership]:
    """The lists that a record is in, in the order of their ids."""
    rows = await _queries.rows(conn, "of_record", record=record)
    return [Membership(row.id, row.version, row.joined_at.astimezone(UTC)) for row in rows]
