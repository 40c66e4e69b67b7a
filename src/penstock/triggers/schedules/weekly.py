"""On days of the week."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from penstock.kernel.forms import field
from penstock.triggers.schedule import WEEK, Schedule, Weekday


class Weekly(Schedule, type_id="WEEKLY", label="Weekly"):
    """Enrol on certain days of every week."""

    days_of_week: Annotated[tuple[Weekday, ...], Field(min_length=1)] = field(
        "On", widget="weekdays"
    )

    def days(self, first: date) -> Iterator[date]:
        chosen = {WEEK.index(day) for day in self.days_of_week}
        while True:
            if first.weekday() in chosen:
                yield first
            first += timedelta(days=1)
