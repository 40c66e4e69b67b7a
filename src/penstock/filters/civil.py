"""Civil time: what clocks and calendars show in a zone, and the instants it stands for."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

Unit = Literal["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]

Day = TypeVar("Day", bound=date)

MILLISECOND: Final = timedelta(milliseconds=1)

_LAST: Final = time(23, 59, 59, 999000)

_MONTHS: Final = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """When clocks show `wall`: the first time of two; the end of the gap when they never do."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return early
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _transition(zone, before, early)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What clocks show, but never going back: they stand while an hour is repeated."""
    local = at.astimezone(zone)
    if local.fold:
        first = local.replace(fold=0).astimezone(UTC)
        local = (_transition(zone, first, at) - MILLISECOND).astimezone(zone)
    return local.replace(tzinfo=None, fold=0)


def _transition(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    return first_change(lambda at: at.astimezone(zone).utcoffset(), before, after)


def first_change(look: Callable[[datetime], Any], low: datetime, high: datetime) -> datetime:
    """The first instant after `low` at which `look` gives something else than at `low`, or `high`.

    To the millisecond; what has changed is taken to stay so until `high`.
    """
    known = look(low)
    left, right = 0, (high - low) // MILLISECOND
    while right - left > 1:
        middle = (left + right) // 2
        if look(low + middle * MILLISECOND) == known:
            left = middle
        else:
            right = middle
    return low + right * MILLISECOND


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins."""
    return instant(datetime.combine(day, time()), zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def start_of(unit: Unit, day: date, first_month: int = 1) -> date:
    """The first day of the unit that `day` lies in. Weeks begin on Monday, years with a month."""
    if unit == "DAY":
        return day
    if unit == "WEEK":
        return day - timedelta(days=day.weekday())
    return add_months(day.replace(day=1), -((day.month - first_month) % _MONTHS[unit]))


def add(unit: Unit, day: Day, count: int) -> Day:
    """The same day `count` units later."""
    if unit in ("DAY", "WEEK"):
        return day + timedelta(days=count * (7 if unit == "WEEK" else 1))
    return add_months(day, count * _MONTHS[unit])


def add_months(day: Day, count: int) -> Day:
    """The same day of the month, or the month's last one when it has none."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("the year is out of range")
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def months_on(wall: datetime, count: int) -> datetime:
    """The same day and time some months later; the end of a month that has no such day.

    So it never goes back as time passes: not to the morning of 30 April when 30 March is over.
    """
    moved = add_months(wall, count)
    return moved if moved.day == wall.day else datetime.combine(moved, _LAST)
