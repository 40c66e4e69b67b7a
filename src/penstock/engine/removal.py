"""Records leave: their enrollments end, and a person who was erased leaves no trace."""

from collections.abc import Sequence

from penstock.engine.exits import end_passages
from penstock.engine.outcomes import released
from penstock.engine.states import State
from penstock.engine.telling import end
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel.queries import load

_queries = load("penstock.engine")
_asking = load("penstock.engine", "asking.sql")


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


async def end_of_gone(turn: Turn, walkers: Sequence[Walker]) -> None:
    """The records of these went while the turn was on, which has not taken the changes that say so:
    their passages end for the same reasons.
    """
    if not walkers:
        return
    ids = sorted({walker.record_id for walker in walkers})
    rows = await _asking.rows(turn.conn, "whereabouts", bucket=turn.bucket, ids=ids)
    reasons = {row.id: "record_merged" if row.merged_into else "record_deleted" for row in rows}
    for walker in walkers:
        end(turn, [walker], State.UNENROLLED, reasons.get(walker.record_id, "record_erased"))


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
