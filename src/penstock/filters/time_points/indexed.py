"""A moment given by its distance from now, or from a day of the current week, month or year."""

from datetime import time, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from penstock.filters.amounts import UNITS, amount
from penstock.filters.civil import Unit
from penstock.filters.fields import MONTHS, Clock, Month, Zoned
from penstock.filters.moments import Moving, Shift
from penstock.filters.nodes import TimePoint, Wire
from penstock.kernel.texts import Text
from penstock.records.values import BadValue

_UNITS: Final[dict[str, Unit | None]] = {
    "NOW": None,
    "TODAY": "DAY",
    "WEEK": "WEEK",
    "MONTH": "MONTH",
    "QUARTER": "QUARTER",
    "YEAR": "YEAR",
    "FISCAL_QUARTER": "QUARTER",
    "FISCAL_YEAR": "YEAR",
}

_REFERENCES: Final = {
    "NOW": "now",
    "TODAY": "today",
    "WEEK": "{weekday} of this week",
    "MONTH": "day {day} of this month",
    "QUARTER": "day {day} of month {month} of this quarter",
    "YEAR": "day {day} of month {month} of this year",
    "FISCAL_QUARTER": "day {day} of month {month} of this fiscal quarter",
    "FISCAL_YEAR": "day {day} of month {month} of this fiscal year",
}

_WEEKDAYS: Final = {
    "MONDAY": "Monday",
    "TUESDAY": "Tuesday",
    "WEDNESDAY": "Wednesday",
    "THURSDAY": "Thursday",
    "FRIDAY": "Friday",
    "SATURDAY": "Saturday",
    "SUNDAY": "Sunday",
}

_Calendar = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
_Elapsed = Annotated[int, Field(ge=-(10**10), le=10**10)]


class Offset(Wire):
    """How far away: years to days on the calendar of the zone, hours and less as time elapses."""

    years: _Calendar = 0
    quarters: _Calendar = 0
    months: _Calendar = 0
    weeks: _Calendar = 0
    days: _Calendar = 0
    hours: _Elapsed = 0
    minutes: _Elapsed = 0
    seconds: _Elapsed = 0
    milliseconds: Annotated[int, Field(ge=-(10**13), le=10**13)] = 0

    def shift(self) -> Shift:
        elapsed = timedelta(
            hours=self.hours,
            minutes=self.minutes,
            seconds=self.seconds,
            milliseconds=self.milliseconds,
        )
        months = self.years * 12 + self.quarters * 3 + self.months
        return Shift(months, self.weeks * 7 + self.days, elapsed)


class IndexReference(Clock):
    """Now, today, or a day of the current unit. Now with a time of day is today at that time.

    A fiscal year begins with the month `fiscalYearStart`, and its quarters with it.
    """

    reference_type: Literal[
        "NOW", "TODAY", "WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR"
    ]
    day_of_week: Literal[
        "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"
    ] = "MONDAY"
    month: Annotated[int, Field(ge=1, le=12)] = 1
    day: Annotated[int, Field(ge=1, le=31)] = 1
    fiscal_year_start: Month = MONTHS[0]

    @model_validator(mode="after")
    def _is_within(self) -> Self:
        if self.unit == "QUARTER" and self.month > 3:
            text = Text("a quarter has three months: give 1, 2 or 3")
            raise BadValue(text, "INVALID_MONTH")
        return self

    @property
    def unit(self) -> Unit | None:
        at_a_time = any(
            part is not None for part in (self.hour, self.minute, self.second, self.millisecond)
        )
        return "DAY" if at_a_time and self.reference_type == "NOW" else _UNITS[self.reference_type]

    @property
    def first_month(self) -> int:
        fiscal = self.reference_type.startswith("FISCAL")
        return MONTHS.index(self.fiscal_year_start) + 1 if fiscal else 1

    def sentence(self) -> Text:
        said = Text(
            _REFERENCES["TODAY" if self.unit == "DAY" else self.reference_type],
            weekday=Text(_WEEKDAYS[self.day_of_week]),
            month=self.month,
            day=self.day,
        )
        if self.clock() == time():
            return said
        return Text("{clock} on {day}", clock=self.clock().isoformat(), day=said)


class IndexedPoint(Zoned, TimePoint):
    """A moment that moves with time."""

    type_id = "INDEXED"
    label = "Relative moment"

    index_reference: IndexReference
    offset: Offset = Offset()

    def moment(self) -> Moving:
        reference = self.index_reference
        return Moving(
            unit=reference.unit,
            shift=self.offset.shift(),
            zone=self.zone(),
            weekday=list(_WEEKDAYS).index(reference.day_of_week),
            month=reference.month,
            day_of_month=reference.day,
            clock=reference.clock(),
            first_month=reference.first_month,
        )

    def sentence(self) -> Text:
        said = self.index_reference.sentence()
        for unit in UNITS:
            count: int = getattr(self.offset, unit)
            if count:
                pattern = "{amount} before {moment}" if count < 0 else "{amount} after {moment}"
                said = Text(pattern, amount=amount(abs(count), unit), moment=said)
        return said
