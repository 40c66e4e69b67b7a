"""Records leave: their enrollments end, and a person who was erased leaves no trace."""

from collections.abc import Sequence

from penstock.engine.exits import end_passages
from penstock.engine.outcomes import released
from penstock.engine.states import State
from penstock.engine.turn import Turn
from penstock.kernel.queries import load

_queries = load("penstock.engine")


async def remove(turn: Turn, records: Sequence[int], reason: str) -> None:
    """The records are gone: end all their passages, and forget what they matched."""
    await end_passages(turn, records, State.UNENROLLED, reason)
    await _queries.run(
        turn.conn,
        "forget_matches",
        bucket=turn.bucket,
        criteria=sorted(turn.automation.criteria),
        records=list(records),
    )


async def erase(turn: Turn, records: Sequence[int], addresses: Sequence[str]) -> None:
    """Clear journal details, queued effects and captured mail of erased people.

    Other records' workflows may have written to their addresses: every bucket is asked to forget
    them.
    """
    await _queries.run(turn.conn, "erase_traces", bucket=turn.bucket, records=list(records))
    if addresses:
        known = {"addresses": list(addresses)}
        await _queries.run(turn.conn, "forget_mail", **known)
        await _queries.run(turn.conn, "request_forgetting", now=turn.now, **known)


async def forget(turn: Turn, addresses: Sequence[str]) -> set[int]:
    """Clear what this bucket keeps of mail to these addresses; returns the enrollments that have
    held for nothing else.
    """
    rows = await _queries.rows(
        turn.conn, "forget_addresses", bucket=turn.bucket, addresses=list(addresses)
    )
    return await released(turn, [(row.enrollment_id, row.visit) for row in rows])
