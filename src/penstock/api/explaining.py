"""Why a record is in a workflow or not: `/api/workflows/{id}/explain`."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from penstock.api.attending import attended
from penstock.api.call import ThisCall
from penstock.api.explaining_wire import enrollment_explanation
from penstock.api.filters import may_ask
from penstock.api.filters_shapes import ExplanationShape
from penstock.api.history_shapes import PassageShape
from penstock.api.identifying import number, numbered
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.engine.conditions import documents
from penstock.engine.explaining import explain_enrollment
from penstock.filters.compile import check
from penstock.filters.errors import FilterInvalid
from penstock.workflows import store
from penstock.workflows.errors import WorkflowNotFound

router = Router("explaining", "Workflows")


class CodedReason(Wire):
    code: str
    message: str


class ConditionShape(Wire):
    """Something that a workflow asks of a record, with its JSON path in the definition.

    `matching` is how the engine last judged it, and `since` when that began; `explanation` is what
    is so now, part by part. An event (role `event`) has no verdict.
    """

    role: str
    where: str
    label: str
    matching: bool | None
    since: str | None
    explanation: ExplanationShape


class WaitingShape(Wire):
    """Where an enrollment stands; the first of the reasons that comes leads it on.

    `until` is when it moves at the latest.
    """

    enrollment_id: str
    step: str | None
    action: str | None
    entered_at: str
    until: str | None
    reasons: list[str]


class EnrollmentExplanation(Wire):
    """Why a record is in a workflow or not, in short and with all that this rests on."""

    code: str
    message: str
    by_hand: CodedReason | None = Field(
        description="Why it would be refused if somebody enrolled it now"
    )
    last_refusal: CodedReason | None = Field(
        description="Why it was refused when it last wanted in"
    )
    conditions: list[ConditionShape]
    enrollments: list[PassageShape]
    waiting: WaitingShape | None


@router.get("/api/workflows/{workflow_id}/explain", model=EnrollmentExplanation)
async def explain(
    call: ThisCall, workflow_id: str, record_id: Annotated[str, Query(alias="recordId")]
) -> dict[str, Any]:
    """Why a record is in a workflow, would enrol now or would not; and what it waits for there."""
    call.require("automation")
    workflow = await store.read_one(call.conn, numbered(workflow_id, WorkflowNotFound))
    type = call.objects(workflow.document.object_type, "read")
    for _, _, asked in documents(workflow.document):
        with suppress(FilterInvalid):
            may_ask(call, check(asked, call.schema, type.id))
    work = explain_enrollment(call.conn, call.schema, workflow, number(record_id), call.now)
    return enrollment_explanation(await attended(call.request, work), call.language)
