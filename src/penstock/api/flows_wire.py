"""Flows as the wire has them, from workflows as they are stored."""

from typing import Any

from penstock.records.values import instant_text
from penstock.workflows.store import Revision, Workflow


def flow(workflow: Workflow) -> dict[str, Any]:
    """The whole flow: the stored document, and what belongs to the server."""
    return {**workflow.document.raw, **_head(workflow), **_tail(workflow)}


def past(workflow: Workflow, revision: Revision) -> dict[str, Any]:
    """The flow as it was at a revision; whether it is on is as now."""
    then = {
        "revisionId": str(revision.revision),
        "updatedAt": instant_text(revision.created_at),
    }
    return {**revision.document.raw, **_head(workflow), **_tail(workflow), **then}


def listing(workflow: Workflow) -> dict[str, Any]:
    head = _head(workflow)
    if workflow.document.name:
        head["name"] = workflow.document.name
    return head


def _head(workflow: Workflow) -> dict[str, Any]:
    return {
        "id": str(workflow.id),
        "isEnabled": workflow.enabled,
        "flowType": workflow.document.raw["flowType"],
        "objectTypeId": workflow.document.object_type,
        "revisionId": str(workflow.revision),
        "createdAt": instant_text(workflow.created_at),
        "updatedAt": instant_text(workflow.updated_at),
        "uuid": workflow.uuid,
    }


def _tail(workflow: Workflow) -> dict[str, Any]:
    return {
        "crmObjectCreationStatus": "COMPLETE",
        "nextAvailableActionId": str(workflow.last_step_id + 1),
    }
