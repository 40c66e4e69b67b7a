"""Whether a property was written in the last days."""

from typing import Annotated, Any

from pydantic import Field

from penstock.filters.amounts import amount
from penstock.filters.moments import Moving, Shift
from penstock.filters.operators import Operation, Operator, table
from penstock.filters.past import updated
from penstock.filters.subject import Value
from penstock.filters.windows import Window, outside, within
from penstock.records.model import Property


class RollingPropertyUpdated(Operation):
    """Whether the last change of the property lies in the last days, in the account's time zone.

    They are counted from the beginning of today. A property that never had a value was never
    changed.
    """

    type_id = "ROLLING_PROPERTY_UPDATED"
    aliases = ("rolling-property-updated",)
    label = "Changed in the last days"
    several = True
    operators = table(
        Operator(
            "UPDATED_IN_LAST_X_DAYS",
            "was changed in the last {span}",
            within,
            flips=True,
            past=True,
        ),
        Operator(
            "NOT_UPDATED_IN_LAST_X_DAYS",
            "was not changed in the last {span}",
            outside,
            negative=True,
            flips=True,
            past=True,
        ),
    )

    number_of_days: Annotated[int, Field(ge=0, le=1_000_000)]

    def subject(self, value: Value) -> Value:
        return updated(value)

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value, Window(Moving("DAY", Shift(days=-self.number_of_days)), Moving(None))

    def words(self, property: Property) -> dict[str, Any]:
        return {"span": amount(self.number_of_days, "days")}
