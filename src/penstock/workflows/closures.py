"""Days on which a workflow does nothing: pause dates and public holidays."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from pydantic import Field

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.triggers.schedule import MONTHS, Month, Setting

if TYPE_CHECKING:
    # Two megabytes, for those alone that ask about holidays.
    from holidays import HolidayBase

LEAP = 2024
"""A year that has every day."""


class BlockedDate(Setting):
    """A pause date: of one year, or of every year."""

    month: Month
    day_of_month: int = Field(ge=1, le=31)
    year: int | None = Field(None, ge=1, le=9999)

    def problems(self, where: str) -> list[Problem]:
        if self.day_of_month <= monthrange(self.year or LEAP, MONTHS[self.month])[1]:
            return []
        return [Problem(Text("the month has no such day"), f"{where}.dayOfMonth", "NO_SUCH_DAY")]


class HolidayCalendar(Setting):
    """The public holidays of a country, or of a part of it: codes of ISO 3166."""

    country: str
    subdivision: str | None = None

    def problems(self, where: str) -> list[Problem]:
        known = _countries()
        if self.country not in known:
            text = Text('the holidays of "{country}" are not known', country=self.country)
            return [Problem(text, f"{where}.country", "COUNTRY_UNKNOWN")]
        if self.subdivision is not None and self.subdivision not in known[self.country]:
            text = Text(
                'the holidays of "{part}" in {country} are not known',
                part=self.subdivision,
                country=self.country,
            )
            return [Problem(text, f"{where}.subdivision", "SUBDIVISION_UNKNOWN")]
        return []


@dataclass(frozen=True)
class Closures:
    """All of them. Years are computed when they are first asked for."""

    dates: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    """Month and day."""

    calendars: tuple[tuple[str, str | None], ...] = ()
    """Country and subdivision."""

    @classmethod
    def of(cls, blocked: Sequence[BlockedDate], calendars: Sequence[HolidayCalendar]) -> "Closures":
        """Of settings without problems."""
        return cls(
            frozenset(
                date(each.year, MONTHS[each.month], each.day_of_month)
                for each in blocked
                if each.year is not None
            ),
            frozenset(
                (MONTHS[each.month], each.day_of_month) for each in blocked if each.year is None
            ),
            tuple((each.country, each.subdivision) for each in calendars),
        )

    def reason(self, day: date) -> str | None:
        """Why nothing is done on a day: `pause_date` or `holiday`; None on any other day."""
        if day in self.dates or (day.month, day.day) in self.yearly:
            return "pause_date"
        return "holiday" if any(day in _calendar(*each) for each in self.calendars) else None

    def problems(self, where: str) -> list[Problem]:
        """Whether any day is left."""
        first = date(LEAP, 1, 1).toordinal()
        year = [date.fromordinal(first + day) for day in range(366)]
        if any((day.month, day.day) not in self.yearly for day in year):
            return []
        return [Problem(Text("no day is left to act on"), where, "NO_DAY_LEFT")]

    def __bool__(self) -> bool:
        return bool(self.dates or self.yearly or self.calendars)


@cache
def _countries() -> Mapping[str, Sequence[str]]:
    import holidays

    known: Mapping[str, Sequence[str]] = holidays.list_supported_countries(include_aliases=False)
    return known


@cache
def _calendar(country: str, subdivision: str | None) -> "HolidayBase":
    import holidays

    return holidays.country_holidays(country, subdiv=subdivision)
