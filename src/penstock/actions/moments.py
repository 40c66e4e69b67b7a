"""Moments that a step names: so long after another, on certain weekdays, at a time of day."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from penstock.actions.durations import Unit, after, instant
from penstock.records.values import from_milliseconds

Weekday = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
WEEK: Final[tuple[Weekday, ...]] = (
    "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
)  # fmt: skip

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS_OF_A_DAY: Final = {"SECONDS": 86_400, "MINUTES": 1_440, "HOURS": 24, "HALF_DAYS": 2}


class Moment(BaseModel):
    """A part of a setting that says when; camelCase on the wire."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="allow"
    )


class TimeOfDay(Moment):
    hour: int = Field(ge=0, le=23)
    minute: int = Field(0, ge=0, le=59)


class ZoneChoice(Moment):
    type: str = "STATIC_TIME_ZONE"
    time_zone_id: str = ""


class TimeDelay(Moment):
    """The wire's timeDelay: a length of time, and then the next day and time that are allowed."""

    delta: int = 0
    time_unit: Unit = "DAYS"
    days_of_week: tuple[Weekday, ...] = ()
    time_of_day: TimeOfDay | None = None
    time_zone_strategy: ZoneChoice | None = None

    def zone(self, otherwise: ZoneInfo) -> ZoneInfo:
        """The time zone that it names, or the other one. Raises ZoneInfoNotFoundError."""
        chosen = self.time_zone_strategy
        return ZoneInfo(chosen.time_zone_id) if chosen and chosen.time_zone_id else otherwise

    def known_zone(self) -> bool:
        try:
            self.zone(ZoneInfo("UTC"))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return False
        return True

    def reached(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The first moment, `start` at the earliest, that is on such a day and at such a time.

        A day that is allowed counts from its midnight on, a time of day for its whole minute.
        """
        place = self.zone(zone)
        begin = after(start, self.delta, self.time_unit, place)
        local = begin.astimezone(place)
        for ahead in range(len(WEEK) + 1):
            day = local.date() + timedelta(days=ahead)
            if self.days_of_week and WEEK[day.weekday()] not in self.days_of_week:
                continue
            moment = _on(day, self.time_of_day, place)
            whole_day = self.time_of_day is None
            if moment >= begin or (ahead == 0 and (whole_day or begin - moment < _MINUTE)):
                return max(moment, begin)
        raise AssertionError("a week has every day")


_MINUTE: Final = timedelta(minutes=1)


def _on(day: date, clock: TimeOfDay | None, zone: ZoneInfo) -> datetime:
    moment = time() if clock is None else time(clock.hour, clock.minute)
    return instant(datetime.combine(day, moment), zone)


def dated(value: str, amount: int, unit: Unit, clock: TimeOfDay | None, zone: ZoneInfo) -> datetime:
    """The moment so long after (before, if negative) a date or an instant of the wire.

    A date begins at its midnight in the zone; so does what falls on midnight UTC in milliseconds,
    as the wire writes dates. Whole days count as days of the calendar in whatever unit. A time of
    day moves the moment within its day. Raises ValueError or OverflowError.
    """
    if unit in _UNITS_OF_A_DAY and amount % _UNITS_OF_A_DAY[unit] == 0:
        amount, unit = amount // _UNITS_OF_A_DAY[unit], "DAYS"
    start = _read(value.strip(), zone)
    moment = after(start, amount, unit, zone)
    return moment if clock is None else _on(moment.astimezone(zone).date(), clock, zone)


def _read(text: str, zone: ZoneInfo) -> datetime:
    if _DAY.fullmatch(text):
        return _on(date.fromisoformat(text), None, zone)
    counted = from_milliseconds(text)
    if counted is not None:
        return _on(counted.date(), None, zone) if counted.time() == time() else counted
    read = datetime.fromisoformat(text)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
