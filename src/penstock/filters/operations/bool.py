"""Yes or no."""

import operator
from typing import Any

from sqlalchemy import Text as SqlText

from penstock.filters.operators import Operation, Operator, table
from penstock.filters.subject import Value
from penstock.kernel.texts import Text
from penstock.records.model import Property


class Bool(Operation):
    """Whether the value is yes, or no."""

    type_id = "BOOL"
    aliases = ("bool",)
    label = "Yes or no"
    types = frozenset({"bool", "enumeration"})
    operators = table(
        Operator("IS_EQUAL_TO", "is {value}", operator.eq),
        Operator("IS_NOT_EQUAL_TO", "is not {value}", operator.ne, negative=True),
    )

    value: bool

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value.exact, value.parameters.bound("true" if self.value else "false", SqlText())

    def words(self, property: Property) -> dict[str, Any]:
        return {"value": Text("yes") if self.value else Text("no")}
