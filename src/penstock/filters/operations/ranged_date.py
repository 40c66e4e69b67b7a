"""A range between two moments, written in milliseconds since 1970."""

from collections.abc import Iterator
from typing import Any

from penstock.filters.fields import Milliseconds, fixed, shown
from penstock.filters.moments import Fixed
from penstock.filters.operators import Operation, Operator, table
from penstock.filters.subject import Scope, Value
from penstock.filters.windows import Window, outside, within
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property


class RangedDate(Operation):
    """Whether the value lies between two moments, both included and meant as those of DATETIME."""

    type_id = "RANGED_DATE"
    aliases = ("datetime-ranged",)
    label = "Range of dates"
    types = frozenset({"date", "datetime"})
    operators = table(
        Operator("IS_BETWEEN", "is between {lower} and {upper}", within),
        Operator("IS_NOT_BETWEEN", "is not between {lower} and {upper}", outside, negative=True),
    )

    lower_bound: Milliseconds
    upper_bound: Milliseconds
    requires_time_zone_conversion: bool = False

    def _fixed(self, milliseconds: int) -> Fixed:
        return fixed(milliseconds, convert=self.requires_time_zone_conversion)

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value, Window(self._fixed(self.lower_bound), self._fixed(self.upper_bound))

    def words(self, property: Property) -> dict[str, Any]:
        return {
            "lower": shown(self._fixed(self.lower_bound)),
            "upper": shown(self._fixed(self.upper_bound)),
        }

    def problems(self, property: Property, scope: Scope) -> Iterator[Problem]:
        yield from super().problems(property, scope)
        if self.lower_bound > self.upper_bound:
            yield Problem(Text("the lower bound is above the upper one"), self.where, "EMPTY_RANGE")
