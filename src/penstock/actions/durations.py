"""Lengths of time in the units of the wire: hours and less elapse, days and more are civil."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

Unit = Literal["SECONDS", "MINUTES", "HOURS", "HALF_DAYS", "DAYS", "WEEKS", "MONTHS", "YEARS"]

_ELAPSED = {
    "SECONDS": timedelta(seconds=1),
    "MINUTES": timedelta(minutes=1),
    "HOURS": timedelta(hours=1),
    "HALF_DAYS": timedelta(hours=12),
}
_DAYS = {"DAYS": 1, "WEEKS": 7}
_MONTHS = {"MONTHS": 1, "YEARS": 12}

_LONGEST: Final = 36_600
"""Days, forwards or back: a hundred years."""

_DAYS_IN: Final[dict[Unit, float]] = {
    "SECONDS": 1 / 86_400,
    "MINUTES": 1 / 1_440,
    "HOURS": 1 / 24,
    "HALF_DAYS": 1 / 2,
    "DAYS": 1,
    "WEEKS": 7,
    "MONTHS": 31,
    "YEARS": 366,
}


def length_problems(amount: int, unit: Unit, where: str) -> Iterator[Problem]:
    """Whether it leads further than can be reckoned with."""
    if abs(amount) > _LONGEST / _DAYS_IN[unit]:
        yield Problem(Text("so far away no calendar reaches"), where, "DELAY_TOO_LONG")


def after(start: datetime, amount: int, unit: Unit, zone: ZoneInfo) -> datetime:
    """The instant `amount` units after `start`, in UTC.

    Days and longer keep the clock time in the zone. A local time that does not exist becomes the
    first instant after the gap; of one that exists twice the first is taken (decision 10).
    """
    if unit in _ELAPSED:
        return (start + amount * _ELAPSED[unit]).astimezone(UTC)
    local = start.astimezone(zone)
    if unit in _DAYS:
        moved = local.replace(tzinfo=None) + timedelta(days=amount * _DAYS[unit])
    else:
        months = local.year * 12 + local.month - 1 + amount * _MONTHS[unit]
        year, month = months // 12, months % 12 + 1
        day = min(local.day, monthrange(year, month)[1])
        moved = local.replace(tzinfo=None, year=year, month=month, day=day)
    return instant(moved, zone)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a civil time, in UTC."""
    first = local.replace(tzinfo=zone, fold=0)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local:
        return first.astimezone(UTC)
    # In a gap the two readings differ by its length: fold=1 reads with the offset after it, which
    # lands before the gap; the transition itself lies where both offsets meet.
    before = first.utcoffset()
    later = local.replace(tzinfo=zone, fold=1).utcoffset()
    assert before is not None
    assert later is not None
    return _gap_end(local, zone, abs(later - before))


def _gap_end(local: datetime, zone: ZoneInfo, length: timedelta) -> datetime:
    low = (local - length).replace(tzinfo=zone, fold=0).astimezone(UTC)
    high = (local + length).replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0) if high.microsecond else high
