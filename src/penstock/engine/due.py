"""The enrollments whose moment has come: fresh ones first, and in each lane workflows by turns."""

from collections.abc import Sequence
from typing import Any

from penstock.engine.turn import Turn
from penstock.kernel.queries import load
from penstock.records.changes import Lane

_queries = load("penstock.engine", "due.sql")


async def take_due(turn: Turn) -> list[int]:
    """Take at most a portion of the timers that are due; returns their enrollments."""
    if turn.room <= 0:
        return []
    rows = await _queries.rows(turn.conn, "next", bucket=turn.bucket, now=turn.now, limit=turn.room)
    if len(rows) == turn.room:
        # There may be more than fit: then nobody's crowd holds up somebody else's few.
        rows = await _by_turns(turn)
    if rows:
        await _queries.run(
            turn.conn,
            "drop",
            bucket=turn.bucket,
            lanes=[row.lane for row in rows],
            dues=[row.due_at for row in rows],
            ids=[row.enrollment_id for row in rows],
        )
    return [row.enrollment_id for row in rows]


async def _by_turns(turn: Turn) -> Sequence[Any]:
    found: list[Any] = []
    for lane in Lane:
        left = turn.room - len(found)
        if left > 0:
            found += await _queries.rows(
                turn.conn,
                "next_by_turns",
                bucket=turn.bucket,
                lane=int(lane),
                now=turn.now,
                limit=left,
            )
    return found
