"""Workflows, what HubSpot's API does not have: `/api/workflows`."""

from datetime import datetime
from typing import Any

from pydantic import Field

from penstock.api.call import Call, ThisCall
from penstock.api.flows_wire import listing
from penstock.api.identifying import numbered
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.engine import existing, history
from penstock.kernel.errors import Problem
from penstock.records.values import instant_text
from penstock.workflows import store
from penstock.workflows.errors import WorkflowNotFound
from penstock.workflows.pausing import Policy, Resumption
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
    paused_at: str | None
    fires_at: str | None = Field(description="The next moment of its schedule")
    turns_off_at: str | None = Field(description="When it turns itself off")
    standing: float = Field(description="How far its criteria stand, from 0 to 1")
    counts: dict[str, int]
    conversion_rate: float | None = Field(
        description="Part of all who ever enrolled that met the goal after an e-mail of it"
    )
    existing: float | None = Field(
        description="How far it is with enrolling what matched before, from 0 to 1"
    )


class WorkflowDetail(WorkflowShape):
    steps: dict[str, dict[str, int]] = Field(description="Numbers by step and kind")
    problems: list[ProblemShape] = Field(description="What keeps it from being turned on")
    warnings: list[ProblemShape] = Field(description="What is worth knowing before that")


class WorkflowPage(Wire):
    results: list[WorkflowShape]


class TurnOn(Wire):
    enroll_existing: bool = False


class Resume(Wire):
    """What becomes of those whose time came during the pause."""

    policy: Policy = Field(
        "RUN_NOW",
        description="They go on now; or skip what they would have done until they wait again; or"
        " all times are later by the length of the pause",
    )
    rate: int | None = Field(None, ge=1, le=1_000_000, description="How many go on in a minute")
    steps: dict[str, Policy] = Field(default={}, description="Policies of single steps, by id")
    enroll_matched: bool = Field(
        default=False, description="Enrol those, too, who came to match during the pause"
    )


@router.get(_ALL, model=WorkflowPage)
async def list_workflows(call: ThisCall) -> dict[str, Any]:
    """All workflows with their numbers."""
    call.require(_SCOPE)
    found = await store.page(call.conn, limit=1000)
    return {"results": await shapes(call, found)}


@router.get(_ONE, model=WorkflowDetail)
async def read_one(call: ThisCall, workflow_id: str) -> dict[str, Any]:
    """A workflow with its numbers by step, and what keeps it from being turned on."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(workflow_id, WorkflowNotFound))
    (shape,) = await shapes(call, [workflow])
    numbers = await history.counts(call.conn, [workflow.id])
    checked = await store.review(call.conn, call.schema, workflow)
    return {
        **shape,
        "steps": numbers[workflow.id].steps,
        "problems": [_problem(problem, call.language) for problem in checked.problems],
        "warnings": [_problem(warning, call.language) for warning in checked.warnings],
    }


@router.post(f"{_ONE}/turn-on", model=WorkflowShape)
async def turn_on(call: ThisCall, workflow_id: str, body: TurnOn) -> dict[str, Any]:
    """Turn a workflow on; with `enrollExisting` the records that match already enrol too."""
    call.require(_SCOPE)
    workflow = await store.turn_on(
        call.conn,
        call.schema,
        numbered(workflow_id, WorkflowNotFound),
        call.actor,
        call.now,
        enroll_existing=body.enroll_existing,
    )
    details = {"enrollExisting": body.enroll_existing}
    await call.audit("workflows_turn_on", f"flows/{workflow.id}", details)
    (shape,) = await shapes(call, [workflow])
    return shape


@router.post(f"{_ONE}/turn-off", model=WorkflowShape)
async def turn_off(call: ThisCall, workflow_id: str) -> dict[str, Any]:
    """Turn a workflow off: nobody enrols from now on."""
    call.require(_SCOPE)
    workflow = await store.turn_off(
        call.conn, numbered(workflow_id, WorkflowNotFound), call.actor, call.now
    )
    await call.audit("workflows_turn_off", f"flows/{workflow.id}")
    (shape,) = await shapes(call, [workflow])
    return shape


@router.post(f"{_ONE}/pause", model=WorkflowShape)
async def pause(call: ThisCall, workflow_id: str) -> dict[str, Any]:
    """Pause a workflow: everybody stays where it stands, and nobody enrols."""
    call.require(_SCOPE)
    workflow = await store.pause(
        call.conn, numbered(workflow_id, WorkflowNotFound), call.actor, call.now
    )
    await call.audit("workflows_pause", f"flows/{workflow.id}")
    (shape,) = await shapes(call, [workflow])
    return shape


@router.post(f"{_ONE}/resume", model=WorkflowShape)
async def resume(call: ThisCall, workflow_id: str, body: Resume) -> dict[str, Any]:
    """End a pause."""
    call.require(_SCOPE)
    choice = Resumption(body.policy, body.rate, body.steps, body.enroll_matched)
    workflow = await store.resume(
        call.conn,
        call.schema,
        numbered(workflow_id, WorkflowNotFound),
        choice,
        call.actor,
        call.now,
    )
    await call.audit("workflows_resume", f"flows/{workflow.id}", choice.raw)
    (shape,) = await shapes(call, [workflow])
    return shape


async def shapes(call: Call, workflows: list[Workflow]) -> list[dict[str, Any]]:
    ids = [workflow.id for workflow in workflows]
    numbers = await history.counts(call.conn, ids)
    standing = await history.progress(call.conn, ids)
    filling = await existing.progress(call.conn, ids)
    found = []
    for workflow in workflows:
        short = listing(workflow)
        whole = numbers[workflow.id].whole
        found.append(
            {
                "id": short["id"],
                "name": workflow.document.name,
                "state": workflow.state,
                "objectTypeId": short["objectTypeId"],
                "revisionId": short["revisionId"],
                "onSince": _instant(workflow.on_since),
                "pausedAt": _instant(workflow.paused_at),
                "firesAt": _instant(workflow.fires_at),
                "turnsOffAt": _instant(workflow.turns_off_at),
                "standing": standing[workflow.id],
                "counts": whole,
                "conversionRate": _rate(workflow, whole),
                "existing": filling.get(workflow.id),
            }
        )
    return found


def _rate(workflow: Workflow, counts: dict[str, int]) -> float | None:
    if not workflow.document.raw.get("goalFilterBranch"):
        return None
    return counts.get("converted", 0) / max(counts.get("enrolled", 0), 1)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)


def _problem(problem: Problem, language: str) -> dict[str, Any]:
    return {
        "message": problem.text.render(language),
        "where": problem.where,
        "code": problem.code,
    }
