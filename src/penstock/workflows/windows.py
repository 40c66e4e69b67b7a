"""The hours in which a workflow acts, and the moment to which what is due outside is moved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from penstock.filters import civil
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.triggers.schedule import WEEK, Setting, TimeOfDay, Weekday
from penstock.workflows.closures import Closures

SPREAD = timedelta(minutes=15)
"""Over so long those who were moved to one moment are spread."""

_FURTHEST = 28 * 366
"""Days after which every date has fallen on every day of the week."""

_MIDNIGHT = time()


class TimeWindow(Setting):
    """Hours of one day of the week, from its beginning and to its end unless said otherwise."""

    day: Weekday
    start_time: TimeOfDay | None = None
    end_time: TimeOfDay | None = None

    @property
    def span(self) -> tuple[time, time]:
        """From a clock time to another; midnight as the end is that of the day."""
        start = self.start_time.time if self.start_time else _MIDNIGHT
        return start, self.end_time.time if self.end_time else _MIDNIGHT

    def problems(self, where: str) -> list[Problem]:
        start, end = self.span
        if start < end or end == _MIDNIGHT:
            return []
        text = Text("the window ends before it begins")
        return [Problem(text, f"{where}.endTime", "BAD_WINDOW")]


class PutOff(NamedTuple):
    """Until when a step is put off, and why: `outside_hours`, `pause_date` or `holiday`."""

    until: datetime
    why: str


class _Open(NamedTuple):
    """From one instant until just before another."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Calendar:
    """When a workflow may act: hours by day of the week (none: always), but for closed days."""

    hours: tuple[tuple[tuple[time, time], ...], ...] | None = None
    """From Monday on, in order, none touching the next."""

    closures: Closures = field(default_factory=Closures)

    @classmethod
    def of(cls, windows: Sequence[TimeWindow], closures: Closures) -> "Calendar":
        """Of settings without problems."""
        if not windows:
            return cls(None, closures)
        by_day = [[each.span for each in windows if each.day == day] for day in WEEK]
        return cls(tuple(_joined(spans) for spans in by_day), closures)

    @property
    def always(self) -> bool:
        return self.hours is None and not self.closures

    def put_off(self, at: datetime, zone: ZoneInfo, chance: float) -> PutOff | None:
        """To when a step is put off that is due at `at`; None when it may be done.

        It goes to the same clock time of the next day on which that is allowed, else to the
        earliest time allowed then, and some minutes later by `chance`, from 0 up to 1. Raises
        OverflowError when no day is left.
        """
        local = at.astimezone(zone)
        today = local.date()
        ahead = list(self._open(today, zone))
        if any(start <= at < end for start, end in ahead):
            return None
        why = self.closures.reason(today) or "outside_hours"
        for start, end in ahead:
            if start > at:
                return PutOff(_spread(start, end, chance), why)
        for days in range(1, _FURTHEST):
            allowed = list(self._open(today + timedelta(days=days), zone))
            if allowed:
                day = today + timedelta(days=days)
                same = civil.instant(datetime.combine(day, local.time().replace(fold=0)), zone)
                inside = [_Open(same, end) for start, end in allowed if start <= same < end]
                return PutOff(_spread(*(inside or allowed)[0], chance), why)
        raise OverflowError("no day is left")

    def _open(self, day: date, zone: ZoneInfo) -> Iterator[_Open]:
        """When it may act on a day. Hours that the clocks leap over are none."""
        if self.closures.reason(day) is not None:
            return
        spans = ((_MIDNIGHT, _MIDNIGHT),) if self.hours is None else self.hours[day.weekday()]
        for start, end in spans:
            last = day if end != _MIDNIGHT else day + timedelta(days=1)
            begins = civil.instant(datetime.combine(day, start), zone)
            ends = civil.instant(datetime.combine(last, end), zone)
            if begins < ends:
                yield _Open(begins, ends)


def _joined(spans: Sequence[tuple[time, time]]) -> tuple[tuple[time, time], ...]:
    joined: list[tuple[time, time]] = []
    for start, end in sorted(spans):
        last = joined[-1][1] if joined else None
        if last is None or (_MIDNIGHT < last < start):
            joined.append((start, end))
        elif _MIDNIGHT not in (last, end):
            joined[-1] = (joined[-1][0], max(last, end))
        else:
            joined[-1] = (joined[-1][0], _MIDNIGHT)
    return tuple(joined)


def _spread(start: datetime, end: datetime, chance: float) -> datetime:
    late = min(SPREAD, end - start) * chance
    return start + late // civil.MILLISECOND * civil.MILLISECOND
