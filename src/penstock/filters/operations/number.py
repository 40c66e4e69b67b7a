"""One number."""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Numeric

from penstock.filters.fields import Exact
from penstock.filters.operators import Operation, Operator, ever, negation, table
from penstock.filters.subject import Value
from penstock.records.model import Property
from penstock.records.values import format

_Compared = Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]


def _number(compared: _Compared) -> Callable[[Value, ColumnElement[Any]], ColumnElement[bool]]:
    return lambda value, number: compared(value.number, number)


class Number(Operation):
    """How the value compares with a number. Numbers are exact; no value is not zero."""

    type_id = "NUMBER"
    aliases = ("number",)
    label = "Number"
    types = frozenset({"number"})
    operators = table(
        Operator("IS_EQUAL_TO", "is equal to {value}", _number(operator.eq)),
        Operator("IS_NOT_EQUAL_TO", "is not equal to {value}", _number(operator.ne), negative=True),
        Operator("IS_GREATER_THAN", "is greater than {value}", _number(operator.gt)),
        Operator(
            "IS_GREATER_THAN_OR_EQUAL_TO",
            "is greater than or equal to {value}",
            _number(operator.ge),
        ),
        Operator("IS_LESS_THAN", "is less than {value}", _number(operator.lt)),
        Operator(
            "IS_LESS_THAN_OR_EQUAL_TO", "is less than or equal to {value}", _number(operator.le)
        ),
        Operator(
            "HAS_EVER_BEEN_EQUAL_TO",
            "has ever been equal to {value}",
            ever(_number(operator.eq)),
            past=True,
        ),
        Operator(
            "HAS_NEVER_BEEN_EQUAL_TO",
            "has never been equal to {value}",
            negation(ever(_number(operator.eq))),
            negative=True,
            past=True,
        ),
    )

    value: Exact

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value, value.parameters.bound(self.value, Numeric())

    def words(self, property: Property) -> dict[str, Any]:
        return {"value": format(property, self.value)}
