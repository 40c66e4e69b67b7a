"""Who leaves a workflow before its end, or may not begin: its goal, suppression, and no match."""

from collections.abc import Mapping, Sequence

from penstock.engine import waiting
from penstock.engine.entrants import FRESH
from penstock.engine.journal import WHOLE, because
from penstock.engine.judging import judge
from penstock.engine.kinds import ENDS
from penstock.engine.settling import Edge
from penstock.engine.states import State
from penstock.engine.turn import Look, Turn
from penstock.kernel.queries import load
from penstock.workflows.asking import EXITS, GOAL, STAY, SUPPRESS, SUPPRESSION_LISTS

_queries = load("penstock.engine")

REASONS: Mapping[str, str] = {
    GOAL: "goal_met",
    SUPPRESS: "unenrollment_trigger",
    SUPPRESSION_LISTS: "suppression_list",
    STAY: "no_longer_matches",
}
"""By role, the reason that the history gives."""


def state_of(role: str) -> State:
    """How a passage ends by a role."""
    return State.GOAL_MET if role == GOAL else State.UNENROLLED


async def leave(turn: Turn, edges: Sequence[Edge]) -> None:
    """End the passages of those whose level moved; the first of several reasons counts."""
    moved: dict[tuple[int, str], list[int]] = {}
    for edge in edges:
        for workflow_id, role in turn.automation.roles_of(edge.criterion):
            if role in REASONS and edge.verdict == (role != STAY):
                moved.setdefault((workflow_id, role), []).append(edge.record_id)
    order = [*EXITS, STAY]
    for workflow_id, role in sorted(moved, key=lambda key: (key[0], order.index(key[1]))):
        await end_passages(
            turn, moved[workflow_id, role], state_of(role), REASONS[role], workflow_id
        )


async def end_passages(
    turn: Turn,
    records: Sequence[int],
    state: State,
    reason: str,
    workflow_id: int | None = None,
    by: str | None = None,
    spare: int | None = None,
) -> None:
    """End the live passages of records through a workflow, or through all but `spare`; `by` is who
    wanted it.

    Their timers find nobody when they are due.
    """
    rows = await _queries.rows(
        turn.conn,
        "end_enrollments",
        bucket=turn.bucket,
        records=list(records),
        workflow=workflow_id,
        spare=spare,
        state=str(state),
        reason=reason,
        now=turn.now,
    )
    await waiting.end(turn, [row.id for row in rows])
    detail = because(reason, by)
    for row in rows:
        turn.journal.note(
            ENDS[state],
            row.workflow_id,
            row.step,
            [(row.id, row.record_id, row.visit)],
            {row.id: detail},
        )
        turn.journal.tally(row.workflow_id, WHOLE, "active", -1)
        turn.journal.tally(row.workflow_id, WHOLE, str(state), 1)
        if row.step:
            turn.journal.tally(row.workflow_id, row.step, "here", -1)
        turn.passes(row.workflow_id, {row.record_id: FRESH})


async def kept_out(look: Look, workflow_id: int, records: Sequence[int]) -> dict[int, str]:
    """By record, the role by which it may not be in the workflow now; judged at this moment."""
    workflow = look.automation.workflows.get(workflow_id)
    asked = {} if workflow is None else workflow.criteria
    known = look.automation.criteria
    roles = {role: asked[role] for role in EXITS if asked.get(role) in known}
    matching = await judge(look, {id: known[id] for id in sorted(roles.values())}, records)
    found: dict[int, str] = {}
    for role, criterion in roles.items():
        for id in matching.get(criterion, ()):
            found.setdefault(id, role)
    return found
