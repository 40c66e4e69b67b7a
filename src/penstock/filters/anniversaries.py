"""Anniversaries of a day: the same day of the month in other years, as values of their own."""

from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Integer, case, cast, func, literal_column

from penstock.filters import civil
from penstock.filters.sql import Instant, Slots
from penstock.filters.subject import Value

_UTC: Final[ColumnElement[str]] = literal_column("'UTC'")
_SHAPE: Final[ColumnElement[str]] = literal_column("'YYYY-MM-DD'")


class _Anniversary(Value):
    """The day in the year that it is now, so many years on. Of an instant, its day in UTC."""

    years: int = 0
    of: Value

    @cached_property
    def column(self) -> None:
        return None

    @cached_property
    def is_day(self) -> bool:
        return True

    @cached_property
    def text(self) -> ColumnElement[str]:
        if self.of.column is not None:
            day = cast(func.timezone(_UTC, self.of.column), Date)
        else:
            day = cast(func.left(self.of.text, literal_column("10")), Date)
        year = self.parameters.deferred(lambda slots: _year(slots) + self.years, Integer())
        # 29 February is celebrated on the 28th where there is none.
        away = func.make_interval(cast(year - func.extract("year", day), Integer))
        return func.to_char(day + away, _SHAPE)


def anniversary(value: Value, years: int = 0) -> Value:
    """This year's anniversary of a value, or that of a year beside."""
    found = _Anniversary(replace(value.property, type="date", column=None), value.row, value.scope)
    object.__setattr__(found, "of", value)
    object.__setattr__(found, "years", years)
    return found


def new_year(value: Value) -> ColumnElement[Any]:
    """When the anniversaries are those of another year; null where there is no value."""
    return case((~value.missing, value.parameters.deferred(_next_year, Instant)))


def _year(slots: Slots) -> int:
    return civil.day_of(slots.now, ZoneInfo(slots.zone)).year


def _next_year(slots: Slots) -> datetime:
    zone = ZoneInfo(slots.zone)
    this = civil.start_of("YEAR", civil.day_of(slots.now, zone))
    return civil.midnight(civil.add("YEAR", this, 1), zone)
