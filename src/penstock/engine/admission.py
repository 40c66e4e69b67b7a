"""Who is let into a workflow (semantics §2.1), and why others are not."""

from penstock.engine.entrants import Entrants
from penstock.engine.journal import WHOLE
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel import ids
from penstock.kernel.queries import load

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
    refused: dict[str, list[int]] = {}
    admitted: dict[int, int] = {}
    for record, how in entrants.records.items():
        before = past.get(record)
        if before is not None and before.active:
            refused.setdefault("already_active", []).append(record)
        elif before is not None and not plan.again:
            refused.setdefault("not_eligible_again", []).append(record)
        elif how.depth > DEEPEST:
            refused.setdefault("too_deep", []).append(record)
        else:
            admitted[record] = 1 if before is None else before.passages + 1
    if not entrants.quiet:
        for reason, records in refused.items():
            who = [(0, record, 0) for record in records]
            turn.journal.note("refused", workflow_id, WHOLE, who, {0: {"reason": reason}})
            turn.journal.tally(workflow_id, WHOLE, "refused", len(records))
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
        )
        for number, (record, passage) in zip(numbers, admitted.items(), strict=True)
    ]
    turn.journal.note("enrolled", workflow_id, WHOLE, [walker.who for walker in walkers])
    turn.journal.tally(workflow_id, WHOLE, "enrolled", len(walkers))
    turn.journal.tally(workflow_id, WHOLE, "active", len(walkers))
    return walkers
