"""Whether a value lies between two moments, and when that changes by itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, cast, func, literal_column
from sqlalchemy.dialects.postgresql import INTERVAL

from penstock.filters.anniversaries import anniversary, new_year
from penstock.filters.civil import MILLISECOND
from penstock.filters.judgement import Judgement, Shown, negated
from penstock.filters.moments import FURTHEST, Moment, Moving, Referenced
from penstock.filters.past import updated
from penstock.filters.sql import Instant
from penstock.filters.subject import Value

_DAY: Final[ColumnElement[str]] = literal_column("'day'")
_UTC: Final[ColumnElement[str]] = literal_column("'UTC'")
_AT_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """From one moment to another, both included unless said otherwise. None: without end.

    A day (a value without time) lies in it when its date is not outside the dates of the ends.
    """

    lower: Moment | None = None
    upper: Moment | None = None
    without_lower: bool = False
    without_upper: bool = False

    @property
    def refers(self) -> bool:
        """Whether an end is what another property of the record holds."""
        return isinstance(self.lower, Referenced) or isinstance(self.upper, Referenced)


def within(value: Value, window: Window) -> Judgement:
    conditions: list[ColumnElement[bool]] = []
    flips: list[ColumnElement[datetime]] = []
    ends: list[Shown] = []
    for end, excluded, is_upper in (
        (window.lower, window.without_lower, False),
        (window.upper, window.without_upper, True),
    ):
        if end is None:
            continue
        # Below the upper end is not above it: one comparison says which side a value is on.
        reached = excluded is is_upper
        here, moment = _sides(value, end)
        ends.append(Shown("upper" if is_upper else "lower", moment))
        above = here >= moment if reached else here > moment
        conditions.append(~above if is_upper else above)
        if isinstance(end, Referenced) and end.parser == "ANNIVERSARY":
            flips.append(new_year(value.scope.value(end.property)))
        if isinstance(end, Moving):
            flips.append(_passing(value, end, above, reached=reached))
    flip = None if not flips else flips[0] if len(flips) == 1 else func.least(*flips)
    return Judgement(and_(*conditions), flip, shown=tuple(ends))


def _sides(value: Value, end: Moment) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The value and the moment in forms that can be compared."""
    if not isinstance(end, Referenced):
        return value.when, value.moment(end)
    other = _other(value, end)
    if value.is_day and not other.is_day:
        return value.instant, func.date_trunc(_DAY, other.instant, _UTC)
    return value.instant, other.instant


def _other(value: Value, end: Referenced) -> Value:
    other = value.scope.value(end.property)
    if end.parser == "UPDATED_AT":
        return updated(other)
    return anniversary(other) if end.parser == "ANNIVERSARY" else other


def outside(value: Value, window: Window) -> Judgement:
    return negated(within(value, window))


def _passing(
    value: Value, end: Moving, above: ColumnElement[bool], *, reached: bool
) -> ColumnElement[datetime]:
    """When the moment passes the value: moments never go back, so only what is above it can change.

    Where the moment moves by jumps, the value is looked at again at the next jump, or shortly
    before it can be passed at all: a few times in its life, not at every jump.
    """
    bound, deferred = value.parameters.bound, value.parameters.deferred
    late = MILLISECOND if reached else timedelta()
    if end.even and not value.is_day:
        pace = min(max(end.shift.elapsed - late, -FURTHEST), FURTHEST)
        passed = value.instant - bound(pace, INTERVAL())
    else:
        jump = deferred(end.day_until if value.is_day else end.until, Instant)
        passed = func.greatest(jump, value.instant - bound(end.reach, INTERVAL()))
        if end.unit is None and not value.is_day:
            ahead = deferred(lambda slots: _less(end.pace(slots), late), INTERVAL())
            steady = value.instant - cast(ahead, INTERVAL())
            passed = case((steady < jump, steady), else_=passed)
    return case((above, func.least(passed, bound(_AT_LATEST, Instant))))


def _less(pace: timedelta | None, late: timedelta) -> timedelta | None:
    return None if pace is None else pace - late


def before(value: Value, moment: Moment) -> Judgement:
    return within(value, Window(upper=moment, without_upper=True))


def after(value: Value, moment: Moment) -> Judgement:
    return within(value, Window(moment, without_lower=True))


def from_until(value: Value, lower: Moment, upper: Moment) -> Judgement:
    """From one moment until just before another."""
    return within(value, Window(lower, upper, without_upper=True))
