"""Moments that values are compared with: fixed ones, and ones that move as time passes."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from penstock.filters import civil
from penstock.filters.civil import MILLISECOND, Unit
from penstock.filters.sql import Slots

_FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)

_LONGEST: Final[dict[Unit, int]] = {"DAY": 1, "WEEK": 7, "MONTH": 31, "QUARTER": 92, "YEAR": 366}
_DAYS_OF_A_MONTH: Final = 365.2425 / 12
# No months are alike, clocks are changed, and a day begins in UTC at another time than in a zone.
_SLACK: Final = timedelta(days=4)

FURTHEST: Final = timedelta(days=4000 * 365)
"""Further from any value the database could not subtract."""


@dataclass(frozen=True)
class Fixed:
    """An instant (aware), or what clocks show in the zone (naive). No zone: the account's."""

    when: datetime
    zone: str | None = None

    def at(self, slots: Slots) -> datetime:
        if self.when.tzinfo is not None:
            return self.when.astimezone(UTC)
        return civil.instant(self.when, ZoneInfo(self.zone or slots.zone))

    def day(self, slots: Slots) -> date:
        if self.when.tzinfo is None:
            return self.when.date()
        return civil.day_of(self.when, ZoneInfo(self.zone or slots.zone))


@dataclass(frozen=True)
class Shift:
    """How far from a reference: calendar units first, then time that elapses."""

    months: int = 0
    days: int = 0
    elapsed: timedelta = timedelta()

    @property
    def calendar(self) -> bool:
        return bool(self.months or self.days)


@dataclass(frozen=True)
class Moving:
    """A moment that refers to now, or to a place in the unit that now lies in; then shifted.

    It never goes back as time passes. `month` and `day` count from 1 within the unit, `weekday`
    from 0 (Monday); `first_month` is when a year begins.
    """

    unit: Unit | None = None
    shift: Shift = Shift()
    zone: str | None = None
    weekday: int = 0
    month: int = 1
    day_of_month: int = 1
    clock: time = time()
    first_month: int = 1

    def at(self, slots: Slots) -> datetime:
        return self._at(slots.now, self._zone(slots))

    def day(self, slots: Slots) -> date:
        return self._day(slots.now, self._zone(slots))

    def until(self, slots: Slots) -> datetime:
        """The next instant at which the moment jumps or changes its pace, or an earlier one."""
        zone, now = self._zone(slots), slots.now
        if self.unit is not None:
            return self._next_unit(self.unit, now, zone)
        end = self._next_unit("DAY", now, zone)
        if self.pace(slots) is None:
            return civil.first_change(lambda t: self._at(t, zone), now, end)
        return civil.first_change(lambda t: self._at(t, zone) - t, now, end)

    def day_until(self, slots: Slots) -> datetime:
        """The next instant at which the moment lies on another day, or an earlier one."""
        zone, now = self._zone(slots), slots.now
        if self.unit is not None:
            return self._next_unit(self.unit, now, zone)
        return civil.first_change(lambda t: self._day(t, zone), now, now + timedelta(days=2))

    def pace(self, slots: Slots) -> timedelta | None:
        """How far the moment keeps ahead of now, until `until`; None while it stands still."""
        zone, now = self._zone(slots), slots.now
        here, next = self._at(now, zone), self._at(now + MILLISECOND, zone)
        return here - now if next - here == MILLISECOND else None

    @property
    def even(self) -> bool:
        """Whether it always keeps the same distance from now: `shift.elapsed`."""
        return self.unit is None and not self.shift.calendar

    @property
    def reach(self) -> timedelta:
        """The moment is never further ahead of now than this."""
        days = self.shift.months * _DAYS_OF_A_MONTH + self.shift.days
        ahead = timedelta(days=days + _LONGEST.get(self.unit or "DAY", 0)) + self.shift.elapsed
        return min(max(ahead + _SLACK, -FURTHEST), FURTHEST)

    def _at(self, now: datetime, zone: ZoneInfo) -> datetime:
        try:
            return min(max(self._shifted(now, zone), _FIRST), _LAST)
        except OverflowError:
            return _LAST if self.reach > timedelta() else _FIRST

    def _shifted(self, now: datetime, zone: ZoneInfo) -> datetime:
        if self.even:
            return now + self.shift.elapsed
        if self.unit is None:
            wall = civil.months_on(civil.wall(now, zone), self.shift.months)
        else:
            wall = civil.add_months(self._place(self.unit, now, zone), self.shift.months)
        return civil.instant(wall + timedelta(days=self.shift.days), zone) + self.shift.elapsed

    def _place(self, unit: Unit, now: datetime, zone: ZoneInfo) -> datetime:
        day = civil.start_of(unit, civil.day_of(now, zone), self.first_month)
        if unit == "WEEK":
            day += timedelta(days=self.weekday)
        elif unit != "DAY":
            day = civil.add_months(day, self.month - 1)
            day = day.replace(day=min(self.day_of_month, monthrange(day.year, day.month)[1]))
        return datetime.combine(day, self.clock)

    def _day(self, now: datetime, zone: ZoneInfo) -> date:
        return civil.day_of(self._at(now, zone), zone)

    def _next_unit(self, unit: Unit, now: datetime, zone: ZoneInfo) -> datetime:
        start = civil.start_of(unit, civil.day_of(now, zone), self.first_month)
        return max(civil.midnight(civil.add(unit, start, 1), zone), now + MILLISECOND)

    def _zone(self, slots: Slots) -> ZoneInfo:
        return ZoneInfo(self.zone or slots.zone)


@dataclass(frozen=True)
class Referenced:
    """What another property of the record holds, its anniversary, or when it was last changed."""

    property: str
    parser: Literal["VALUE", "UPDATED_AT", "ANNIVERSARY"] = "VALUE"


Moment = Fixed | Moving | Referenced
