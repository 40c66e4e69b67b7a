"""A range of numbers."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Numeric, between

from penstock.filters.fields import Exact
from penstock.filters.operators import Operation, Operator, negation, table
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import format


class NumberRanged(Operation):
    """Whether the value lies between two numbers, both included."""

    type_id = "NUMBER_RANGED"
    aliases = ("number-ranged",)
    label = "Range of numbers"
    types = frozenset({"number"})
    operators = table(
        Operator("IS_BETWEEN", "is between {lower} and {upper}", between),
        Operator(
            "IS_NOT_BETWEEN",
            "is not between {lower} and {upper}",
            negation(between),
            negative=True,
        ),
    )

    lower_bound: Exact
    upper_bound: Exact

    def operands(self, value: Value) -> tuple[Any, ...]:
        bound = value.parameters.bound
        return value.number, bound(self.lower_bound, Numeric()), bound(self.upper_bound, Numeric())

    def words(self, property: Property) -> dict[str, Any]:
        return {
            "lower": format(property, self.lower_bound),
            "upper": format(property, self.upper_bound),
        }

    def problems(self, property: Property, scope: Scope) -> Iterator[Problem]:
        yield from super().problems(property, scope)
        if self.lower_bound > self.upper_bound:
            yield Problem(Text("the lower bound is above the upper one"), self.where, "EMPTY_RANGE")
