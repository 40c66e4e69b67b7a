"""One number."""

import operator
from typing import Any

from sqlalchemy import Numeric

from penstock.filters.fields import Exact
from penstock.filters.operators import Operation, Operator, table
from penstock.filters.subject import Value
from penstock.records.model import Property
from penstock.records.values import format


class Number(Operation):
    """How the value compares with a number. Numbers are exact; no value is not zero."""

    type_id = "NUMBER"
    aliases = ("number",)
    label = "Number"
    types = frozenset({"number"})
    operators = table(
        Operator("IS_EQUAL_TO", "is equal to {value}", operator.eq),
        Operator("IS_NOT_EQUAL_TO", "is not equal to {value}", operator.ne, negative=True),
        Operator("IS_GREATER_THAN", "is greater than {value}", operator.gt),
        Operator("IS_GREATER_THAN_OR_EQUAL_TO", "is greater than or equal to {value}", operator.ge),
        Operator("IS_LESS_THAN", "is less than {value}", operator.lt),
        Operator("IS_LESS_THAN_OR_EQUAL_TO", "is less than or equal to {value}", operator.le),
    )

    value: Exact

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value.number, value.parameters.bound(self.value, Numeric())

    def words(self, property: Property) -> dict[str, Any]:
        return {"value": format(property, self.value)}
