"""Whether a step is done now: before it acts, its workflow may be off, or at rest for a while.

Delays and branches do not act: they run on whatever the hours, and also while the workflow is off
(semantics §5.1, §6).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from penstock.engine.chances import chance
from penstock.engine.departing import Departing
from penstock.engine.plans import Plan, PlannedStep
from penstock.engine.telling import tell
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel.queries import load
from penstock.workflows.zones import zone_named

_queries = load("penstock.engine")

LONG: Final = timedelta(hours=1)
"""A wait after which what follows no longer counts as set off by what came before (decision 16)."""


async def acting(
    turn: Turn, plan: Plan, planned: PlannedStep, walkers: list[Walker], departing: Departing
) -> dict[ZoneInfo, list[Walker]]:
    """Those for whom the step is done now, by time zone; the others skip it or are put off."""
    acts = planned.action is not None and planned.action.acts
    # What an enrollment is to skip stands in its context, which most have empty.
    if acts and (plan.off or any(walker.context for walker in walkers)):
        fresh = [walker for walker in walkers if walker.mode == "run"]
        skipping = {walker.id: _why_not(plan, walker) for walker in fresh}
        departing.skip([walker for walker in fresh if skipping[walker.id]], skipping)
        walkers = [walker for walker in walkers if not skipping.get(walker.id)]
    by_zone = await _zones(turn, plan, walkers)
    if not acts or plan.timing.calendar.always:
        return by_zone
    return {
        zone: here
        for zone, alike in by_zone.items()
        if (here := _put_off(turn, plan, planned, alike, zone))
    }


def _why_not(plan: Plan, walker: Walker) -> str | None:
    return "workflow_off" if plan.off else walker.skipping


def _put_off(
    turn: Turn, plan: Plan, planned: PlannedStep, walkers: Sequence[Walker], zone: ZoneInfo
) -> list[Walker]:
    """Put off those who come outside the hours; returns the others."""
    step = planned.step.id
    staying: list[Walker] = []
    later: list[Walker] = []
    details: dict[int, Mapping[str, Any]] = {}
    for walker in walkers:
        place = (plan.workflow_id, step, walker.record_id, walker.passage)
        off = (
            plan.timing.calendar.put_off(turn.now, zone, chance(*place))
            if walker.mode == "run"
            else None
        )
        if off is None:
            staying.append(walker)
            continue
        walker.due = off.until
        if off.until - turn.now >= LONG:
            walker.depth = 0
        later.append(walker)
        details[walker.id] = {"until": off.until.isoformat(), "reason": off.why}
    tell(turn, "rescheduled", step, later, details)
    return staying


async def _zones(turn: Turn, plan: Plan, walkers: Sequence[Walker]) -> dict[ZoneInfo, list[Walker]]:
    """Walkers by the zone that they live in."""
    if not walkers:
        return {}
    name = plan.timing.zone_property
    if name is None or name not in plan.type.properties:
        return {plan.zone: list(walkers)}
    rows = await _queries.rows(
        turn.conn,
        "values",
        bucket=turn.bucket,
        ids=[walker.record_id for walker in walkers],
        names=[name],
    )
    held = {id: value for row in rows for id, value in zip(row.ids, row.values, strict=True)}
    found: dict[ZoneInfo, list[Walker]] = {}
    for walker in walkers:
        value = held.get(walker.record_id)
        zone = zone_named(value) if isinstance(value, str) else None
        found.setdefault(zone or plan.zone, []).append(walker)
    return found
