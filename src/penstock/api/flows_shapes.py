"""The shapes of flows on the wire."""

from typing import Any

from pydantic import ConfigDict, Field

from penstock.api.models import Paging, Wire


class FlowBody(Wire):
    """A flow as it is created or replaced; kept as it is, whatever else it holds."""

    model_config = ConfigDict(extra="allow")


class Flow(FlowBody):
    """A flow as it is read."""

    id: str
    type: str
    flow_type: str
    object_type_id: str
    is_enabled: bool
    revision_id: str
    created_at: str
    updated_at: str
    crm_object_creation_status: str
    next_available_action_id: str
    actions: list[dict[str, Any]]


class FlowListing(Wire):
    id: str
    is_enabled: bool
    flow_type: str
    object_type_id: str
    revision_id: str
    created_at: str
    updated_at: str
    name: str | None = None
    uuid: str | None = None


class FlowPage(Wire):
    results: list[FlowListing]
    paging: Paging | None = None


class FlowReference(Wire):
    type: str = "FLOW_ID"
    flow_id: str | int


class FlowBatch(Wire):
    inputs: list[FlowReference] = Field(max_length=100)


class FlowBatchAnswer(Wire):
    status: str
    results: list[Flow]
    started_at: str
    completed_at: str
    num_errors: int | None = None
    errors: list[dict[str, Any]] | None = None


class FlowRevision(Wire):
    id: str
    revision_id: str
    revision_created_at: str
    flow: Flow
