"""A moment, written in milliseconds since 1970."""

from datetime import timedelta
from typing import Any

from penstock.filters.fields import Milliseconds, fixed, shown
from penstock.filters.moments import Fixed
from penstock.filters.operators import Operation, Operator, table
from penstock.filters.subject import Value
from penstock.filters.windows import Window, after, before, from_until, within
from penstock.records.model import Property


class DateTime(Operation):
    """How the value compares with a moment, or with the day it lies on.

    To be converted, the moment is what clocks show in UTC, meant in the account's time zone;
    otherwise it is that instant, and its day is the one in UTC. Equal means on the same day.
    """

    type_id = "DATETIME"
    aliases = ("datetime",)
    label = "Date and time"
    types = frozenset({"date", "datetime"})
    operators = table(
        Operator("IS_EQUAL_TO", "is on {day}", lambda value, _, *day: from_until(value, *day)),
        Operator("IS_BEFORE", "is before {moment}", lambda value, at, *_: before(value, at)),
        Operator("IS_AFTER", "is after {moment}", lambda value, at, *_: after(value, at)),
        Operator(
            "IS_BEFORE_DATE", "is before {day}", lambda value, _, start, __: before(value, start)
        ),
        Operator(
            "IS_AFTER_DATE", "is after {day}", lambda value, _, __, end: within(value, Window(end))
        ),
    )

    timestamp: Milliseconds
    requires_time_zone_conversion: bool = False

    def _moment(self) -> Fixed:
        return fixed(self.timestamp, convert=self.requires_time_zone_conversion)

    def operands(self, value: Value) -> tuple[Any, ...]:
        at = self._moment()
        start = at.when.replace(hour=0, minute=0, second=0, microsecond=0)
        return value, at, Fixed(start, at.zone), Fixed(start + timedelta(days=1), at.zone)

    def words(self, property: Property) -> dict[str, Any]:
        at = self._moment()
        return {"moment": shown(at), "day": at.when.date()}
