"""Lists are stored here: made, renamed, given another filter, deleted and restored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from psycopg.types.json import Jsonb

from penstock.filters import criteria
from penstock.filters.compile import Criterion, Slots, select_matching
from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.lists import folders, uses
from penstock.lists.checking import asked_by, checked
from penstock.lists.errors import (
    ListInUse,
    ListInvalid,
    ListNotFound,
    MembersUnknown,
    NameTaken,
    RestoreTooLate,
)
from penstock.lists.model import Draft, Kind, List, list_of
from penstock.records.schema import Schema, TypeSchema

_queries = load("penstock.lists")
_members = load("penstock.lists", "members.sql")

RESTORABLE: Final = timedelta(days=90)
"""How long a deleted list can be restored."""


async def create(conn: Connection, schema: Schema, draft: Draft, actor: str, now: datetime) -> List:
    """Store a new list. A snapshot gets the members that match now, a dynamic list gets its members
    from the engine.

    Raises ListInvalid, NameTaken, FilterInvalid, ObjectTypeUnknown, FolderNotFound or
    MembersUnknown.
    """
    type = schema.type(draft.object_type)
    _refuse_unfit(draft)
    await _queries.run(conn, "alone")
    if draft.folder_id is not None:
        await folders.hold(conn, draft.folder_id)
    criterion, kept = None, None
    if draft.document is not None:
        criterion = await checked(conn, schema, type.id, draft.document)
        if draft.kind == "DYNAMIC":
            kept = await criteria.keep(conn, criterion, now)
        else:
            await _refuse_unknown_members(conn, criterion)
    row = await _queries.one(
        conn,
        "create",
        name=draft.name.strip(),
        object_type=type.id,
        kind=draft.kind,
        document=None if draft.document is None else Jsonb(draft.document),
        criterion=kept,
        folder=draft.folder_id,
        now=now,
        actor=actor,
    )
    if row is None:
        raise _name_taken(type, draft.name)
    if draft.kind == "SNAPSHOT" and criterion is not None:
        await _fill(conn, schema, row.id, criterion, now)
    await criteria.announce(conn)
    return list_of(row)


def _refuse_unfit(draft: Draft) -> None:
    problems = []
    if not draft.name.strip():
        problems.append(Problem(Text("a list needs a name"), "name", "REQUIRED"))
    if draft.kind == "MANUAL" and draft.document is not None:
        text = Text("a list that is filled by hand has no filter")
        problems.append(Problem(text, "filterBranch", "LIST_WITHOUT_FILTER"))
    if draft.kind != "MANUAL" and draft.document is None:
        text = Text("{field} is required", field="filterBranch")
        problems.append(Problem(text, "filterBranch", "REQUIRED"))
    if problems:
        raise ListInvalid(problems=problems)


def _name_taken(type: TypeSchema, name: str) -> NameTaken:
    return NameTaken(type=type.plural_label, name=name.strip(), where="name")


async def _refuse_unknown_members(conn: Connection, criterion: Criterion) -> None:
    """A snapshot must not be taken of lists whose members are still being found."""
    for asked in await read(conn, sorted(asked_by(criterion))):
        if not asked.known:
            raise MembersUnknown(name=asked.name)


async def _fill(
    conn: Connection, schema: Schema, id: int, criterion: Criterion, now: datetime
) -> None:
    statement = select_matching(criterion, schema, Slots(schema.time_zone, now))
    sql = _members.sql("fill").replace("MATCHING", statement.sql)
    await conn.execute(sql, {**statement.parameters, "list": id, "now": now})


async def rename(
    conn: Connection, schema: Schema, id: int, name: str, actor: str, now: datetime
) -> List:
    """Give a list another name. Raises ListNotFound, ListInvalid or NameTaken."""
    await _queries.run(conn, "alone")
    found = await _lock(conn, id)
    _refuse_unfit(Draft(name, found.object_type, "MANUAL"))
    await _refuse_taken(conn, schema, found, name)
    row = await _queries.one(conn, "rename", id=id, name=name.strip(), now=now, actor=actor)
    return list_of(row)


async def _refuse_taken(conn: Connection, schema: Schema, found: List, name: str) -> None:
    other = await _queries.one(conn, "by_name", object_type=found.object_type, name=name.strip())
    if other is not None and other.id != found.id:
        raise _name_taken(schema.type(found.object_type), name)


async def change_filter(
    conn: Connection,
    schema: Schema,
    id: int,
    document: Mapping[str, Any],
    actor: str,
    now: datetime,
) -> List:
    """Give a dynamic list another filter; its members change when the engine knows the new ones.

    Raises ListNotFound, ListInvalid, FilterInvalid or ListCycle.
    """
    await _queries.run(conn, "alone")
    found = await _lock(conn, id)
    if found.kind != "DYNAMIC":
        text = Text("only the filter of a dynamic list can be changed")
        raise ListInvalid(problems=[Problem(text, "filterBranch", "LIST_KIND")])
    criterion = await checked(conn, schema, found.object_type, document, own=id)
    kept = await criteria.keep(conn, criterion, now)
    row = await _queries.one(
        conn,
        "change_filter",
        id=id,
        document=Jsonb(document),
        criterion=kept,
        now=now,
        actor=actor,
    )
    await criteria.announce(conn)
    return list_of(row)


async def delete(conn: Connection, id: int, actor: str, now: datetime) -> None:
    """Delete a list that nobody asks about. Raises ListNotFound or ListInUse."""
    await _queries.run(conn, "alone")
    found = await _lock(conn, id)
    for use in await uses.of_list(conn, id):
        if use.active:
            raise ListInUse(name=found.name, use=use.text)
    await _queries.run(conn, "delete", id=id, now=now, actor=actor)
    await criteria.announce(conn)


async def restore(conn: Connection, schema: Schema, id: int, actor: str, now: datetime) -> List:
    """Bring a deleted list back. What its filter names must still exist.

    Raises ListNotFound, RestoreTooLate, NameTaken, FilterInvalid, ListCycle or ObjectTypeUnknown.
    """
    await _queries.run(conn, "alone")
    found = await _lock(conn, id, deleted=True)
    assert found.deleted_at is not None
    if now - found.deleted_at > RESTORABLE:
        raise RestoreTooLate(name=found.name, days=RESTORABLE.days)
    await _refuse_taken(conn, schema, found, found.name)
    kept = None
    if found.kind == "DYNAMIC" and found.document is not None:
        criterion = await checked(conn, schema, found.object_type, found.document, own=id)
        kept = await criteria.keep(conn, criterion, now)
    row = await _queries.one(conn, "restore", id=id, criterion=kept, now=now, actor=actor)
    await criteria.announce(conn)
    return list_of(row)


async def read(conn: Connection, wanted: Sequence[int]) -> list[List]:
    """The lists that exist among `wanted`, in that order."""
    return [list_of(row) for row in await _queries.rows(conn, "read", ids=list(wanted))]


async def read_one(conn: Connection, id: int) -> List:
    """Raises ListNotFound."""
    found = await read(conn, [id])
    if not found:
        raise ListNotFound(id=id)
    return found[0]


async def read_by_name(conn: Connection, type: TypeSchema, name: str) -> List | None:
    """The list of a type with this name, whatever its case."""
    row = await _queries.one(conn, "by_name", object_type=type.id, name=name.strip())
    return None if row is None else list_of(row)


async def share(conn: Connection, id: int) -> List:
    """A list that is neither changed nor deleted before this transaction ends.

    Raises ListNotFound.
    """
    row = await _queries.one(conn, "share", id=id)
    if row is None:
        raise ListNotFound(id=id)
    return list_of(row)


Sort = Literal["id", "name", "created_at", "updated_at"]


@dataclass(frozen=True)
class Search:
    """Which lists to look for; without ids or kinds it is all of them."""

    words: str = ""
    ids: Sequence[int] = ()
    kinds: Sequence[Kind] = ()
    sort: Sort = "id"
    descending: bool = False
    offset: int = 0
    limit: int = 20


async def search(conn: Connection, search: Search) -> tuple[list[List], int]:
    """A page of the lists that are looked for, and how many there are in all."""
    sought = {
        "words": search.words,
        "ids": list(search.ids) or None,
        "kinds": list(search.kinds) or None,
    }
    rows = await _queries.rows(
        conn,
        "found",
        **sought,
        sort=search.sort,
        descending=search.descending,
        limit=search.limit,
        offset=search.offset,
    )
    return [list_of(row) for row in rows], await _queries.value(conn, "count_found", **sought)


async def _lock(conn: Connection, id: int, *, deleted: bool = False) -> List:
    row = await _queries.one(conn, "lock", id=id, deleted=deleted)
    if row is None:
        raise ListNotFound(id=id)
    return list_of(row)
