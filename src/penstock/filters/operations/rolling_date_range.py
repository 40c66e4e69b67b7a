"""A number of days before or after now."""

from typing import Annotated, Any

from pydantic import Field

from penstock.filters.amounts import amount
from penstock.filters.moments import Moving, Shift
from penstock.filters.operators import Operation, Operator, table
from penstock.filters.subject import Value
from penstock.filters.windows import Window, after, before, within
from penstock.records.model import Property


class RollingDateRange(Operation):
    """How far the value is from now, in days.

    They are counted from the beginning of today, in the account's time zone if it is to be
    converted and in UTC otherwise: less than three days ago is from the midnight three days ago
    until now.
    """

    type_id = "ROLLING_DATE_RANGE"
    aliases = ("datetime-rolling",)
    label = "Days from now"
    types = frozenset({"date", "datetime"})
    operators = table(
        Operator(
            "IS_LESS_THAN_X_DAYS_AGO",
            "is less than {span} ago",
            lambda value, past, now, _: within(value, Window(past, now)),
            flips=True,
        ),
        Operator(
            "IS_MORE_THAN_X_DAYS_AGO",
            "is more than {span} ago",
            lambda value, past, _, __: before(value, past),
            flips=True,
        ),
        Operator(
            "IS_LESS_THAN_X_DAYS_FROM_NOW",
            "is less than {span} from now",
            lambda value, _, now, future: within(value, Window(now, future)),
            flips=True,
        ),
        Operator(
            "IS_MORE_THAN_X_DAYS_FROM_NOW",
            "is more than {span} from now",
            lambda value, _, __, future: after(value, future),
            flips=True,
        ),
    )

    number_of_days: Annotated[int, Field(ge=0, le=1_000_000)]
    requires_time_zone_conversion: bool = False

    def operands(self, value: Value) -> tuple[Any, ...]:
        zone = None if self.requires_time_zone_conversion else "UTC"
        past = Moving("DAY", Shift(days=-self.number_of_days), zone)
        future = Moving("DAY", Shift(days=self.number_of_days), zone)
        return value, past, Moving(None, zone=zone), future

    def words(self, property: Property) -> dict[str, Any]:
        return {"span": amount(self.number_of_days, "days")}
