"""Numbers of a step's own count, by which it rotates: even over all buckets, whoever asks.

A turn cannot hold the count while it works, or turns would wait for each other. So numbers are
claimed in a short transaction of their own, by the key of who asks; whoever asks again, because the
turn was rolled back, finds the same number. The turn takes it away when it commits.
"""

from collections.abc import Mapping, Sequence

from penstock.actions.base import Member
from penstock.engine.turn import Turn
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.engine", "rotating.sql")


async def numbers(
    turn: Turn, workflow_id: int, step: str, members: Sequence[Member]
) -> Mapping[int, int]:
    """The next numbers of the step, by record id; each number is given once."""
    if not members:
        return {}
    keys = {
        "bucket": turn.bucket,
        "workflow": workflow_id,
        "step": step,
        "records": [member.record_id for member in members],
        "passages": [member.passage for member in members],
        "visits": [member.visit for member in members],
    }
    if turn.aside is None:
        await _claim(turn.conn, keys)
    else:
        async with turn.aside() as conn:
            await _claim(conn, keys)
    rows = await _queries.rows(turn.conn, "take", **keys)
    return {row.record_id: row.number for row in rows}


async def _claim(conn: Connection, keys: Mapping[str, object]) -> None:
    await _queries.run(conn, "claim", **keys)
