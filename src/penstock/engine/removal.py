"""Records leave: their enrollments end, and a person who was erased leaves no trace."""

from collections.abc import Sequence

from penstock.engine.journal import WHOLE
from penstock.engine.turn import Turn
from penstock.kernel.queries import load

_queries = load("penstock.engine")


async def unenroll(turn: Turn, records: Sequence[int], reason: str) -> None:
    """End every live enrollment of the records. Their timers find nobody when they are due."""
    rows = await _queries.rows(
        turn.conn,
        "end_enrollments",
        bucket=turn.bucket,
        records=list(records),
        reason=reason,
        now=turn.now,
    )
    for row in rows:
        turn.journal.note(
            "unenrolled",
            row.workflow_id,
            row.step,
            [(row.id, row.record_id, row.visit)],
            {row.id: {"reason": reason}},
        )
        turn.journal.tally(row.workflow_id, WHOLE, "active", -1)
        turn.journal.tally(row.workflow_id, WHOLE, "unenrolled", 1)
        turn.journal.tally(row.workflow_id, row.step, "here", -1)
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


async def forget(turn: Turn, addresses: Sequence[str]) -> None:
    """Clear what this bucket keeps of mail to these addresses."""
    await _queries.run(
        turn.conn, "forget_addresses", bucket=turn.bucket, addresses=list(addresses)
    )
