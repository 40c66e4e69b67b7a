"""Who is let into a workflow (semantics §2.1), and why others are not."""

from collections.abc import Collection, Mapping

from penstock.engine import contexts
from penstock.engine.entrants import Entrants
from penstock.engine.journal import WHOLE, because
from penstock.engine.judging import matching
from penstock.engine.plans import Plan
from penstock.engine.refusing import sift
from penstock.engine.turn import Turn
from penstock.engine.walkers import ENGINE, Walker
from penstock.kernel import ids
from penstock.workflows.asking import ENROLL


async def admit(turn: Turn, entrants: Entrants) -> list[Walker]:
    """Enrol those who may; journal a refusal for those who matched and may not."""
    workflow_id = entrants.workflow_id
    plans = await turn.automation.plans.need(turn.conn, [(workflow_id, None)])
    plan = plans.get((workflow_id, None))
    if plan is None or not plan.on:
        if entrants.chosen:
            reason = plan.shut if plan else "workflow_off"
            refuse(turn, workflow_id, dict.fromkeys(entrants.records, reason), entrants.source)
        return []
    # A re-enrollment trigger alone enrols nobody.
    eligible = await _eligible(turn, entrants)
    asking = {record: how for record, how in entrants.records.items() if record in eligible}
    sifted = await sift(turn, workflow_id, asking, again=_again(plan, entrants))
    if not entrants.quiet:
        refuse(turn, workflow_id, sifted.refused, entrants.source if entrants.chosen else None)
    admitted = sifted.admitted
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
            context=contexts.with_event(entrants.events.get(record, {})),
            source=entrants.source,
            new=True,
            looked_at=turn.writes,
        )
        for number, (record, passage) in zip(numbers, admitted.items(), strict=True)
    ]
    for walker in walkers if entrants.kept else ():
        walker.put_out(ENGINE, entrants.kept)
    told = entrants.chosen or entrants.source == "existing"
    how = {"by": entrants.source} if told else {}
    turn.journal.note(
        "enrolled",
        workflow_id,
        WHOLE,
        [walker.who for walker in walkers],
        {walker.id: how for walker in walkers} if how else None,
    )
    turn.journal.tally(workflow_id, WHOLE, "enrolled", len(walkers))
    turn.journal.tally(workflow_id, WHOLE, "active", len(walkers))
    turn.passes(workflow_id, {record: entrants.records[record] for record in admitted})
    return walkers


def refuse(turn: Turn, workflow_id: int, refused: Mapping[int, str], by: str | None = None) -> None:
    """Tell of records that are not let in, each with the reason; `by` is who wanted it."""
    by_reason: dict[str, list[int]] = {}
    for record, reason in refused.items():
        by_reason.setdefault(reason, []).append(record)
    for reason, records in by_reason.items():
        who = [(0, record, 0) for record in records]
        turn.journal.note("refused", workflow_id, WHOLE, who, {0: because(reason, by)})
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
