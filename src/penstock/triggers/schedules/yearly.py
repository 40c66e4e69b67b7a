"""On a day of the year."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.schema import TypeSchema
from penstock.triggers.schedule import MONTHS, Month, Schedule

LEAP = 2024
"""A year that has every day."""


class Yearly(Schedule, type_id="YEARLY", label="Yearly"):
    """Enrol on one day of every year; for 29 February, on the 28th where there is none."""

    month: Month = field("Month", widget="select", options=list(MONTHS))
    day_of_month: Annotated[int, Field(ge=1, le=31)] = field("Day", widget="number")

    def days(self, first: date) -> Iterator[date]:
        month = MONTHS[self.month]
        for year in range(first.year, date.max.year):
            day = date(year, month, min(self.day_of_month, monthrange(year, month)[1]))
            if day >= first:
                yield day

    def problems(self, where: str, type: TypeSchema) -> list[Problem]:
        if self.day_of_month <= monthrange(LEAP, MONTHS[self.month])[1]:
            return []
        text = Text("the month has no such day")
        return [Problem(text, f"{where}.dayOfMonth", "NO_SUCH_DAY")]
