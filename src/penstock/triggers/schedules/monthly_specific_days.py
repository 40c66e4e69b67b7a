"""On days of the month."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from penstock.filters.civil import add_months
from penstock.kernel.forms import field
from penstock.triggers.schedule import Schedule


class MonthlySpecificDays(
    Schedule, type_id="MONTHLY_SPECIFIC_DAYS", label="Monthly, on certain days"
):
    """Enrol on certain days of every month. In a month that has no such day, on its last one."""

    days_of_month: Annotated[
        tuple[Annotated[int, Field(ge=1, le=31)], ...], Field(min_length=1)
    ] = field("On", widget="days_of_month")

    def days(self, first: date) -> Iterator[date]:
        month = first.replace(day=1)
        while True:
            _, last = monthrange(month.year, month.month)
            for day in sorted({min(day, last) for day in self.days_of_month}):
                if month.replace(day=day) >= first:
                    yield month.replace(day=day)
            month = add_months(month, 1)
