"""A schedule has fired, and a bucket enrols those who are to enrol by it."""

from collections.abc import Collection, Sequence
from typing import Any

from penstock.engine.automation import Active
from penstock.engine.centring import AFTER
from penstock.engine.entrants import Circumstances, Entrants
from penstock.engine.judging import matching
from penstock.engine.later import later
from penstock.engine.settling import Edge
from penstock.engine.turn import Turn
from penstock.kernel.queries import load
from penstock.records.changes import Lane
from penstock.workflows.asking import ENROLL, MOMENT, SCHEDULED

_queries = load("penstock.engine", "scheduling.sql")
_requests = load("penstock.engine")


async def fire(turn: Turn, request: Any, busy: Collection[int]) -> Entrants | None:
    """Enrol the next portion of those who meet the criteria now, and ask for the rest again.

    Without criteria these are all records of the type. `busy` are the workflows that fire in this
    turn already: their next firing waits for a later one, so that who is through may come again.
    """
    id, after = request.details["workflow"], request.details["after"]
    workflow = turn.automation.workflows.get(id)
    if workflow is None or not workflow.on or not workflow.scheduled:
        return None
    if id in busy or await _unsettled(turn, workflow):
        await _again(turn, request, after)
        return None
    ids = await _next(turn, workflow, after)
    if len(ids) == turn.portion:
        await _again(turn, request, ids[-1])
    if not ids:
        return None
    records = dict.fromkeys(ids, Circumstances(Lane.BACKFILL, 0))
    return Entrants(id, "schedule", records, quiet=True)


async def come_back(turn: Turn, request: Any) -> Entrants | None:
    """Enrol those whose date comes back for the next year, if they still meet the criteria."""
    id = request.details["workflow"]
    workflow = turn.automation.workflows.get(id)
    if workflow is None or not workflow.on:
        return None
    records: Collection[int] = request.record_ids
    if ENROLL in workflow.criteria:
        records = await matching(turn, workflow.criteria[ENROLL], records)
    how = dict.fromkeys(sorted(records), Circumstances(request.lane, request.depth))
    kept = {AFTER: request.details["after"]}
    return Entrants(id, "anniversary", how, kept=kept) if how else None


async def reach_moments(
    turn: Turn, edges: Sequence[Edge], by_time: Collection[tuple[int, int]]
) -> list[Entrants]:
    """Enrol those whose own moment has come; `by_time` are criteria and records that nothing but
    time has changed. A date that is given too late brings nobody in.
    """
    found: list[Entrants] = []
    come: dict[int, list[int]] = {}
    for edge in edges:
        for workflow_id, role in turn.automation.roles_of(edge.criterion):
            if role == MOMENT and edge.verdict and (edge.criterion, edge.record_id) in by_time:
                come.setdefault(workflow_id, []).append(edge.record_id)
    for workflow_id, records in come.items():
        narrowed: Collection[int] = records
        workflow = turn.automation.workflows[workflow_id]
        if not workflow.everybody:
            criterion = workflow.criteria.get(SCHEDULED)
            narrowed = [] if criterion is None else await matching(turn, criterion, records)
        how = dict.fromkeys(sorted(narrowed), Circumstances(Lane.FRESH, 0))
        if how:
            found.append(Entrants(workflow_id, "schedule", how))
    return found


async def _unsettled(turn: Turn, workflow: Active) -> bool:
    criterion = workflow.criteria.get(SCHEDULED)
    if criterion is None or criterion not in turn.automation.criteria:
        return False
    asked: dict[str, Any] = {"bucket": turn.bucket, "criterion": criterion, "now": turn.now}
    return bool(await _queries.value(turn.conn, "unsettled", **asked))


async def _next(turn: Turn, workflow: Active, after: int) -> list[int]:
    asked = {"bucket": turn.bucket, "after": after, "limit": turn.portion}
    ids: list[int] = []
    if workflow.everybody:
        type = workflow.object_type
        ids = await _queries.value(turn.conn, "candidates", type=type, **asked)
    elif SCHEDULED in workflow.criteria:
        criterion = workflow.criteria[SCHEDULED]
        ids = await _requests.value(
            turn.conn, "matching", criterion=criterion, since=None, until=None, **asked
        )
    return ids


async def _again(turn: Turn, request: Any, after: int) -> None:
    await later(turn, "fire", request.object_type, {**request.details, "after": after})
