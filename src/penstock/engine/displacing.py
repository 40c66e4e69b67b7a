"""Who enrols in a workflow leaves others, where it says so (the wire's `unEnrollmentSetting`)."""

from collections.abc import Sequence
from typing import Final

from penstock.engine.exits import end_passages
from penstock.engine.states import State
from penstock.engine.telling import end
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker

_REASON: Final = "other_workflow"


async def displace(
    turn: Turn, workflow_id: int, admitted: Sequence[Walker], earlier: Sequence[Walker]
) -> None:
    """End the passages of the admitted records through other workflows.

    `earlier` were admitted before them in this turn: of two workflows that remove each other the
    later wins (semantics decision 20).
    """
    if not admitted:
        return
    plans = await turn.automation.plans.need(turn.conn, [(workflow_id, None)])
    leaves = plans[workflow_id, None].leaves
    if leaves is None:
        return
    records = {walker.record_id for walker in admitted}
    in_hand: dict[int, list[Walker]] = {}
    for walker in earlier:
        if walker.record_id in records and walker.ended_at is None:
            in_hand.setdefault(walker.workflow_id, []).append(walker)
    for other, walkers in in_hand.items():
        if leaves.concerns(other):
            end(turn, walkers, State.UNENROLLED, _REASON)
    for listed in sorted(leaves.workflows) if leaves.workflows is not None else (None,):
        await end_passages(turn, sorted(records), State.UNENROLLED, _REASON, listed)
