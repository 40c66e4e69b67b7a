"""Workflows, what HubSpot's API does not have: `/api/workflows`, `/api/records/…/history`."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from penstock.api.call import Call, ThisCall
from penstock.api.flows_wire import listing
from penstock.api.identifying import number
from penstock.api.models import Wire, Words
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.engine import history
from penstock.engine.history import Entry
from penstock.kernel.errors import Problem
from penstock.records.values import instant_text
from penstock.workflows import store
from penstock.workflows.store import Workflow

router = Router("workflows", "Workflows")

_ALL = "/api/workflows"
_ONE = "/api/workflows/{workflow_id}"
_SCOPE = "automation"


class ProblemShape(Wire):
    message: str
    where: str | None
    code: str | None


class WorkflowShape(Wire):
    """A workflow in short, with its numbers."""

    id: str
    name: str
    state: str
    object_type_id: str
    revision_id: str
    on_since: str | None
    standing: float = Field(description="How far its criteria stand, from 0 to 1")
    counts: dict[str, int]


class WorkflowDetail(WorkflowShape):
    steps: dict[str, dict[str, int]] = Field(description="Numbers by step and kind")
    problems: list[ProblemShape] = Field(description="What keeps it from being turned on")


class WorkflowPage(Wire):
    results: list[WorkflowShape]


class TurnOn(Wire):
    enroll_existing: bool = False


class EntryShape(Wire):
    at: str
    record_id: str
    workflow_id: str
    workflow: str
    enrollment_id: str | None
    step: str | None
    kind: str
    message: str
    detail: dict[str, Any]


class EntryPage(Wire):
    results: list[EntryShape]
    paging: dict[str, Any] | None = None


class PassageShape(Wire):
    enrollment_id: str
    workflow_id: str
    workflow: str
    passage: int
    state: str
    step: str | None
    enrolled_at: str
    ended_at: str | None
    due_at: str | None
    reason: str | None


class RecordHistory(Wire):
    enrollments: list[PassageShape]
    entries: list[EntryShape]


@router.get(_ALL, model=WorkflowPage)
async def list_workflows(call: ThisCall) -> dict[str, Any]:
    """All workflows with their numbers."""
    call.require(_SCOPE)
    found = await store.page(call.conn, limit=1000)
    return {"results": await _shapes(call, found)}


@router.get(_ONE, model=WorkflowDetail)
async def read_one(call: ThisCall, workflow_id: str) -> dict[str, Any]:
    """A workflow with its numbers by step, and what keeps it from being turned on."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, number(workflow_id))
    (shape,) = await _shapes(call, [workflow])
    numbers = await history.counts(call.conn, [workflow.id])
    problems = await store.problems(call.conn, call.schema, workflow)
    return {
        **shape,
        "steps": numbers[workflow.id].steps,
        "problems": [_problem(problem, call.language) for problem in problems],
    }


@router.post(f"{_ONE}/turn-on", model=WorkflowShape)
async def turn_on(call: ThisCall, workflow_id: str, body: TurnOn) -> dict[str, Any]:
    """Turn a workflow on; with `enrollExisting` the records that match already enrol too."""
    call.require(_SCOPE)
    workflow = await store.turn_on(
        call.conn,
        call.schema,
        number(workflow_id),
        call.actor,
        call.now,
        enroll_existing=body.enroll_existing,
    )
    details = {"enrollExisting": body.enroll_existing}
    await call.audit("workflows_turn_on", f"flows/{workflow.id}", details)
    (shape,) = await _shapes(call, [workflow])
    return shape


@router.post(f"{_ONE}/turn-off", model=WorkflowShape)
async def turn_off(call: ThisCall, workflow_id: str) -> dict[str, Any]:
    """Turn a workflow off: nobody enrols from now on."""
    call.require(_SCOPE)
    workflow = await store.turn_off(call.conn, number(workflow_id), call.actor, call.now)
    await call.audit("workflows_turn_off", f"flows/{workflow.id}")
    (shape,) = await _shapes(call, [workflow])
    return shape


@router.get(f"{_ONE}/history", model=EntryPage)
async def workflow_history(
    call: ThisCall,
    workflow_id: str,
    kinds: Annotated[Words, Query()],
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """What a workflow did, newest first."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, number(workflow_id))
    entries = await history.of_workflow(
        call.conn, workflow.id, after=after, kinds=kinds or None, limit=limit
    )
    following = entries[-1].cursor if len(entries) == limit else None
    return {
        "results": [_entry(entry, call.language) for entry in entries],
        **paging(call.request, following),
    }


@router.get("/api/records/{record_id}/history", model=RecordHistory)
async def record_history(call: ThisCall, record_id: str) -> dict[str, Any]:
    """Everything that workflows did with a record, oldest first."""
    call.require(_SCOPE)
    id = number(record_id)
    entries = await history.of_record(call.conn, id)
    passages = await history.passages(call.conn, id)
    return {
        "enrollments": [_passage(passage) for passage in passages],
        "entries": [_entry(entry, call.language) for entry in entries],
    }


async def _shapes(call: Call, workflows: list[Workflow]) -> list[dict[str, Any]]:
    ids = [workflow.id for workflow in workflows]
    numbers = await history.counts(call.conn, ids)
    standing = await history.progress(call.conn, ids)
    shapes = []
    for workflow in workflows:
        short = listing(workflow)
        shapes.append(
            {
                "id": short["id"],
                "name": workflow.document.name,
                "state": workflow.state,
                "objectTypeId": short["objectTypeId"],
                "revisionId": short["revisionId"],
                "onSince": instant_text(workflow.on_since) if workflow.on_since else None,
                "standing": standing[workflow.id],
                "counts": numbers[workflow.id].whole,
            }
        )
    return shapes


def _problem(problem: Problem, language: str) -> dict[str, Any]:
    return {
        "message": problem.text.render(language),
        "where": problem.where,
        "code": problem.code,
    }


def _entry(entry: Entry, language: str) -> dict[str, Any]:
    return {
        "at": instant_text(entry.at),
        "recordId": str(entry.record_id),
        "workflowId": str(entry.workflow_id),
        "workflow": entry.workflow,
        "enrollmentId": str(entry.enrollment_id) if entry.enrollment_id else None,
        "step": entry.step or None,
        "kind": entry.kind,
        "message": entry.text().render(language),
        "detail": entry.detail,
    }


def _passage(passage: history.Passage) -> dict[str, Any]:
    return {
        "enrollmentId": str(passage.enrollment_id),
        "workflowId": str(passage.workflow_id),
        "workflow": passage.workflow,
        "passage": passage.passage,
        "state": passage.state,
        "step": passage.step or None,
        "enrolledAt": instant_text(passage.enrolled_at),
        "endedAt": instant_text(passage.ended_at) if passage.ended_at else None,
        "dueAt": instant_text(passage.due_at) if passage.due_at else None,
        "reason": passage.reason,
    }
