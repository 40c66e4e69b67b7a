"""Date-centred workflows: each passage has a date that its delays count from (semantics §1.2).

Where the date comes every year, a passage keeps the year that it is for, and who has finished
enrols anew for the next one.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from penstock.actions.base import Centre
from penstock.engine.entrants import FRESH
from penstock.engine.joining import leave_changes
from penstock.engine.plans import Plan, Prepared
from penstock.engine.states import State
from penstock.engine.telling import end
from penstock.engine.turn import Turn
from penstock.engine.walkers import ENGINE, Walker
from penstock.kernel.queries import load
from penstock.workflows.anchors import Anchor

_queries = load("penstock.engine")

YEAR: Final = "anchor_year"
"""The year that a passage is for."""

BEGAN: Final = "began"
"""When it enrolled."""

AFTER: Final = "anchor_after"
"""The year that the passage before it was for."""

_YEARS_AHEAD: Final = 9
"""29 February comes back after eight years at the latest."""


async def begin(turn: Turn, plans: Prepared, walkers: Sequence[Walker]) -> None:
    """Give those who have just enrolled their date; who has none drops out."""
    new: dict[tuple[int, int | None], list[Walker]] = {}
    for walker in walkers:
        key = (walker.workflow_id, walker.revision)
        if not walker.step and plans[key].timing.anchor is not None:
            new.setdefault(key, []).append(walker)
    for key, alike in new.items():
        await _begin(turn, plans[key], alike)


async def _begin(turn: Turn, plan: Plan, new: Sequence[Walker]) -> None:
    anchor = plan.timing.anchor
    assert anchor is not None
    held = await _held(turn, plan, anchor, [walker.record_id for walker in new])
    without: list[Walker] = []
    for walker in new:
        year = _year(plan, anchor, held.get(walker.record_id), turn.now, _kept(walker).get(AFTER))
        if year is None:
            without.append(walker)
        else:
            walker.put_out(ENGINE, {YEAR: year, BEGAN: turn.now.isoformat()})
    end(turn, without, State.UNENROLLED, "anchor_empty")


async def centres(
    turn: Turn, plan: Plan, walkers: Sequence[Walker]
) -> Mapping[int, Centre | None] | None:
    """The dates of passages by enrollment, None for who has none; None: none has any."""
    anchor = plan.timing.anchor
    if anchor is None:
        return None
    held = await _held(turn, plan, anchor, [walker.record_id for walker in walkers])
    found: dict[int, Centre | None] = {}
    for walker in walkers:
        kept = _kept(walker)
        began = datetime.fromisoformat(kept.get(BEGAN, walker.entered_at.isoformat()))
        year = kept.get(YEAR, began.astimezone(plan.zone).year)
        day = anchor.day(held.get(walker.record_id), year)
        found[walker.id] = None if day is None else Centre(day, began)
    return found


async def come_again(turn: Turn, plans: Prepared, walkers: Sequence[Walker]) -> None:
    """Have those who have finished enrol for the next year, where their date comes back."""
    asking: dict[tuple[int, int], list[int]] = {}
    for walker in walkers:
        plan = plans.get((walker.workflow_id, walker.revision))
        anchor = None if plan is None else plan.timing.anchor
        if walker.state == State.FINISHED and anchor is not None and anchor.recurs:
            year = _kept(walker).get(YEAR)
            if year is not None:
                asking.setdefault((walker.workflow_id, year), []).append(walker.record_id)
    for (workflow_id, year), records in asking.items():
        details = {"workflow": workflow_id, "after": year}
        await leave_changes(turn, "anniversary", details, dict.fromkeys(records, FRESH))


def _kept(walker: Walker) -> Mapping[str, Any]:
    kept: Mapping[str, Any] = walker.context.get(ENGINE, {})
    return kept


def _year(
    plan: Plan, anchor: Anchor, held: date | None, now: datetime, after: int | None
) -> int | None:
    """The year that a passage is for: the first in which something is still to come.

    Of a date that comes but once, its own. None without a date.
    """
    this = now.astimezone(plan.zone).year
    if not anchor.recurs:
        day = anchor.day(held, this)
        return None if day is None else day.year
    for year in range(this - 1 if after is None else after + 1, this + _YEARS_AHEAD):
        day = anchor.day(held, year)
        if day is None:
            return None
        if _latest(plan, day) > now:
            return year
    return None


def _latest(plan: Plan, day: date) -> datetime:
    """The last moment of a passage for that day; without delays, the end of the day."""
    centre = Centre(day, datetime.max.replace(tzinfo=UTC))
    actions = [planned.action for planned in plan.steps.values() if planned.action is not None]
    moments = [action.moment(centre, plan.zone) for action in actions]
    found = [moment for moment in moments if moment is not None]
    tomorrow = datetime.combine(day, datetime.min.time(), plan.zone) + timedelta(days=1)
    return max(found, default=tomorrow.astimezone(UTC))


async def _held(
    turn: Turn, plan: Plan, anchor: Anchor, records: Sequence[int]
) -> dict[int, date | None]:
    """The dates that records hold themselves."""
    name = anchor.source
    if name is None or name not in plan.type.properties or not records:
        return {}
    rows = await _queries.rows(
        turn.conn, "values", bucket=turn.bucket, ids=list(records), names=[name]
    )
    values = {id: value for row in rows for id, value in zip(row.ids, row.values, strict=True)}
    return {id: _day(value, plan.zone) for id, value in values.items()}


def _day(value: object, zone: ZoneInfo) -> date | None:
    if not isinstance(value, str) or not value:
        return None
    if len(value) == len("2026-03-02"):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value).astimezone(zone).date()
