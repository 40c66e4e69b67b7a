"""Edges between records: added, removed and read, always in both directions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.changes import Write
from penstock.records.errors import EdgeInvalid
from penstock.records.schema import Edge, Schema, TypeSchema

_queries = load("penstock.records")


class NewEdge(NamedTuple):
    """An edge to be, from a record at hand to `to_id`. No type ids: the plain, unlabelled edge."""

    to_id: int
    type_ids: tuple[int, ...] = ()


Direction = tuple[int, int, int]
"""One direction of an edge: from, type, to."""


async def lock(conn: Connection, wanted: Sequence[int], *, alone: bool = False) -> dict[int, str]:
    """Hold live records against removal; returns their object types by id.

    `alone` also holds them against everybody else who associates them, as types need of which a
    record has one edge, or a limited number.
    """
    name = "lock" if alone else "lock_for_edges"
    rows = await _queries.rows(conn, name, ids=sorted(set(wanted)))
    return {row.id: row.type for row in rows if row.archived_at is None}


def check(
    schema: Schema, type: TypeSchema, edges: Sequence[NewEdge], live: Mapping[int, str]
) -> None:
    """Raise EdgeInvalid with every edge that cannot be: no such record, or no such type."""
    problems = [problem for edge in edges if (problem := _problem(schema, type, edge, live))]
    if problems:
        raise EdgeInvalid(problems=problems)


def _problem(
    schema: Schema, type: TypeSchema, edge: NewEdge, live: Mapping[int, str]
) -> Problem | None:
    other = live.get(edge.to_id)
    if other is None:
        text = Text("there is no record with the id {id} to associate with", id=edge.to_id)
        return Problem(text, where="associations", code="ASSOCIATION_TARGET_UNKNOWN")
    if not edge.type_ids and schema.plain_edge(type.id, other) is None:
        text = Text(
            "{first} and {second} have no association type",
            first=type.plural,
            second=schema.types[other].plural,
        )
        return Problem(text, where="associations", code="ASSOCIATION_TYPE_UNKNOWN")
    for type_id in edge.type_ids:
        known = schema.edges.get(type_id)
        if known is None or (known.from_type, known.to_type) != (type.id, other):
            text = Text(
                "association type {id} does not lead from {first} to {second}",
                id=type_id,
                first=type.plural,
                second=schema.types[other].plural,
            )
            return Problem(text, where="associations", code="ASSOCIATION_TYPE_UNKNOWN")
    return None


async def add(
    conn: Connection,
    schema: Schema,
    type: TypeSchema,
    edges: Sequence[tuple[int, NewEdge]],
    live: Mapping[int, str],
    write: Write,
) -> list[Direction]:
    """Add edges from records of one type; the other ends are held by `lock`.

    A labelled edge brings the plain one along, as in HubSpot. An edge of a type that a record has
    only once (a primary company) replaces the one before; the records it leaves are to be locked.
    Returns what is new as (from, type, to), this direction alone. Raises EdgeInvalid.
    """
    check(schema, type, [edge for _, edge in edges], live)
    return await attach(conn, schema, type, edges, live, write)


async def attach(
    conn: Connection,
    schema: Schema,
    type: TypeSchema,
    edges: Sequence[tuple[int, NewEdge]],
    live: Mapping[int, str],
    write: Write,
) -> list[Direction]:
    """Add edges that `check` has let pass, as `add` does."""
    wanted: dict[Direction, None] = {}
    for from_id, edge in edges:
        plain = schema.plain_edge(type.id, live[edge.to_id])
        for type_id in (*edge.type_ids, *((plain.id,) if plain else ())):
            wanted[from_id, type_id, edge.to_id] = None
    if any(_exclusive(schema, type_id) for type_id in {type_id for _, type_id, _ in wanted}):
        for key in _superseded(schema, list(wanted)):
            del wanted[key]
        await _replace_single(conn, schema, list(wanted), write)
    added = await _both_ways(conn, "associate", wanted, write)
    await _check_limits(conn, schema, added)
    return [direction for direction in added if direction in wanted]


async def _both_ways(
    conn: Connection, query: str, edges: Collection[Direction], write: Write
) -> list[Direction]:
    """Carry out a query on edges and their other directions; returns those that it was true of."""
    if not edges:
        return []
    from_ids, type_ids, to_ids = zip(*edges, strict=True)
    done = await _queries.one(
        conn,
        query,
        from_ids=list(from_ids),
        type_ids=list(type_ids),
        to_ids=list(to_ids),
        **write.bound,
    )
    assert done is not None
    return list(zip(done.from_ids, done.type_ids, done.to_ids, strict=True))


def _exclusive(schema: Schema, type_id: int) -> bool:
    """Whether a record has at most one edge of the type, seen from either end."""
    edge = schema.edges[type_id]
    return edge.single or schema.edges[edge.inverse].single


def _superseded(schema: Schema, wanted: Sequence[Direction]) -> list[Direction]:
    """Of several edges that cannot be together, all but the last."""
    taken: set[tuple[int, int]] = set()
    superseded = []
    for from_id, type_id, to_id in reversed(wanted):
        edge = schema.edges[type_id]
        places = {(from_id, type_id)} if edge.single else set()
        if schema.edges[edge.inverse].single:
            places.add((to_id, edge.inverse))
        if places & taken:
            superseded.append((from_id, type_id, to_id))
        taken |= places
    return superseded


async def _replace_single(
    conn: Connection, schema: Schema, wanted: Sequence[Direction], write: Write
) -> None:
    """Remove what would be a second edge of a single type, seen from either end."""
    ends: dict[int, set[int]] = {}
    keep: set[Direction] = set()
    for from_id, type_id, to_id in wanted:
        edge = schema.edges[type_id]
        keep |= {(from_id, type_id, to_id), (to_id, edge.inverse, from_id)}
        if edge.single:
            ends.setdefault(type_id, set()).add(from_id)
        if schema.edges[edge.inverse].single:
            ends.setdefault(edge.inverse, set()).add(to_id)
    for type_id, ids in ends.items():
        rows = await _queries.rows(conn, "edges_from", ids=sorted(ids), type_ids=[type_id], after=0)
        doomed = [(r.from_id, r.type_id, r.to_id) for r in rows]
        await remove(conn, schema, [edge for edge in doomed if edge not in keep], write)


async def _check_limits(conn: Connection, schema: Schema, added: Sequence[Direction]) -> None:
    limited = [
        (from_id, type_id)
        for from_id, type_id, _ in added
        if schema.limited and schema.edges[type_id].most is not None
    ]
    if not limited:
        return
    counts = await _queries.rows(
        conn,
        "count_edges",
        from_ids=[from_id for from_id, _ in limited],
        type_ids=[type_id for _, type_id in limited],
    )
    problems = [
        Problem(
            Text(
                "record {id} may have {most} associations of type {type}, and would have {count}",
                id=row.from_id,
                most=schema.edges[row.type_id].most,
                type=row.type_id,
                count=row.number,
            ),
            where="associations",
            code="ASSOCIATION_LIMIT_EXCEEDED",
        )
        for row in counts
        if row.number > (schema.edges[row.type_id].most or row.number)
    ]
    if problems:
        raise EdgeInvalid(problems=problems)


async def remove(
    conn: Connection, schema: Schema, edges: Sequence[Direction], write: Write
) -> list[Direction]:
    """Remove edges given as (from, type, to), in both directions; returns what was there."""
    asked = set(edges)
    gone = await _both_ways(conn, "dissociate", asked, write)
    return [direction for direction in gone if direction in asked]


async def remove_between(
    conn: Connection,
    schema: Schema,
    types: tuple[TypeSchema, TypeSchema],
    pairs: Sequence[tuple[int, int]],
    write: Write,
) -> None:
    """Remove every edge, labelled or not, between pairs of records of two types."""
    between = schema.edges_between(types[0].id, types[1].id)
    edges = [(one, edge.id, other) for one, other in pairs for edge in between]
    await remove(conn, schema, edges, write)


@dataclass(frozen=True)
class Neighbour:
    """A record at the other end, with every association type that leads to it."""

    id: int
    edges: tuple[Edge, ...]


async def neighbours(
    conn: Connection,
    schema: Schema,
    types: tuple[TypeSchema, TypeSchema],
    id: int,
    *,
    after: int = 0,
    limit: int = 500,
) -> list[Neighbour]:
    """Up to `limit` live records of the second type that one of the first is associated with."""
    type_ids = [edge.id for edge in schema.edges_between(types[0].id, types[1].id)]
    found: list[Neighbour] = []
    while len(found) < limit:
        rows = await _queries.rows(
            conn, "edges_page", id=id, type_ids=type_ids, after=after, limit=limit
        )
        found += await _live(conn, _grouped(schema, rows))
        if len({row.to_id for row in rows}) < limit:
            break
        after = rows[-1].to_id
    return found[:limit]


async def neighbours_of(
    conn: Connection, schema: Schema, types: tuple[TypeSchema, TypeSchema], ids: Sequence[int]
) -> dict[int, list[Neighbour]]:
    """All live records of the second type that each record of the first is associated with."""
    type_ids = [edge.id for edge in schema.edges_between(types[0].id, types[1].id)]
    rows = await _queries.rows(conn, "edges_from", ids=list(ids), type_ids=type_ids, after=0)
    of_record: dict[int, list[Any]] = {}
    for row in rows:
        of_record.setdefault(row.from_id, []).append(row)
    grouped = {id: _grouped(schema, of_record[id]) for id in ids if id in of_record}
    live = {
        neighbour.id
        for neighbour in await _live(conn, [one for many in grouped.values() for one in many])
    }
    kept = {id: [one for one in many if one.id in live] for id, many in grouped.items()}
    return {id: many for id, many in kept.items() if many}


async def _live(conn: Connection, found: Sequence[Neighbour]) -> list[Neighbour]:
    """Those that are not archived: an archived record keeps its edges, to be restored with them."""
    if not found:
        return []
    rows = await _queries.rows(conn, "live", ids=sorted({one.id for one in found}))
    live = {row.id for row in rows}
    return [one for one in found if one.id in live]


def _grouped(schema: Schema, rows: Sequence[Any]) -> list[Neighbour]:
    edges: dict[int, tuple[Edge, ...]] = {}
    for row in rows:
        edges[row.to_id] = (*edges.get(row.to_id, ()), schema.edges[row.type_id])
    return [Neighbour(id, of_record) for id, of_record in edges.items()]
