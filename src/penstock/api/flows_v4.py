"""Workflows in HubSpot's dialect: `/automation/v4/flows`."""

from typing import Annotated, Any

from fastapi import Query

from penstock.api.batches import Batch
from penstock.api.call import ThisCall
from penstock.api.flows_shapes import (
    Flow,
    FlowBatch,
    FlowBatchAnswer,
    FlowBody,
    FlowPage,
    FlowRevision,
)
from penstock.api.flows_wire import flow, listing, past
from penstock.api.identifying import number, numbered
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.records.values import instant_text
from penstock.workflows import store
from penstock.workflows.errors import WorkflowNotFound

router = Router("flows", "Workflows")

_ALL = "/automation/v4/flows"
_ONE = "/automation/v4/flows/{flow_id}"
_SCOPE = "automation"

After = Annotated[int, Query(ge=0, le=2**63 - 1)]
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get(_ALL, model=FlowPage)
async def list_flows(call: ThisCall, after: After = 0, limit: Limit = 100) -> dict[str, Any]:
    """A page of workflows, in the order of their ids."""
    call.require(_SCOPE)
    found = await store.page(call.conn, after=after, limit=limit + 1)
    shown = found[:limit]
    following = shown[-1].id if len(found) > limit else None
    return {"results": [listing(w) for w in shown], **paging(call.request, following)}


@router.post(_ALL, model=Flow, status=201)
async def create(call: ThisCall, body: FlowBody) -> dict[str, Any]:
    """Create a workflow; with `isEnabled` it is turned on too, and must be complete."""
    call.require(_SCOPE)
    document = _document(body)
    made = await store.create(call.conn, call.schema, document, call.actor, call.now)
    await call.audit("flows_create", f"flows/{made.id}", {"enabled": made.enabled})
    return flow(made)


@router.get(_ONE, model=Flow)
async def read_one(call: ThisCall, flow_id: str) -> dict[str, Any]:
    """A workflow with its latest definition."""
    call.require(_SCOPE)
    return flow(await store.read_one(call.conn, numbered(flow_id, WorkflowNotFound)))


@router.put(_ONE, model=Flow)
async def replace(call: ThisCall, flow_id: str, body: FlowBody) -> dict[str, Any]:
    """Replace a definition, given its current revisionId; what is left out is cleared."""
    call.require(_SCOPE)
    id = numbered(flow_id, WorkflowNotFound)
    document = _document(body)
    saved = await store.replace(call.conn, call.schema, id, document, call.actor, call.now)
    details = {"revision": saved.revision, "enabled": saved.enabled}
    await call.audit("flows_replace", f"flows/{id}", details)
    return flow(saved)


@router.delete(_ONE)
async def delete(call: ThisCall, flow_id: str) -> None:
    """Delete a workflow: nobody enrols any more, and its steps no longer run."""
    call.require(_SCOPE)
    id = numbered(flow_id, WorkflowNotFound)
    await store.delete(call.conn, id, call.actor, call.now)
    await call.audit("flows_delete", f"flows/{id}")


@router.post(f"{_ALL}/batch/read", model=FlowBatchAnswer, partial=FlowBatchAnswer, mutates=False)
async def read_batch(call: ThisCall, body: FlowBatch) -> Any:
    """Several workflows at once."""
    call.require(_SCOPE)
    wanted = [str(one.flow_id) for one in body.inputs]
    found = {w.id: w for w in await store.read(call.conn, [number(word) for word in wanted])}
    batch = Batch(call)
    for index, word in enumerate(wanted):
        workflow = found.get(number(word))
        if workflow is None:
            batch.fail(index, WorkflowNotFound(id=word), id=word)
        else:
            batch.results.append(flow(workflow))
    return batch.answer()


@router.get(f"{_ONE}/revisions/{{revision_id}}", model=FlowRevision)
async def read_revision(call: ThisCall, flow_id: str, revision_id: str) -> dict[str, Any]:
    """A workflow's definition as it once was."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(flow_id, WorkflowNotFound))
    revision = await store.read_revision(call.conn, workflow.id, number(revision_id))
    return {
        "id": str(workflow.id),
        "revisionId": str(revision.revision),
        "revisionCreatedAt": instant_text(revision.created_at),
        "flow": past(workflow, revision),
    }


def _document(body: FlowBody) -> dict[str, Any]:
    return dict(body.model_extra or {})
