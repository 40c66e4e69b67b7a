"""Records are enrolled and unenrolled by hand: `/api/workflows/{id}/enroll` and `/unenroll`."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number, numbered
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.engine import requests
from penstock.engine.history import reason
from penstock.workflows import store
from penstock.workflows.errors import WorkflowNotFound

router = Router("enrolling", "Workflows")

_ONE = "/api/workflows/{workflow_id}"
_SCOPE = "automation"

MOST = 1000
"""Records of one request."""


class Chosen(Wire):
    record_ids: list[str] = Field(min_length=1, max_length=MOST)


class Refusal(Wire):
    """A record that was refused, with a code that stays and the reason for people."""

    record_id: str
    code: str
    message: str


class Asked(Wire):
    """The records that were asked for, as a number, and those that were refused at once.

    Who is asked for is enrolled, or unenrolled, in a moment. What has happened by then counts, so
    that somebody may still be refused; the history tells.
    """

    accepted: int
    refused: list[Refusal]


@router.post(f"{_ONE}/enroll", model=Asked, status=202)
async def enroll(call: ThisCall, workflow_id: str, body: Chosen) -> dict[str, Any]:
    """Enrol records by hand.

    The trigger is not asked; suppression, goal and re-enrollment are. Each record that is refused
    is named with the reason.
    """
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(workflow_id, WorkflowNotFound))
    ids = _ids(body)
    wanted = list(ids.values())
    refused = await requests.enroll(
        call.conn, call.schema, workflow, wanted, call.actor, call.write
    )
    details = {"records": len(ids), "refused": len(refused)}
    await call.audit("workflows_enroll", f"flows/{workflow.id}", details)
    return _asked(call, ids, refused)


@router.post(f"{_ONE}/unenroll", model=Asked, status=202)
async def unenroll(call: ThisCall, workflow_id: str, body: Chosen) -> dict[str, Any]:
    """End the passages of records through a workflow, wherever they stand."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(workflow_id, WorkflowNotFound))
    ids = _ids(body)
    wanted = list(ids.values())
    refused = await requests.unenroll(call.conn, workflow, wanted, call.actor, call.write)
    details = {"records": len(ids), "refused": len(refused)}
    await call.audit("workflows_unenroll", f"flows/{workflow.id}", details)
    return _asked(call, ids, refused)


def _ids(body: Chosen) -> dict[str, int]:
    """The ids as they were given, each once, and as numbers."""
    return {word: number(word) for word in body.record_ids}


def _asked(call: Call, ids: Mapping[str, int], refused: Mapping[int, str]) -> dict[str, Any]:
    return {
        "accepted": sum(id not in refused for id in ids.values()),
        "refused": [
            {
                "recordId": word,
                "code": refused[id],
                "message": reason(refused[id]).render(call.language),
            }
            for word, id in ids.items()
            if id in refused
        ],
    }
