"""Why a record may not get into a workflow (semantics §2.1): the same for turns and for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from penstock.engine.automation import alone
from penstock.engine.entrants import FRESH, Circumstances
from penstock.engine.exits import REASONS, kept_out
from penstock.engine.turn import Look
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.schema import Schema
from penstock.workflows.store import Workflow

_queries = load("penstock.engine")

DEEPEST = 20
"""Steps of causation without a wait between them, after which a change enrols nobody."""


@dataclass(frozen=True)
class Sifted:
    """Records by what becomes of them: a reason why not, or the passage that would be theirs."""

    refused: dict[int, str] = field(default_factory=dict)
    admitted: dict[int, int] = field(default_factory=dict)


async def sift(
    look: Look, workflow_id: int, records: Mapping[int, Circumstances], *, again: bool
) -> Sifted:
    """Sift live records of the workflow's type; with `again` who has been through may come anew."""
    rows = await _queries.rows(look.conn, "passages", records=list(records), workflow=workflow_id)
    past = {row.record_id: row for row in rows}
    barred = await kept_out(look, workflow_id, list(records))
    found = Sifted()
    for record, how in records.items():
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
            found.admitted[record] = 1 if before is None else before.passages + 1
        else:
            found.refused[record] = reason
    return found


async def foresee(
    conn: Connection, schema: Schema, workflow: Workflow, records: Sequence[int], now: datetime
) -> dict[int, str]:
    """The reason for each of these that would be refused if it were enrolled by hand now."""
    type = workflow.document.object_type
    rows = await _queries.rows(conn, "whereabouts", ids=list(records))
    live = {row.id: row.type for row in rows}
    refused = {id: "record_gone" for id in records if id not in live}
    refused |= {id: "wrong_type" for id, other in live.items() if other != type}
    rest = {id: FRESH for id in records if id not in refused}
    automation = await alone(conn, schema, workflow.id)
    plans = await automation.plans.need(conn, [(workflow.id, None)])
    plan = plans.get((workflow.id, None))
    if plan is None or not plan.on:
        return {**refused, **dict.fromkeys(rest, f"workflow_{workflow.state}")}
    look = Look(conn, None, now, schema, automation)
    sifted = await sift(look, workflow.id, rest, again=plan.again)
    return {**refused, **sifted.refused}
