"""Workflows over time, in HubSpot's dialect."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import Query

from penstock.accounts import account
from penstock.api.call import Call, ThisCall
from penstock.api.errors import RequestInvalid
from penstock.api.identifying import number, numbered
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.engine import performance
from penstock.engine.performance import Unit, Weekday
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.workflows import store
from penstock.workflows.errors import WorkflowNotFound

router = Router("flows_performance", "Workflows")

_SCOPE: Final = "automation"
_USUAL: Final = timedelta(days=30)


class CountShape(Wire):
    """How many passages began or ended in the day, week or month that begins at `bucket`."""

    series: str
    bucket: str
    frequency: int


class Performance(Wire):
    results: list[CountShape]


Moment = Annotated[
    str | None, Query(max_length=40, description="Milliseconds of the epoch, or ISO 8601")
]


@router.get("/automation/v4/flows/performance/{flow_id}", model=Performance)
async def read(
    call: ThisCall,
    flow_id: str,
    bucket_type: Annotated[Unit, Query(alias="bucketType")] = "DAY",
    start: Moment = None,
    end: Moment = None,
    first_day: Annotated[Weekday, Query(alias="firstDay")] = "MONDAY",
) -> dict[str, Any]:
    """How many records were enrolled, completed, unenrolled or met the goal, over time.

    Days are those of the account's time zone; a week begins with `firstDay`. Without `start` it
    is about the last thirty days. What did not happen in a bucket has no entry there.
    """
    call.require(_SCOPE)
    workflow = await store.read_one(call.conn, numbered(flow_id, WorkflowNotFound))
    span = _span(call, start, end)
    return {"results": await _counts(call, workflow.id, span, bucket_type, first_day)}


@router.get("/automation/v3/performance/workflow/{workflow_id}", model=list[CountShape])
async def read_legacy(
    call: ThisCall,
    workflow_id: str,
    bucket: Unit = "DAY",
    start: Moment = None,
    end: Moment = None,
) -> list[dict[str, Any]]:
    """The same of the workflow with an id of the API before v4."""
    call.require(_SCOPE)
    legacy = number(workflow_id)
    id = (await store.by_legacy_ids(call.conn, [legacy])).get(legacy)
    if id is None:
        raise WorkflowNotFound(id=workflow_id)
    return await _counts(call, id, _span(call, start, end), bucket, "MONDAY")


async def _counts(
    call: Call, id: int, span: tuple[datetime, datetime], unit: Unit, first_day: Weekday
) -> list[dict[str, Any]]:
    zone = ZoneInfo((await account.read(call.conn)).time_zone)
    found = await performance.over_time(call.conn, id, span, zone, unit, first_day)
    return [
        {"series": one.series, "bucket": one.begins.isoformat(), "frequency": one.frequency}
        for one in found
    ]


def _span(call: Call, start: str | None, end: str | None) -> tuple[datetime, datetime]:
    """Raises RequestInvalid."""
    to = call.now + timedelta(milliseconds=1) if end is None else _moment("end", end)
    if start is not None:
        return _moment("start", start), to
    return max(to, datetime.min.replace(tzinfo=UTC) + _USUAL) - _USUAL, to


def _moment(name: str, word: str) -> datetime:
    try:
        if word.isdecimal():
            return datetime.fromtimestamp(int(word) / 1000, UTC)
        moment = datetime.fromisoformat(word)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        text = Text('"{where}" is not a moment: "{given}"', where=name, given=word)
        raise RequestInvalid(problems=[Problem(text, name, "INVALID_DATE")]) from None
