"""What publishing a change would mean, one step back, and the enrolling of what matches already."""

from typing import Any

from pydantic import Field

from penstock.api.call import Call, ThisCall
from penstock.api.flows_shapes import Flow, FlowBody
from penstock.api.flows_wire import flow
from penstock.api.identifying import number, numbered
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.api.workflows import WorkflowShape, shapes
from penstock.engine import existing, history
from penstock.workflows import store
from penstock.workflows.broken import refuse_broken
from penstock.workflows.document import Document
from penstock.workflows.errors import WorkflowNotFound, WorkflowOff
from penstock.workflows.planning import KINDS, compare

router = Router("publishing", "Workflows of ours")

_ONE = "/api/workflows/{workflow_id}"
_SCOPE = "automation"


class Standing(Wire):
    """Those who stand at a step of the present definition that will not be what it was."""

    step: str
    standing: int = Field(description="How many enrollments stand there")
    removed: bool
    to: str | None = Field(description="Where they go on by default; none: they have finished")
    choices: list[str] = Field(description="What may be chosen for them in publishPlan.steps")


class Preview(Wire):
    """What a definition would change."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    settings: list[str]
    steps: list[Standing]


class Restore(Wire):
    publish_plan: dict[str, Any] = Field(default_factory=dict)


@router.post(f"{_ONE}/preview", model=Preview, mutates=False)
async def preview(call: ThisCall, workflow_id: str, body: FlowBody) -> dict[str, Any]:
    """What saving this definition would change, and how many stand at the steps concerned."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(workflow_id, WorkflowNotFound))
    given = {
        "type": workflow.document.raw["type"],
        "isEnabled": workflow.enabled,
        "revisionId": str(workflow.revision),
        **(body.model_extra or {}),
        "objectTypeId": workflow.document.object_type,
    }
    refuse_broken(given, call.schema, creating=False)
    new = Document.from_request(given, before=workflow.document)
    difference = compare(workflow.document, new)
    numbers = (await history.counts(call.conn, [workflow.id]))[workflow.id].steps
    concerned = [*difference.removed, *difference.changed]
    return {
        "added": difference.added,
        "removed": difference.removed,
        "changed": difference.changed,
        "settings": difference.settings,
        "steps": [
            {
                "step": step,
                "standing": numbers.get(step, {}).get("here", 0),
                "removed": step in difference.removed,
                "to": difference.leads_to.get(step, step),
                "choices": KINDS,
            }
            for step in concerned
        ],
    }


@router.post(f"{_ONE}/revisions/{{revision_id}}/restore", model=Flow)
async def restore(
    call: ThisCall, workflow_id: str, revision_id: str, body: Restore
) -> dict[str, Any]:
    """Make an earlier definition the latest one again; it is on or off as it is now."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(workflow_id, WorkflowNotFound))
    earlier = await store.read_revision(call.conn, workflow.id, number(revision_id))
    document = {
        **earlier.document.raw,
        "isEnabled": workflow.enabled,
        "revisionId": str(workflow.revision),
        "publishPlan": body.publish_plan,
    }
    saved = await store.replace(call.conn, call.schema, workflow.id, document, call.actor, call.now)
    details = {"revision": saved.revision, "restored": earlier.revision}
    await call.audit("flows_restore", f"flows/{workflow.id}", details)
    return flow(saved)


@router.post(f"{_ONE}/enroll-existing", model=WorkflowShape)
async def enroll_existing(call: ThisCall, workflow_id: str) -> dict[str, Any]:
    """Enrol what matches already in a workflow that is on; `existing` tells how far it is."""
    call.require(_SCOPE)
    id = numbered(workflow_id, WorkflowNotFound)
    if not (await store.read_one(call.conn, id)).enabled:
        raise WorkflowOff(id=id)
    workflow = await store.turn_on(
        call.conn, call.schema, id, call.actor, call.now, enroll_existing=True
    )
    await call.audit("workflows_enroll_existing", f"flows/{id}")
    return await _shape(call, workflow)


@router.post(f"{_ONE}/cancel-existing", model=WorkflowShape)
async def cancel_existing(call: ThisCall, workflow_id: str) -> dict[str, Any]:
    """Enrol no more of the records that match already; those who are in stay."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(workflow_id, WorkflowNotFound))
    await existing.cancel(call.conn, workflow.id)
    await call.audit("workflows_cancel_existing", f"flows/{workflow.id}")
    return await _shape(call, workflow)


async def _shape(call: Call, workflow: store.Workflow) -> dict[str, Any]:
    (shape,) = await shapes(call, [workflow])
    return shape
