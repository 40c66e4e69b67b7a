"""Edges across buckets: a turn writes its own direction, and asks the other bucket for the other.

A request that comes too late, since the record is gone or has all that it may have, is answered by
another one: to take the first direction away again, or to lead it to the survivor of a merge.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any, Final, NamedTuple

from penstock.engine.turn import Turn
from penstock.kernel.db import dumps
from penstock.kernel.queries import load
from penstock.records.associations import Direction
from penstock.records.changes import Lane, Source, Write
from penstock.records.schema import TypeSchema
from penstock.records.values import BadValue

_queries = load("penstock.engine", "associating.sql")

ADD: Final = "associate"
REMOVE: Final = "dissociate"

MOST_ALIKE: Final = 100
"""Records with the same value that a record is associated with."""


class EdgeRequest(NamedTuple):
    """That a record's direction of an edge be added or removed; `instead`: add one to that record
    in its place.
    """

    kind: str
    record_id: int
    type_id: int
    to_id: int
    instead: int | None
    workflow_id: int
    lane: int
    depth: int

    @property
    def direction(self) -> Direction:
        return self.record_id, self.type_id, self.to_id


def requests_in(changes: Iterable[Any]) -> list[EdgeRequest]:
    """The requests among changes, in their order."""
    return [
        EdgeRequest(
            change.kind,
            change.details["record"],
            change.details["type"],
            change.details["to"],
            change.details["instead"],
            change.details["workflow"],
            change.lane,
            change.depth,
        )
        for change in changes
        if change.kind in (ADD, REMOVE)
        for _ in change.record_ids
    ]


async def types_of(turn: Turn, ids: Collection[int]) -> Mapping[int, str]:
    """The object types of those that live."""
    if not ids:
        return {}
    rows = await _queries.rows(turn.conn, "types_of", ids=sorted(set(ids)))
    return {row.id: row.type for row in rows}


async def link(
    turn: Turn, workflow_id: int, wanted: Sequence[Direction], held: AbstractSet[int], write: Write
) -> None:
    """Add edges from new records of this bucket. `held` are records that the turn has locked: their
    directions are written at once, those of all others by their buckets' turns.

    A labelled edge brings the plain one along.
    """
    edges = _once_each(turn, wanted)
    back = [(to, turn.schema.edges[type].inverse, new) for new, type, to in edges]
    here = await _fit(turn, workflow_id, [edge for edge in back if edge[0] in held], write)
    await _run(turn, "write", [*edges, *here], write)
    await _ask(
        turn, ADD, workflow_id, [(edge, None) for edge in back if edge[0] not in held], write
    )


async def join(
    turn: Turn, workflow_id: int, wanted: Sequence[Direction], held: AbstractSet[int], write: Write
) -> None:
    """Add edges from records of this bucket that may have others already, as `link` does."""
    kept = await _receive(turn, workflow_id, _once_each(turn, wanted), write)
    back = [(to, turn.schema.edges[type].inverse, id) for id, type, to in kept]
    await _receive(turn, workflow_id, [edge for edge in back if edge[0] in held], write)
    await _ask(
        turn, ADD, workflow_id, [(edge, None) for edge in back if edge[0] not in held], write
    )


async def part(
    turn: Turn, workflow_id: int, gone: Sequence[Direction], held: AbstractSet[int], write: Write
) -> None:
    """Take edges away from records of this bucket; with the plain one go all between the two."""
    schema = turn.schema
    edges: dict[Direction, None] = {}
    for id, type, to in gone:
        edge = schema.edges[type]
        plain = schema.plain_edge(edge.from_type, edge.to_type)
        between = schema.edges_between(edge.from_type, edge.to_type)
        for each in between if plain is not None and plain.id == type else (edge,):
            edges[id, each.id, to] = None
    back = [(to, schema.edges[type].inverse, id) for id, type, to in edges]
    here = [edge for edge in back if edge[0] in held]
    await _run(turn, "remove", list(dict.fromkeys([*edges, *here])), write)
    await _ask(
        turn, REMOVE, workflow_id, [(edge, None) for edge in back if edge[0] not in held], write
    )


async def having(
    turn: Turn, type: TypeSchema, property: str, values: Collection[str]
) -> dict[str, list[int]]:
    """The live records of a type, the first hundred, that have these values of the wire."""
    prop = type.properties[property]
    parsed: dict[str, str] = {}
    for value in values:
        with suppress(BadValue):
            parsed[value] = dumps(type.parsers[property](value, prop)).decode()
    rows = await _queries.rows(
        turn.conn,
        "having",
        type=type.id,
        property=property,
        values=sorted(set(parsed.values())),
        most=MOST_ALIKE,
    )
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row.value, []).append(row.id)
    return {value: found[key] for value, key in parsed.items() if key in found}


async def carry_out(turn: Turn, requests: Sequence[EdgeRequest], alive: AbstractSet[int]) -> None:
    """Do what is asked of records of this bucket; `alive` are the live ones, locked by the turn."""
    for each in _rounds(requests):
        await _carry_out(turn, each, alive)


def _rounds(requests: Sequence[EdgeRequest]) -> list[list[EdgeRequest]]:
    """As few rounds as keep the order in which a direction is to come and go."""
    rounds: list[list[EdgeRequest]] = [[]]
    kinds: dict[Direction, str] = {}
    for request in requests:
        if kinds.get(request.direction, request.kind) != request.kind:
            rounds.append([])
            kinds = {}
        rounds[-1].append(request)
        kinds[request.direction] = request.kind
    return rounds


async def _carry_out(turn: Turn, requests: Sequence[EdgeRequest], alive: AbstractSet[int]) -> None:
    alike: dict[tuple[int, Write], list[EdgeRequest]] = {}
    for request in requests:
        if request.type_id not in turn.schema.edges:
            continue  # the association type is gone, and its edges with it
        source = Source("AUTOMATION_PLATFORM", str(request.workflow_id))
        write = Write(source, turn.now, Lane(request.lane), request.depth, turn.bucket)
        alike.setdefault((request.workflow_id, write), []).append(request)
    for (workflow_id, write), group in alike.items():
        turn.writes += 1
        removing = [request for request in group if request.kind == REMOVE]
        await _run(turn, "remove", [request.direction for request in removing], write)
        await _reconnect(turn, workflow_id, removing, alive, write)
        adding = [request.direction for request in group if request.kind == ADD]
        await _receive(turn, workflow_id, [e for e in adding if e[0] in alive], write)
        await _decline(turn, workflow_id, [e for e in adding if e[0] not in alive], write)


def _once_each(turn: Turn, wanted: Sequence[Direction]) -> list[Direction]:
    """With the plain edges that come along; of a type that a record has once, the last."""
    schema = turn.schema
    edges: dict[Direction, None] = {}
    last: dict[tuple[int, int], int] = {}
    for new, type, to in wanted:
        edge = schema.edges[type]
        plain = schema.plain_edge(edge.from_type, edge.to_type)
        edges[new, type, to] = None
        last[new, type] = to
        if plain is not None:
            edges[new, plain.id, to] = None
    return [
        (new, type, to)
        for new, type, to in edges
        if not schema.edges[type].single or last[new, type] == to
    ]


async def _receive(
    turn: Turn, workflow_id: int, edges: Sequence[Direction], write: Write
) -> list[Direction]:
    """Write directions as far as a record may have them; returns those."""
    written = await _fit(turn, workflow_id, edges, write)
    await _run(turn, "write", written, write)
    return written


async def _fit(
    turn: Turn, workflow_id: int, edges: Sequence[Direction], write: Write
) -> list[Direction]:
    """The directions that records may have; what they replace is taken away."""
    schema = turn.schema
    single = {type for _, type, _ in edges if schema.edges[type].single}
    most = {type: schema.edges[type].most for _, type, _ in edges if schema.edges[type].most}
    present = await _present(turn, edges, single | most.keys())
    kept: dict[Direction, None] = {}
    dropped: list[Direction] = []
    for edge in edges:
        place = edge[:2]
        others = present.setdefault(place, set())
        if edge[1] in single:
            dropped += [(*place, other) for other in sorted(others) if other != edge[2]]
            others.clear()
            others.add(edge[2])
        elif edge[2] not in others:
            limit = most.get(edge[1])
            if limit is not None and len(others) >= limit:
                dropped.append(edge)
                continue
            others.add(edge[2])
        kept[edge] = None
    gone = set(dropped)
    await _run(turn, "remove", dropped, write)
    # What the other ends know of them is to go, too.
    back = [((to, schema.edges[type].inverse, id), None) for id, type, to in dropped]
    await _ask(turn, REMOVE, workflow_id, back, write)
    return [edge for edge in kept if edge not in gone]


async def _present(
    turn: Turn, edges: Sequence[Direction], types: AbstractSet[int]
) -> dict[tuple[int, int], set[int]]:
    found: dict[tuple[int, int], set[int]] = {}
    ids = sorted({id for id, type, _ in edges if type in types})
    if ids:
        rows = await _queries.rows(
            turn.conn, "present", bucket=turn.bucket, from_ids=ids, type_ids=sorted(types)
        )
        for row in rows:
            found.setdefault((row.from_id, row.type_id), set()).add(row.to_id)
    return found


async def _decline(turn: Turn, workflow_id: int, edges: Sequence[Direction], write: Write) -> None:
    """These records are gone: the other ends lead to their survivors, or nowhere."""
    if not edges:
        return
    ids = sorted({id for id, _, _ in edges})
    rows = await _queries.rows(turn.conn, "survivors", bucket=turn.bucket, ids=ids)
    survivors = {row.id: row.merged_into for row in rows}
    back = [
        ((to, turn.schema.edges[type].inverse, id), survivors.get(id)) for id, type, to in edges
    ]
    await _ask(turn, REMOVE, workflow_id, back, write)


async def _reconnect(
    turn: Turn,
    workflow_id: int,
    removed: Sequence[EdgeRequest],
    alive: AbstractSet[int],
    write: Write,
) -> None:
    moved = [
        (request.record_id, request.type_id, request.instead)
        for request in removed
        if request.instead is not None and request.record_id in alive
    ]
    single = {type for _, type, _ in moved if turn.schema.edges[type].single}
    taken = await _present(turn, moved, single)
    edges = [edge for edge in moved if edge[1] not in single or not taken.get(edge[:2])]
    await _run(turn, "write", edges, write)
    back = [((to, turn.schema.edges[type].inverse, id), None) for id, type, to in edges]
    await _ask(turn, ADD, workflow_id, back, write)


async def _run(turn: Turn, query: str, edges: Sequence[Direction], write: Write) -> None:
    if edges:
        from_ids, type_ids, to_ids = zip(*edges, strict=True)
        await _queries.run(
            turn.conn,
            query,
            from_ids=list(from_ids),
            type_ids=list(type_ids),
            to_ids=list(to_ids),
            **write.bound | {"bucket": turn.bucket},
        )


async def _ask(
    turn: Turn,
    kind: str,
    workflow_id: int,
    edges: Sequence[tuple[Direction, int | None]],
    write: Write,
) -> None:
    if edges:
        await _queries.run(
            turn.conn,
            "ask",
            kind=kind,
            records=[edge[0] for edge, _ in edges],
            type_ids=[edge[1] for edge, _ in edges],
            to_ids=[edge[2] for edge, _ in edges],
            insteads=[instead for _, instead in edges],
            workflow=workflow_id,
            **write.bound,
        )
