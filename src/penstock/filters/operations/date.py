"""A day, written as day, month and year."""

import datetime as dt
from typing import Any, Self

from pydantic import model_validator

from penstock.filters.fields import MONTHS, Month, Year
from penstock.filters.moments import Fixed
from penstock.filters.operators import Operation, Operator, table
from penstock.filters.subject import Value
from penstock.filters.windows import Window, before, from_until, within
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue


class Date(Operation):
    """How the value compares with a day in the account's time zone."""

    type_id = "DATE"
    label = "Day"
    types = frozenset({"date", "datetime"})
    operators = table(
        Operator("EQUAL", "is on {day}", from_until),
        Operator("BEFORE", "is before {day}", lambda value, start, _: before(value, start)),
        Operator("AFTER", "is after {day}", lambda value, _, end: within(value, Window(end))),
    )

    day: int
    month: Month
    year: Year

    @model_validator(mode="after")
    def _exists(self) -> Self:
        try:
            self._date()
        except ValueError:
            raise BadValue(Text("there is no such day"), "INVALID_DATE") from None
        return self

    def _date(self) -> dt.datetime:
        return dt.datetime(self.year, MONTHS.index(self.month) + 1, self.day)  # noqa: DTZ001

    def operands(self, value: Value) -> tuple[Any, ...]:
        start = self._date()
        return value, Fixed(start), Fixed(start + dt.timedelta(days=1))

    def words(self, property: Property) -> dict[str, Any]:
        return {"day": self._date().date()}
