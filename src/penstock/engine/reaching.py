"""What a change reaches: criteria about the record itself, and about others associated with it.

Those others are left a change of their own in their buckets, which says what to judge.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from psycopg.types.json import Jsonb

from penstock.engine.automation import Automation, Path
from penstock.engine.later import later
from penstock.engine.turn import Turn
from penstock.kernel.queries import load
from penstock.records.changes import Lane

_queries = load("penstock.engine")

FEW = 100
"""Records that a change may reach in the fresh lane; more of them wait behind fresh leads."""

_WHOLE = frozenset({"created", "restored", "absorbed"})
_KEYED = {
    "associated": "association",
    "dissociated": "association",
    "event": "event",
    "listed": "list",
    "unlisted": "list",
    "passed": "workflow",
    "imported": "import",
    "subscribed": "subscription",
}
"""Kinds of changes with the kind of dependency that they concern; their `keys` are its keys."""


def touched(automation: Automation, change: Any) -> frozenset[int]:
    """The criteria about the changed record itself whose answer the change can change."""
    if change.kind in _WHOLE:
        return frozenset(automation.of_type(change.object_type))
    if change.kind == "touched":
        return frozenset(id for id in change.details["criteria"] if id in automation.criteria)
    own: set[int] = set()
    for kind, key in dependencies(change):
        own.update(automation.depending(kind, key).get((), ()))
    return frozenset(id for id in own if automation.criteria[id].object_type == change.object_type)


def reached(automation: Automation, change: Any) -> Mapping[Path, frozenset[int]]:
    """The criteria about associated records whose answer the change can change, by the way."""
    found: dict[Path, set[int]] = {}
    for kind, key in dependencies(change):
        for path, criteria in automation.depending(kind, key).items():
            if path and automation.schema.edges[path[-1]].to_type == change.object_type:
                found.setdefault(path, set()).update(criteria)
    if change.kind in {"archived", "restored"}:
        for path, criteria in automation.leading_to(change.object_type).items():
            found.setdefault(path, set()).update(criteria)
    return {path: frozenset(criteria) for path, criteria in found.items()}


def dependencies(change: Any) -> Iterator[tuple[str, str]]:
    if change.kind == "updated":
        yield "any", change.object_type
        for name in change.keys:
            yield "property", f"{change.object_type}/{name}"
    elif change.kind in _KEYED:
        for key in change.keys:
            yield _KEYED[change.kind], key


async def reach(turn: Turn, changes: Iterable[Any]) -> None:
    """Leave a change for every record that these changes reach across associations."""
    for change in changes:
        for path, criteria in reached(turn.automation, change).items():
            await spread(
                turn,
                records=change.record_ids,
                path=list(path),
                criteria=sorted(criteria),
                lane=change.lane,
                depth=change.depth,
            )


async def spread(
    turn: Turn,
    *,
    records: list[int],
    path: list[int],
    criteria: list[int],
    lane: int,
    depth: int,
    after: tuple[int, int] = (0, 0),
) -> None:
    """Go back over the last association of the path, from records of this bucket.

    Where the path goes on, the records found do the same in their buckets. At most a portion is
    reached at once: the rest is asked for again, in the backfill lane.
    """
    schema, edge = turn.schema, turn.schema.edges[path[-1]]
    rows = await _queries.rows(
        turn.conn,
        "ends",
        bucket=turn.bucket,
        records=records,
        type_id=edge.inverse,
        after_from=after[0],
        after_to=after[1],
        limit=turn.portion,
    )
    ids = [row.to_id for row in rows]
    if not ids:
        return
    onward = path[:-1]
    details: dict[str, Any] = {"criteria": criteria}
    if onward:
        details["path"] = onward
    await _queries.run(
        turn.conn,
        "reach",
        records=ids,
        lane=lane if len(ids) <= FEW and after == (0, 0) else int(Lane.BACKFILL),
        object_type=schema.types[edge.from_type].id,
        kind="spread" if onward else "touched",
        details=Jsonb(details),
        depth=depth,
        now=turn.now,
    )
    if len(ids) == turn.portion:
        last = [rows[-1].from_id, rows[-1].to_id]
        more = {"records": records, "path": path, "criteria": criteria, "after": last}
        await later(turn, "spread", schema.types[edge.to_type].id, more, depth=depth)
