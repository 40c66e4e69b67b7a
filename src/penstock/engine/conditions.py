"""What a workflow asks of a record that wants in, and what is so of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from penstock.filters.compile import mentions
from penstock.filters.describe import describe
from penstock.filters.explain import Explained, explain
from penstock.filters.mentions import names
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schema
from penstock.triggers.base import TRIGGERS, Trigger
from penstock.workflows.asking import (
    AGAIN,
    ENROLL,
    GOAL,
    MOMENT,
    SCHEDULED,
    STAY,
    SUPPRESS,
    SUPPRESSION_LISTS,
    asked,
)
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


def documents(document: Document) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every filter that is asked of who wants in: role, JSON path and filter."""
    trigger = trigger_of(document)
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


async def conditions_of(
    conn: Connection,
    schema: Schema,
    workflow: Workflow,
    document: Document,
    record: int,
    now: datetime,
) -> list[Condition]:
    """What is so of a live record of the workflow's type. Raises FilterInvalid."""
    wanted = list(documents(document))
    known = await names(conn, mentions([each for _, _, each in wanted]))
    rows = await _queries.rows(
        conn,
        "levels",
        record=record,
        workflow=workflow.id,
        revision=workflow.live_revision if workflow.state in ("on", "paused") else None,
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


def trigger_of(document: Document) -> Trigger | None:
    """How records get into a workflow; None where that is not chosen, or not understood."""
    raw = document.raw.get("enrollmentCriteria") or {}
    entry = TRIGGERS.get(str(raw.get("type")))
    if entry is None:
        return None
    try:
        return entry.model_validate(raw)
    except ValidationError:
        return None


_LABELS = {
    ENROLL: Text("Enrols who meets"),
    AGAIN: Text("Enrols once more who meets"),
    SCHEDULED: Text("Enrols at the schedule's moments who meets"),
    MOMENT: Text("Enrols when this comes to be so"),
    GOAL: Text("Goal"),
    SUPPRESS: Text("Keeps out who meets"),
    SUPPRESSION_LISTS: Text("Suppression lists"),
    CONDITION: Text("Only if, at the event"),
    OCCURRENCE: Text("Enrols when it happens"),
}
