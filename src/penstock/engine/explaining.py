"""Why a record is in a workflow, or is not, and what would have to be so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from penstock.engine import history
from penstock.engine.conditions import (
    CONDITION,
    OCCURRENCE,
    Condition,
    conditions_of,
    trigger_of,
)
from penstock.engine.history import Passage
from penstock.engine.refusing import foresee
from penstock.engine.resting import Rest, rest
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schema
from penstock.workflows import store
from penstock.workflows.asking import AGAIN, ENROLL, MOMENT, SCHEDULED
from penstock.workflows.document import Document
from penstock.workflows.store import Workflow

_queries = load("penstock.engine", "explaining.sql")


@dataclass(frozen=True)
class Explanation:
    """The answer in short, as a code that stays and a text, and all that it rests on.

    `refusal` is why the record would be refused if somebody enrolled it now; None: it would not.
    """

    code: str
    text: Text
    refusal: str | None
    last_refusal: str | None
    conditions: tuple[Condition, ...]
    passages: tuple[Passage, ...]
    rest: Rest | None


async def explain_enrollment(
    conn: Connection, schema: Schema, workflow: Workflow, record: int, now: datetime
) -> Explanation:
    """Of any record and workflow. Raises FilterInvalid when a filter is nested too deep."""
    document = await _followed(conn, workflow)
    row = await _queries.one(conn, "whereabouts", record=record)
    refusal = (await foresee(conn, schema, workflow, [record], now)).get(record)
    conditions: tuple[Condition, ...] = ()
    if row is not None and row.live and row.type == document.object_type:
        conditions = tuple(await conditions_of(conn, schema, workflow, document, record, now))
    live = await _queries.one(conn, "passage", record=record, workflow=workflow.id)
    resting = None
    if live is not None:
        unsettled = row is not None and row.unsettled
        followed = document
        if live.revision is not None:
            followed = (await store.read_revision(conn, workflow.id, live.revision)).document
        resting = await rest(conn, schema, followed, live, now, unsettled=unsettled)
    code = _code(workflow, document, conditions, refusal, unsettled=bool(row and row.unsettled))
    passages = await history.passages(conn, record)
    return Explanation(
        code,
        _text(code, workflow),
        refusal,
        await _queries.value(conn, "last_refused", record=record, workflow=workflow.id),
        conditions,
        tuple(each for each in passages if each.workflow_id == workflow.id),
        resting,
    )


def _text(code: str, workflow: Workflow) -> Text:
    if code == "awaits_schedule" and workflow.fires_at is not None:
        return Text(_CODES[code].pattern, moment=history.moment(workflow.fires_at))
    return _CODES.get(code) or history.reason(code)


async def _followed(conn: Connection, workflow: Workflow) -> Document:
    """The definition that counts for who wants in: the live one, as long as it is on."""
    if workflow.state == "off" or workflow.live_revision in (None, workflow.revision):
        return workflow.document
    return (await store.read_revision(conn, workflow.id, workflow.live_revision or 0)).document


def _code(
    workflow: Workflow,
    document: Document,
    conditions: tuple[Condition, ...],
    refusal: str | None,
    *,
    unsettled: bool,
) -> str:
    if refusal == "already_active":
        return "in_workflow"
    if refusal is not None:
        return refusal
    if unsettled:
        return "not_settled"
    roles = {condition.role.split(" ")[0]: condition for condition in conditions}
    if ENROLL in roles:
        return _by_filter(roles)
    if SCHEDULED in roles and not roles[SCHEDULED].told.verdict:
        return "does_not_match"
    if MOMENT in roles:
        return "awaits_moment"
    return "awaits_schedule" if workflow.fires_at is not None else _by_event(document, roles)


def _by_filter(roles: Mapping[str, Condition]) -> str:
    enroll = roles[ENROLL]
    if not enroll.told.verdict:
        return "does_not_match"
    if not enroll.matching:
        return "enrolls_next"
    return "awaits_again" if roles.keys() & {AGAIN, OCCURRENCE} else "matched_before"


def _by_event(document: Document, roles: Mapping[str, Condition]) -> str:
    trigger = trigger_of(document)
    lists = trigger is not None and any(True for _ in trigger.memberships())
    if OCCURRENCE not in roles and not lists:
        return "awaits_choice"
    unmet = CONDITION in roles and not roles[CONDITION].told.verdict
    return "condition_not_met" if unmet else "awaits_event"


_CODES = {
    "in_workflow": Text("it is in the workflow"),
    "workflow_off": Text("the workflow is off, and enrols nobody"),
    "workflow_starting": Text("the workflow is about to be on: its conditions are still looked at"),
    "workflow_paused": Text("the workflow is paused, and enrols nobody"),
    "not_settled": Text("something has just happened to it, and the next turn looks at it"),
    "does_not_match": Text("it does not meet the enrollment conditions"),
    "matched_before": Text(
        "it has met the enrollment conditions since before; it enrols when it has ceased to meet "
        "them and meets them again"
    ),
    "enrolls_next": Text("it meets the enrollment conditions, and enrols with the next turn"),
    "awaits_again": Text("it enrols once more when a re-enrollment condition comes true"),
    "awaits_schedule": Text("it enrols when the schedule fires next, at {moment}"),
    "awaits_moment": Text("it enrols when the moment of its own date comes"),
    "awaits_event": Text("it enrols when one of the events happens"),
    "condition_not_met": Text("no event would enrol it, since it does not meet the conditions"),
    "awaits_choice": Text("it enrols when somebody, or another workflow, chooses it"),
}
