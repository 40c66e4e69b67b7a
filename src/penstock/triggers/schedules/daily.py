"""Every day."""

from collections.abc import Iterator
from datetime import date, timedelta

from penstock.triggers.schedule import Schedule


class Daily(Schedule, type_id="DAILY", label="Daily"):
    """Enrol at a time of every day."""

    def days(self, first: date) -> Iterator[date]:
        while True:
            yield first
            first += timedelta(days=1)
