"""Compared with the number that another property has."""

import operator
from typing import Any

from sqlalchemy import ColumnElement, Numeric

from penstock.filters.comparing import Comparative
from penstock.filters.fields import Exact
from penstock.filters.operators import Operator, table
from penstock.filters.subject import Value


class ComparativeNumber(Comparative):
    """How the value compares with the number of another property."""

    type_id = "COMPARATIVE_NUMBER"
    aliases = ("number-comparative", "NUMBER_COMPARATIVE")
    label = "Compared with another number"
    types = frozenset({"number"})
    operators = table(
        Operator("IS_EQUAL_TO", "is equal to {other}", operator.eq),
        Operator("IS_NOT_EQUAL_TO", "is not equal to {other}", operator.ne, negative=True),
        Operator("IS_GREATER_THAN", "is greater than {other}", operator.gt),
        Operator("IS_GREATER_THAN_OR_EQUAL_TO", "is greater than or equal to {other}", operator.ge),
        Operator("IS_LESS_THAN", "is less than {other}", operator.lt),
        Operator("IS_LESS_THAN_OR_EQUAL_TO", "is less than or equal to {other}", operator.le),
    )

    default_comparison_value: Exact | None = None

    def form(self, value: Value) -> ColumnElement[Any]:
        return value.number

    def default(self, value: Value) -> ColumnElement[Any] | None:
        given = self.default_comparison_value
        return None if given is None else value.parameters.bound(given, Numeric())
