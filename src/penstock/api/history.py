"""What workflows did: `/api/workflows/{id}/history` and `/api/records/{id}/history`."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime

from penstock.api.call import ThisCall
from penstock.api.history_shapes import EntryPage, RecordHistory
from penstock.api.history_wire import actions_of, entry, passage
from penstock.api.identifying import number, numbered
from penstock.api.models import Listed, Words
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.engine import history
from penstock.engine.history import Search
from penstock.engine.kinds import Kind
from penstock.workflows import store
from penstock.workflows.errors import WorkflowNotFound

router = Router("history", "Workflows")

_SCOPE = "automation"

Kinds = Annotated[Listed[Kind], Query(description="What happened")]
Steps = Annotated[Words, Query(description="Ids of steps")]
Moment = Annotated[AwareDatetime | None, Query()]


@router.get("/api/workflows/{workflow_id}/history", model=EntryPage)
async def of_workflow(
    call: ThisCall,
    workflow_id: str,
    kinds: Kinds,
    steps: Steps,
    since: Moment = None,
    until: Moment = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """What a workflow did, newest first; `since` and `until` are included."""
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(workflow_id, WorkflowNotFound))
    search = _search(kinds, steps, since, until)
    entries = await history.of_workflow(call.conn, workflow.id, search, after=after, limit=limit)
    following = entries[-1].cursor if len(entries) == limit else None
    actions = await actions_of(call.conn, entries)
    return {
        "results": [entry(each, actions, call.language) for each in entries],
        **paging(call.request, following),
    }


@router.get("/api/records/{record_id}/history", model=RecordHistory)
async def of_record(
    call: ThisCall,
    record_id: str,
    kinds: Kinds,
    steps: Steps,
    workflow_id: Annotated[str | None, Query(alias="workflowId")] = None,
    since: Moment = None,
    until: Moment = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> dict[str, Any]:
    """Everything that workflows, or one of them, did with a record, oldest first."""
    call.require(_SCOPE)
    id = number(record_id)
    entries = await history.of_record(
        call.conn,
        id,
        _search(kinds, steps, since, until),
        workflow_id=None if workflow_id is None else number(workflow_id),
        limit=limit,
    )
    passages = await history.passages(call.conn, id)
    actions = await actions_of(call.conn, entries)
    return {
        "enrollments": [passage(each) for each in passages],
        "entries": [entry(each, actions, call.language) for each in entries],
    }


def _search(
    kinds: list[Kind], steps: list[str], since: datetime | None, until: datetime | None
) -> Search:
    return Search(kinds or None, steps or None, since, until)
