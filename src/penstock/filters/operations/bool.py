"""Yes or no."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Text as SqlText

from penstock.filters.operators import Operation, Operator, ever, negation, table
from penstock.filters.subject import Value
from penstock.kernel.texts import Text
from penstock.records.model import Property


def _equal(value: Value, wanted: ColumnElement[str]) -> ColumnElement[bool]:
    return value.exact == wanted


def _unequal(value: Value, wanted: ColumnElement[str]) -> ColumnElement[bool]:
    return value.exact != wanted


class Bool(Operation):
    """Whether the value is yes, or no."""

    type_id = "BOOL"
    aliases = ("bool",)
    label = "Yes or no"
    types = frozenset({"bool", "enumeration"})
    operators = table(
        Operator("IS_EQUAL_TO", "is {value}", _equal),
        Operator("IS_NOT_EQUAL_TO", "is not {value}", _unequal, negative=True),
        Operator("HAS_EVER_BEEN_EQUAL_TO", "has ever been {value}", ever(_equal), past=True),
        Operator(
            "HAS_NEVER_BEEN_EQUAL_TO",
            "has never been {value}",
            negation(ever(_equal)),
            negative=True,
            past=True,
        ),
    )

    value: bool

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value, value.parameters.bound("true" if self.value else "false", SqlText())

    def words(self, property: Property) -> dict[str, Any]:
        return {"value": Text("yes") if self.value else Text("no")}
