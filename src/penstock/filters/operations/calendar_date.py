"""The current, previous or next day, week, month, quarter or year."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import Field

from penstock.filters.amounts import amount
from penstock.filters.civil import Unit
from penstock.filters.fields import MONTHS, Month
from penstock.filters.judgement import Judgement
from penstock.filters.moments import Moving, Shift
from penstock.filters.operators import Operation, Operator, table
from penstock.filters.subject import Value
from penstock.filters.windows import Window, from_until, within
from penstock.kernel.texts import Text
from penstock.records.model import Property

_UNITS: Final[dict[Unit, str]] = {
    "DAY": "day",
    "WEEK": "week",
    "MONTH": "month",
    "QUARTER": "quarter",
    "YEAR": "year",
}

_Point = Callable[[int], Moving]
"""A point of the current unit, moved by a number of units."""


def _current(value: Value, start: _Point, now: _Point, count: int) -> Judgement:
    return from_until(value, start(0), start(1))


def _current_so_far(value: Value, start: _Point, now: _Point, count: int) -> Judgement:
    return within(value, Window(start(0), now(0)))


def _previous(value: Value, start: _Point, now: _Point, count: int) -> Judgement:
    return from_until(value, start(-count), start(0))


def _previous_so_far(value: Value, start: _Point, now: _Point, count: int) -> Judgement:
    return within(value, Window(start(-count), now(-count)))


def _next(value: Value, start: _Point, now: _Point, count: int) -> Judgement:
    return from_until(value, start(1), start(1 + count))


class CalendarDate(Operation):
    """Which calendar unit the value lies in, in the account's time zone. Weeks begin on Monday.

    `timeUnitCount` is how many units the previous or the next ones are. A fiscal year begins with
    the month `fiscalYearStart`, and its quarters with it. So far: until now; of the previous unit,
    until now moved back by as many units.
    """

    type_id = "CALENDAR_DATE"
    label = "Calendar"
    types = frozenset({"date", "datetime"})
    operators = table(
        Operator("IN_THIS_TIME_UNIT", "is in the current {unit}", _current, flips=True),
        Operator(
            "IN_THIS_TIME_UNIT_SO_FAR",
            "is in the current {unit} so far",
            _current_so_far,
            flips=True,
        ),
        Operator("IN_LAST_TIME_UNIT", "is in the previous {span}", _previous, flips=True),
        Operator(
            "IN_LAST_TIME_UNIT_SO_FAR",
            "is in the previous {span}, up to the same point as now",
            _previous_so_far,
            flips=True,
        ),
        Operator("IN_NEXT_TIME_UNIT", "is in the next {span}", _next, flips=True),
    )

    time_unit: Unit
    time_unit_count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    use_fiscal_year: bool = False
    fiscal_year_start: Month = MONTHS[0]

    def _shift(self, units: int) -> Shift:
        if self.time_unit in {"DAY", "WEEK"}:
            return Shift(days=units * (7 if self.time_unit == "WEEK" else 1))
        return Shift(months=units * {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[self.time_unit])

    def operands(self, value: Value) -> tuple[Any, ...]:
        first_month = MONTHS.index(self.fiscal_year_start) + 1 if self.use_fiscal_year else 1

        def start(units: int) -> Moving:
            return Moving(self.time_unit, self._shift(units), first_month=first_month)

        def now(units: int) -> Moving:
            return Moving(None, self._shift(units))

        return value, start, now, self.time_unit_count

    def words(self, property: Property) -> dict[str, Any]:
        word, count = _UNITS[self.time_unit], self.time_unit_count
        span = Text(word) if count == 1 else amount(count, f"{word}s")
        return {"unit": Text(word), "span": span}
