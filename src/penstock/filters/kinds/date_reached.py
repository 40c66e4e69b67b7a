"""Filters that time alone makes true: a day that a record holds has come."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import ColumnElement, Date, Integer, and_, case, cast, false, func, literal_column
from sqlalchemy import Text as String

from penstock.filters import civil
from penstock.filters.dependencies import Dependency
from penstock.filters.judgement import Judgement
from penstock.filters.nodes import Filter
from penstock.filters.sql import Instant, Slots
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

_SEASON: Final = 183
"""Days for which an anniversary has come: until the next one is nearer."""

_SLACK: Final = 2
"""Days by which a day in a zone and the same day in UTC may differ, rounded up."""

_ONE: Final[ColumnElement[int]] = literal_column("1")
_AT_LATEST: Final = date(9999, 1, 1)


class DateReached(Filter):
    """So many days after a date that the record holds, or before it, a time of day has come.

    Every year: the date's anniversary, for half a year. Without a zone the account's is meant.
    """

    type_id = "DATE_REACHED"

    property: str
    days_delta: Annotated[int, Field(ge=-36500, le=36500)] = 0
    yearly: bool = False
    hour: Annotated[int, Field(ge=0, le=23)] = 0
    minute: Annotated[int, Field(ge=0, le=59)] = 0
    zone_id: str | None = None

    def problems(self, scope: Scope) -> Iterator[Problem]:
        if self.property not in scope.properties:
            text = Text('Property "{name}" does not exist', name=self.property)
            yield Problem(text, f"{self.where}.property", "PROPERTY_DOESNT_EXIST")
        elif scope.properties[self.property].type not in ("date", "datetime"):
            text = Text('the property "{name}" is no date', name=self.property)
            yield Problem(text, f"{self.where}.property", "NOT_A_DATE")

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield from scope.depends_on(self.property)

    def judge(self, scope: Scope) -> Judgement:
        value = scope.value(self.property)
        held, bound = self._day(value), value.parameters.bound
        # Which day's time has come is a matter of the clock alone; the rest is counting days.
        come = value.parameters.deferred(lambda slots: self._come(slots)[0], Date())
        jump = value.parameters.deferred(lambda slots: self._come(slots)[1], Instant)
        if self.yearly:
            this = held + _years(_year(come) - _year(held))
            last = case((this <= come, this), else_=held + _years(_year(come) - _year(held) - _ONE))
            over = cast(last, Date) + bound(_SEASON, Integer())
            verdict = come < over
            following = cast(held + _years(_year(last) - _year(held) + _ONE), Date)
            changes: ColumnElement[Any] = case((verdict, over), else_=following)
        else:
            verdict, changes = held <= come, held
        near = cast(changes, Date) + bound(self.days_delta - _SLACK, Integer())
        early = func.timezone(literal_column("'UTC'"), func.least(near, bound(_AT_LATEST, Date())))
        still = ~value.missing if self.yearly else and_(~value.missing, ~verdict)
        flip = case((still, func.greatest(jump, early)))
        return Judgement(func.coalesce(verdict, false()), flip, where=self.where)

    def sentence(self, scope: Scope) -> Text:
        pattern = "{property} and {days} days have come, at {time}"
        if self.yearly:
            pattern = "the anniversary of {property} and {days} days have come, at {time}"
        property = scope.shown(self.property)
        clock = f"{self.hour:02}:{self.minute:02}"
        return Text(pattern, property=Text(property.label), days=self.days_delta, time=clock)

    def _day(self, value: Value) -> ColumnElement[Any]:
        if value.is_day:
            return cast(func.left(value.text, literal_column("10")), Date)
        zone = value.parameters.deferred(lambda slots: self.zone_id or slots.zone, String())
        return cast(func.timezone(zone, value.instant), Date)

    def _come(self, slots: Slots) -> tuple[date, datetime]:
        """The latest day, less the days to count, whose time of day has come; and when the next's
        does.
        """
        zone, clock = ZoneInfo(self.zone_id or slots.zone), time(self.hour, self.minute)
        day = civil.day_of(slots.now, zone) + timedelta(days=1)
        following = civil.instant(datetime.combine(day, clock), zone)
        while True:
            moment = civil.instant(datetime.combine(day, clock), zone)
            if moment <= slots.now:
                return day - timedelta(days=self.days_delta), following
            day, following = day - timedelta(days=1), moment


def _year(day: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.extract("year", day), Integer)


def _years(count: ColumnElement[Any]) -> ColumnElement[Any]:
    # 29 February is celebrated on the 28th where there is none.
    return func.make_interval(count)
