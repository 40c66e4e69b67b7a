"""What workflows did, as our own operations and the command line have it."""

from collections.abc import Iterable, Mapping
from typing import Any

from penstock.engine.history import Entry, Passage
from penstock.kernel.db import Connection
from penstock.kernel.texts import Text
from penstock.records.values import instant_text
from penstock.workflows import store
from penstock.workflows.labels import labels

Actions = Mapping[tuple[int, str], Text]
"""What steps do, by workflow and step."""


async def actions_of(conn: Connection, entries: Iterable[Entry]) -> Actions:
    """Of the workflows of some entries, by their latest definitions."""
    ids = sorted({told.workflow_id for told in entries})
    return {
        (workflow.id, step): label
        for workflow in await store.read(conn, ids)
        for step, label in labels(workflow.document).items()
    }


def entry(told: Entry, actions: Actions, language: str) -> dict[str, Any]:
    action = actions.get((told.workflow_id, told.step))
    return {
        "at": instant_text(told.at),
        "recordId": str(told.record_id),
        "workflowId": str(told.workflow_id),
        "workflow": told.workflow,
        "enrollmentId": str(told.enrollment_id) if told.enrollment_id else None,
        "step": told.step or None,
        "action": None if action is None else action.render(language),
        "kind": told.kind,
        "message": told.text().render(language),
        "detail": told.detail,
    }


def passage(told: Passage) -> dict[str, Any]:
    return {
        "enrollmentId": str(told.enrollment_id),
        "workflowId": str(told.workflow_id),
        "workflow": told.workflow,
        "passage": told.passage,
        "state": told.state,
        "step": told.step or None,
        "enrolledAt": instant_text(told.enrolled_at),
        "endedAt": instant_text(told.ended_at) if told.ended_at else None,
        "dueAt": instant_text(told.due_at) if told.due_at else None,
        "reason": told.reason,
        "source": told.source,
    }
