"""Who is let into a workflow (semantics §2.1), and why others are not."""

from collections.abc import Collection, Mapping, Sequence

from penstock.engine.entrants import Entrants
from penstock.engine.exits import REASONS, kept_out
from penstock.engine.journal import WHOLE
from penstock.engine.judging import matching
from penstock.engine.plans import Plan
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel import ids
from penstock.kernel.queries import load
from penstock.workflows.asking import ENROLL

_queries = load("penstock.engine")

DEEPEST = 20
"""Steps of causation without a wait between them, after which a change enrols nobody."""


async def admit(turn: Turn, entrants: Entrants) -> list[Walker]:
    """Enrol those who may; journal a refusal for those who matched and may not."""
    workflow_id = entrants.workflow_id
    plans = await turn.automation.plans.need(turn.conn, [(workflow_id, None)])
    plan = plans.get((workflow_id, None))
    if plan is None or not plan.on:
        return []
    rows = await _queries.rows(
        turn.conn,
        "passages",
        bucket=turn.bucket,
        records=list(entrants.records),
        workflow=workflow_id,
    )
    past = {row.record_id: row for row in rows}
    barred = await kept_out(turn, workflow_id, list(entrants.records))
    eligible, again = await _eligible(turn, entrants), _again(plan, entrants)
    refused: dict[str, list[int]] = {}
    admitted: dict[int, int] = {}
    for record, how in entrants.records.items():
        if record not in eligible:
            continue  # a re-enrollment trigger alone enrols nobody
        before = past.get(record)
        if before is not None and before.active:
            reason: str | None = "already_active"
        elif record in barred:
            reason = REASONS[barred[record]]
        elif before is not None and not again:
            reason = "not_eligible_again"
        else:
            reason = "too_deep" if how.depth > DEEPEST else None
        if reason is None:
            admitted[record] = 1 if before is None else before.passages + 1
        else:
            refused.setdefault(reason, []).append(record)
    if not entrants.quiet:
        _tell(turn, workflow_id, refused)
    if not admitted:
        return []
    numbers = await ids.take_in(turn.conn, [turn.bucket] * len(admitted))
    walkers = [
        Walker(
            id=number,
            workflow_id=workflow_id,
            record_id=record,
            passage=passage,
            revision=None,
            step="",
            visit=0,
            waiting=False,
            entered_at=turn.now,
            lane=entrants.records[record].lane,
            depth=entrants.records[record].depth,
            source=entrants.source,
            new=True,
            looked_at=turn.writes,
        )
        for number, (record, passage) in zip(numbers, admitted.items(), strict=True)
    ]
    turn.journal.note("enrolled", workflow_id, WHOLE, [walker.who for walker in walkers])
    turn.journal.tally(workflow_id, WHOLE, "enrolled", len(walkers))
    turn.journal.tally(workflow_id, WHOLE, "active", len(walkers))
    turn.passes(workflow_id, {record: entrants.records[record] for record in admitted})
    return walkers


def _tell(turn: Turn, workflow_id: int, refused: Mapping[str, Sequence[int]]) -> None:
    for reason, records in refused.items():
        who = [(0, record, 0) for record in records]
        turn.journal.note("refused", workflow_id, WHOLE, who, {0: {"reason": reason}})
        turn.journal.tally(workflow_id, WHOLE, "refused", len(records))


def _again(plan: Plan, entrants: Entrants) -> bool:
    """Whether who has been through may enrol once more (semantics §2.7)."""
    return plan.again and (entrants.again or entrants.source != "trigger" or plan.by_any_trigger)


async def _eligible(turn: Turn, entrants: Entrants) -> Collection[int]:
    """Those for whom the enrollment trigger is true, where that is in question."""
    workflow = turn.automation.workflows.get(entrants.workflow_id)
    if not entrants.again or workflow is None or ENROLL not in workflow.criteria:
        return entrants.records
    return await matching(turn, workflow.criteria[ENROLL], entrants.records)
