"""From the ids of flows to those of the API before v4, and back."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from penstock.api.batches import Batch
from penstock.api.call import ThisCall
from penstock.api.identifying import number
from penstock.api.models import BatchError, Wire
from penstock.api.routing import Router
from penstock.workflows import store
from penstock.workflows.errors import WorkflowNotFound

router = Router("workflow_id_mappings", "Workflows")


class MappingInput(Wire):
    """A flow's id, or a legacy workflow's, as `type` says."""

    type: Literal["FLOW_ID", "WORKFLOW_ID"]
    flow_id: str | int | None = None
    workflow_id: str | int | None = None

    @property
    def word(self) -> str:
        given = self.flow_id if self.type == "FLOW_ID" else self.workflow_id
        return "" if given is None else str(given)


class MappingBatch(Wire):
    inputs: list[MappingInput] = Field(max_length=100)


class MappingShape(Wire):
    flow_id: int
    workflow_id: int


class MappingAnswer(Wire):
    status: str
    results: list[MappingShape]
    started_at: str
    completed_at: str
    num_errors: int | None = None
    errors: list[BatchError] | None = None


@router.post(
    "/automation/v4/workflow-id-mappings/batch/read",
    model=MappingAnswer,
    partial=MappingAnswer,
    mutates=False,
)
async def read_batch(call: ThisCall, body: MappingBatch) -> Any:
    """Both ids of each workflow, from either."""
    call.require("automation")
    flows = [number(one.word) for one in body.inputs if one.type == "FLOW_ID"]
    legacy = [number(one.word) for one in body.inputs if one.type == "WORKFLOW_ID"]
    by_flow = {w.id: w.legacy_id for w in await store.read(call.conn, flows)}
    by_legacy = await store.by_legacy_ids(call.conn, legacy)
    batch = Batch(call)
    for index, wanted in enumerate(body.inputs):
        pair = _pair(wanted, by_flow, by_legacy)
        if pair is None:
            batch.fail(index, WorkflowNotFound(id=wanted.word), id=wanted.word)
        else:
            batch.results.append({"flowId": pair[0], "workflowId": pair[1]})
    return batch.answer()


def _pair(
    wanted: MappingInput, by_flow: Mapping[int, int], by_legacy: Mapping[int, int]
) -> tuple[int, int] | None:
    id = number(wanted.word)
    if wanted.type == "FLOW_ID":
        return (id, by_flow[id]) if id in by_flow else None
    return (by_legacy[id], id) if id in by_legacy else None
