"""Pauses: who is in a paused workflow is frozen where it stands, and let go of when it goes on.

The appointments of the frozen are parked: a bucket moves them there at its first turn after the
pause began, and back at its first turn after the pause ended.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from psycopg.types.json import Jsonb

from penstock.engine.exits import end_passages
from penstock.engine.later import later
from penstock.engine.states import State
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel.ids import BUCKETS
from penstock.kernel.queries import load
from penstock.workflows.asking import ENROLL, STAY
from penstock.workflows.pausing import Policy, Resumption

_queries = load("penstock.engine", "pausing.sql")

_MINUTE: Final = timedelta(minutes=1)


async def let_go(turn: Turn) -> int:
    """Let go of those whose pause has ended since the bucket was turned last.

    Returns how many pauses have.
    """
    rows = await _queries.rows(turn.conn, "resumptions", bucket=turn.bucket)
    for row in rows:
        # Where no turn came during the pause they are not frozen yet.
        await _park(turn, [row.workflow_id])
        await _release(turn, row)
    return len(rows)


async def freeze(turn: Turn) -> None:
    """Freeze those who wait for a moment in workflows that are paused."""
    paused = [each.id for each in turn.automation.workflows.values() if each.paused]
    if paused:
        await _park(turn, paused)


async def freeze_these(turn: Turn, walkers: Sequence[Walker]) -> list[Walker]:
    """Of those who would go on, freeze those in paused workflows; returns the others."""
    workflows = turn.automation.workflows
    frozen = [w for w in walkers if (of := workflows.get(w.workflow_id)) is not None and of.paused]
    if not frozen:
        return list(walkers)
    for walker in frozen:
        walker.remember_answer()
    await _queries.run(
        turn.conn,
        "park_these",
        bucket=turn.bucket,
        now=turn.now,
        workflow_id=[walker.workflow_id for walker in frozen],
        id=[walker.id for walker in frozen],
        lane=[walker.lane for walker in frozen],
    )
    ids = {walker.id for walker in frozen}
    return [walker for walker in walkers if walker.id not in ids]


async def park_request(turn: Turn, request: Any) -> None:
    """Keep what is to be done for a workflow until its pause is over."""
    await _queries.run(
        turn.conn,
        "park_request",
        bucket=turn.bucket,
        workflow=request.details["workflow"],
        lane=request.lane,
        records=request.record_ids,
        object_type=request.object_type,
        kind=request.kind,
        details=Jsonb(request.details),
        depth=request.depth,
    )


async def _park(turn: Turn, workflows: Sequence[int]) -> None:
    await _queries.run(turn.conn, "park", bucket=turn.bucket, workflows=list(workflows))


async def _release(turn: Turn, row: Any) -> None:
    choice = Resumption.read(row.choice)
    pace = timedelta() if choice.rate is None else _MINUTE / choice.rate
    place: dict[str, Any] = {
        "bucket": turn.bucket,
        "workflow": row.workflow_id,
        "resumed_at": row.resumed_at,
    }
    await _queries.run(
        turn.conn,
        "release",
        **place,
        paused_at=row.paused_at,
        policy=choice.policy,
        steps=Jsonb(await _policies(turn, row.workflow_id, choice)),
        # As if the buckets let them go by turns.
        first=turn.bucket * pace,
        pace=BUCKETS * pace,
    )
    await _queries.run(
        turn.conn,
        "release_requests",
        **place,
        paused_at=row.paused_at,
        now=turn.now,
    )
    await _queries.run(turn.conn, "done", **place)
    await _catch_up(turn, row, choice)


async def _policies(turn: Turn, workflow_id: int, choice: Resumption) -> dict[str, Policy]:
    """By the step that an enrollment stands at: its own policy, or that of the step ahead."""
    if not choice.steps:
        return {}
    plans = await turn.automation.plans.need(turn.conn, [(workflow_id, None)])
    plan = plans.get((workflow_id, None))
    found: dict[str, Policy] = {}
    for id, planned in plan.steps.items() if plan is not None else ():
        acts = planned.action is None or planned.action.acts
        ahead = None if acts else planned.step.next("")
        policy = choice.steps.get(id) or choice.steps.get(ahead or "")
        if policy is not None:
            found[id] = policy
    return found


async def _catch_up(turn: Turn, row: Any, choice: Resumption) -> None:
    """What came to match, or ceased to, during the pause."""
    workflow = turn.automation.workflows.get(row.workflow_id)
    if workflow is None or not workflow.on:
        return
    if STAY in workflow.criteria:
        gone = await _queries.value(
            turn.conn,
            "ceased",
            bucket=turn.bucket,
            workflow=workflow.id,
            criterion=workflow.criteria[STAY],
            since=row.paused_at,
        )
        await end_passages(turn, gone, State.UNENROLLED, "no_longer_matches", workflow.id)
    if choice.enrolls and ENROLL in workflow.criteria:
        details = {"workflow": workflow.id, "after": 0, "since": row.paused_at.isoformat()}
        await later(turn, "enroll_existing", workflow.object_type, details)
