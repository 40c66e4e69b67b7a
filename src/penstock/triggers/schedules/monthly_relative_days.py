"""On a day of the month that moves."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from penstock.filters.civil import add_months
from penstock.kernel.forms import field
from penstock.triggers.schedule import Schedule


class MonthlyRelativeDays(
    Schedule, type_id="MONTHLY_RELATIVE_DAYS", label="Monthly, on the first Monday or the last day"
):
    """Enrol on the first Monday or the last day of every month."""

    monthly_relative_days: Literal["FIRST_MONDAY_OF_MONTH", "LAST_DAY_OF_MONTH"] = field(
        "On", widget="select", options=["FIRST_MONDAY_OF_MONTH", "LAST_DAY_OF_MONTH"]
    )

    def days(self, first: date) -> Iterator[date]:
        month = first.replace(day=1)
        while True:
            following = add_months(month, 1)
            day = following - timedelta(days=1)
            if self.monthly_relative_days == "FIRST_MONDAY_OF_MONTH":
                day = month + timedelta(days=-month.weekday() % 7)
            if day >= first:
                yield day
            month = following
