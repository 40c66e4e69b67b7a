"""Why a record is in a workflow, or is not, and what would have to be so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from penstock.engine import history
from penstock.engine.history import Passage
from penstock.engine.refusing import foresee
from penstock.engine.resting import Rest, rest
from penstock.filters.compile import mentions
from penstock.filters.describe import describe
from penstock.filters.explain import Explained, explain
from penstock.filters.mentions import names
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schema
from penstock.triggers.base import TRIGGERS, Trigger
from penstock.workflows import store
from penstock.workflows.asking import AGAIN, ENROLL, GOAL, STAY, SUPPRESS, SUPPRESSION_LISTS, asked
from penstock.workflows.document import Document
from penstock.workflows.store import Workflow

_queries = load("penstock.engine", "explaining.sql")

CONDITION = "condition"
"""What must be so, too, when an event would enrol the record."""

OCCURRENCE = "event"
"""An event that enrols the record it happens to: nobody can say whether it is so."""


@dataclass(frozen=True)
class Condition:
    """Something that the workflow asks of the record, and what is so now.

    `matching` is how the engine last judged it, and `since` when that began; None where it keeps no
    level.
    """

    role: str
    where: str
    label: Text
    told: Explained
    matching: bool | None = None
    since: datetime | None = None


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
        conditions = tuple(await _conditions(conn, schema, workflow, document, record, now))
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
        _CODES.get(code) or history.reason(code),
        refusal,
        await _queries.value(conn, "last_refused", record=record, workflow=workflow.id),
        conditions,
        tuple(each for each in passages if each.workflow_id == workflow.id),
        resting,
    )


async def _followed(conn: Connection, workflow: Workflow) -> Document:
    """The definition that counts for who wants in: the live one, as long as it is on."""
    if workflow.state == "off" or workflow.live_revision in (None, workflow.revision):
        return workflow.document
    return (await store.read_revision(conn, workflow.id, workflow.live_revision or 0)).document


def documents(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every filter that is asked of who wants in: role, JSON path and filter."""
    trigger = _trigger(document)
    for role, where, wanted in asked(document, trigger):
        if role != STAY:  # asks the same as the trigger
            yield role, where, wanted
    if trigger is None:
        return
    base = "$.enrollmentCriteria"
    for setting, wanted in trigger.occurrences().values():
        yield OCCURRENCE, f"{base}.{setting}", wanted
    condition = trigger.condition()
    if condition is not None:
        yield CONDITION, f"{base}.{condition[0]}", condition[1]


async def _conditions(
    conn: Connection,
    schema: Schema,
    workflow: Workflow,
    document: Document,
    record: int,
    now: datetime,
) -> list[Condition]:
    wanted = list(documents(document))
    known = await names(conn, mentions([each for _, _, each in wanted]))
    rows = await _queries.rows(
        conn,
        "levels",
        record=record,
        workflow=workflow.id,
        revision=workflow.live_revision if workflow.state == "on" else None,
    )
    levels = {row.role: row for row in rows}
    found = []
    for role, where, asks in wanted:
        if role == OCCURRENCE:
            told = Explained("$", describe(asks, schema, document.object_type, known))
        else:
            told = await explain(conn, asks, schema, document.object_type, record, now, known)
        level = levels.get(role)
        kept = None if level is None else level.matching
        since = None if level is None or level.since is None else level.since.astimezone(UTC)
        label = _LABELS.get(role.split(" ")[0], _LABELS[ENROLL])
        found.append(Condition(role, where, label, told, kept, since))
    return found


def _trigger(document: Document) -> Trigger | None:
    raw = document.raw.get("enrollmentCriteria") or {}
    entry = TRIGGERS.get(str(raw.get("type")))
    if entry is None:
        return None
    try:
        return entry.model_validate(raw)
    except ValidationError:
        return None


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
    roles = {condition.role.split(" ")[0]: condition for condition in conditions}
    enroll = roles.get(ENROLL)
    if unsettled:
        return "not_settled"
    if enroll is not None and not enroll.told.verdict:
        return "does_not_match"
    if enroll is not None and not enroll.matching:
        return "enrolls_next"
    if enroll is not None:
        return "awaits_again" if roles.keys() & {AGAIN, OCCURRENCE} else "matched_before"
    if CONDITION in roles and not roles[CONDITION].told.verdict:
        return "condition_not_met"
    if OCCURRENCE in roles:
        return "awaits_event"
    trigger = _trigger(document)
    memberships = trigger is not None and any(True for _ in trigger.memberships())
    return "awaits_event" if memberships else "awaits_choice"


_LABELS = {
    ENROLL: Text("Enrols who meets"),
    AGAIN: Text("Enrols once more who meets"),
    GOAL: Text("Goal"),
    SUPPRESS: Text("Keeps out who meets"),
    SUPPRESSION_LISTS: Text("Suppression lists"),
    CONDITION: Text("Only if, at the event"),
    OCCURRENCE: Text("Enrols when it happens"),
}

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
    "awaits_event": Text("it enrols when one of the events happens"),
    "condition_not_met": Text("no event would enrol it, since it does not meet the conditions"),
    "awaits_choice": Text("it enrols when somebody, or another workflow, chooses it"),
}
