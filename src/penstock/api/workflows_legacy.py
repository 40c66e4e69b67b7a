"""Workflows as the API before v4 has them: contacts by their address, workflows by small ids."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number
from penstock.api.routing import Router
from penstock.api.workflows_legacy_shapes import LegacyDetail, LegacyList, LegacyShape
from penstock.engine import history, requests
from penstock.records.errors import RecordNotFound
from penstock.records.events import CONTACT
from penstock.records.reading import find
from penstock.records.uniqueness import value_text
from penstock.workflows import store
from penstock.workflows.document import Document, Step
from penstock.workflows.errors import WorkflowNotFound
from penstock.workflows.store import Workflow

router = Router("workflows_legacy", "Workflows before v4")

_V2: Final = "/automation/v2/workflows"
_V3: Final = "/automation/v3/workflows"
_ENROLLMENT: Final = _V2 + "/{workflow_id}/enrollments/contacts/{email}"
_SCOPE: Final = "automation"

_TYPES: Final = {
    "CONTACT_PROPERTY_ANCHOR": "PROPERTY_ANCHOR",
    "STATIC_DATE_ANCHOR": "STATIC_ANCHOR",
}
_SECONDS: Final = {
    "SECONDS": 1, "MINUTES": 60, "HOURS": 3600, "HALF_DAYS": 43_200, "DAYS": 86_400,
    "WEEKS": 604_800,
}  # fmt: skip


@router.post(_ENROLLMENT)
async def enroll(call: ThisCall, workflow_id: str, email: str) -> None:
    """Enrol a contact by hand; one who may not enrol is in the history with the reason."""
    call.require(_SCOPE)
    workflow, record = await _workflow(call, workflow_id), await _contact(call, email)
    await requests.enroll(call.conn, call.schema, workflow, [record], call.actor, call.write)
    details = {"record": record}
    await call.audit("workflows_legacy_enroll", f"flows/{workflow.id}", details)


@router.delete(_ENROLLMENT)
async def unenroll(call: ThisCall, workflow_id: str, email: str) -> None:
    """End a contact's passage through a workflow, wherever it stands."""
    call.require(_SCOPE)
    workflow, record = await _workflow(call, workflow_id), await _contact(call, email)
    await requests.unenroll(call.conn, workflow, [record], call.actor, call.write)
    details = {"record": record}
    await call.audit("workflows_legacy_unenroll", f"flows/{workflow.id}", details)


@router.get(f"{_V2}/enrollments/contacts/{{vid}}", model=list[LegacyShape])
async def list_enrollments(call: ThisCall, vid: str) -> list[dict[str, Any]]:
    """The workflows that a contact is in now."""
    call.require(_SCOPE)
    passages = await history.passages(call.conn, number(vid))
    active = [passage.workflow_id for passage in passages if passage.state == "active"]
    found = await store.read(call.conn, list(dict.fromkeys(active)))
    return await _shapes(call, [workflow for workflow in found if _of_contacts(workflow)])


@router.get(_V3, model=LegacyList)
async def list_workflows(call: ThisCall) -> dict[str, Any]:
    """All workflows of contacts."""
    call.require(_SCOPE)
    found: list[Workflow] = []
    while page := await store.page(call.conn, after=found[-1].id if found else 0, limit=1000):
        found += page
    return {"workflows": await _shapes(call, [one for one in found if _of_contacts(one)])}


@router.get(f"{_V3}/{{workflow_id}}", model=LegacyDetail)
async def read_one(call: ThisCall, workflow_id: str) -> dict[str, Any]:
    """A workflow of contacts with its steps."""
    call.require(_SCOPE)
    workflow = await _workflow(call, workflow_id)
    (shape,) = await _shapes(call, [workflow])
    raw = workflow.document.raw
    leaving = raw.get("unEnrollmentSetting") or {"type": "NONE"}
    criteria = raw.get("enrollmentCriteria") or {}
    return {
        **shape,
        "actions": list(_actions(workflow.document)),
        "suppressionListIds": raw.get("suppressionListIds", []),
        "unenrollmentSetting": {"type": leaving.get("type", "NONE"), "excludedWorkflows": []},
        "allowContactToTriggerMultipleTimes": bool(criteria.get("shouldReEnroll")),
    }


@router.delete(f"{_V3}/{{workflow_id}}")
async def delete(call: ThisCall, workflow_id: str) -> None:
    """Delete a workflow: nobody enrols any more, and its steps no longer run."""
    call.require(_SCOPE)
    workflow = await _workflow(call, workflow_id)
    await store.delete(call.conn, workflow.id, call.actor, call.now)
    await call.audit("workflows_legacy_delete", f"flows/{workflow.id}")


def _of_contacts(workflow: Workflow) -> bool:
    return workflow.document.object_type == CONTACT


async def _workflow(call: Call, word: str) -> Workflow:
    """Raises WorkflowNotFound, for workflows of other objects too."""
    legacy = number(word)
    id = (await store.by_legacy_ids(call.conn, [legacy])).get(legacy)
    found = await store.read(call.conn, [] if id is None else [id])
    if not found or not _of_contacts(found[0]):
        raise WorkflowNotFound(id=word)
    return found[0]


async def _contact(call: Call, address: str) -> int:
    key = value_text(address.strip())
    id = (await find(call.conn, call.schema.types[CONTACT], "email", {key})).get(key)
    if id is None:
        raise RecordNotFound(type="contact", key="email", value=address)
    return id


async def _shapes(call: Call, workflows: Sequence[Workflow]) -> list[dict[str, Any]]:
    counts = await history.counts(call.conn, [workflow.id for workflow in workflows])
    return [
        {
            "id": workflow.legacy_id,
            "name": workflow.document.name,
            "type": _type(workflow.document),
            "enabled": workflow.enabled,
            "insertedAt": int(workflow.created_at.timestamp() * 1000),
            "updatedAt": int(workflow.updated_at.timestamp() * 1000),
            "contactCounts": {
                "active": counts[workflow.id].whole.get("active", 0),
                "enrolled": counts[workflow.id].whole.get("enrolled", 0),
            },
            "migrationStatus": {
                "workflowId": workflow.legacy_id,
                "flowId": workflow.id,
                "migrationStatus": "EXECUTION_MIGRATED",
            },
        }
        for workflow in workflows
    ]


def _type(document: Document) -> str:
    anchor = document.raw.get("eventAnchor") or {}
    return _TYPES.get(str(anchor.get("type")), "DRIP_DELAY")


def _actions(document: Document) -> Iterator[dict[str, Any]]:
    for id in document.order:
        step = document.steps[id]
        yield {"stepId": int(id) if id.isdecimal() else 0, **_action(step)}


def _action(step: Step) -> dict[str, Any]:
    """A step in the words of before v4, as far as those had any for it."""
    fields = step.settings
    match step.type_id:
        case "0-1" if (unit := str(fields.get("time_unit", "MINUTES"))) in _SECONDS:
            seconds = _SECONDS[unit]
            amount = number(str(fields.get("delta", 0)))
            return {"type": "DELAY", "delayMillis": amount * seconds * 1000}
        case "0-4":
            return {"type": "EMAIL", "emailContentId": number(str(fields.get("content_id", "")))}
        case "0-5":
            value = fields.get("value")
            if isinstance(value, dict):
                value = value.get("staticValue")
            name = fields.get("property_name")
            return {"type": "SET_CONTACT_PROPERTY", "propertyName": name, "newValue": value}
        case "WEBHOOK":
            url, method = fields.get("webhookUrl"), fields.get("method")
            return {"type": "WEBHOOK", "url": url, "method": method}
    return {"type": step.type_id}
