"""Who joins or leaves a list, or passes through a workflow: others may ask about that."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from penstock.engine.entrants import FRESH, Circumstances
from penstock.engine.settling import Edge
from penstock.engine.turn import Turn
from penstock.kernel.queries import load

_queries = load("penstock.engine")


async def leave_joins(
    turn: Turn, edges: Sequence[Edge], circumstances: Mapping[int, Circumstances]
) -> None:
    """Leave changes for those whose level moved in the criterion of a list."""
    moved: dict[tuple[int, str], list[int]] = {}
    for edge in edges:
        for list_id in turn.automation.lists_of(edge.criterion):
            kind = "listed" if edge.verdict else "unlisted"
            moved.setdefault((list_id, kind), []).append(edge.record_id)
    for (list_id, kind), records in moved.items():
        how = {record: circumstances.get(record, FRESH) for record in records}
        await leave_changes(turn, kind, {"list": list_id}, how)


async def leave_passages(turn: Turn) -> None:
    """Leave changes for those who began or ended a passage through a workflow."""
    for workflow_id, how in turn.passed.items():
        await leave_changes(turn, "passed", {"workflow": workflow_id}, how)


async def leave_changes(
    turn: Turn,
    kind: str,
    details: Mapping[str, Any],
    records: Mapping[int, Circumstances],
) -> None:
    """Leave a change for each of these records of the bucket."""
    await _queries.run(
        turn.conn,
        "leave",
        bucket=turn.bucket,
        records=list(records),
        lanes=[int(how.lane) for how in records.values()],
        depths=[how.depth for how in records.values()],
        kind=kind,
        details=Jsonb(dict(details)),
        now=turn.now,
    )
