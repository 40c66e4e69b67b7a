"""Yes or no, as another property."""

import operator
from typing import Any

from sqlalchemy import ColumnElement, Text

from penstock.filters.comparing import Comparative
from penstock.filters.operators import Operator, table
from penstock.filters.subject import Value


class ComparativeBool(Comparative):
    """Whether the value is the same as that of another property."""

    type_id = "COMPARATIVE_BOOL"
    aliases = ("bool-comparative", "BOOL_COMPARATIVE")
    label = "Compared with another yes or no"
    types = frozenset({"bool"})
    operators = table(
        Operator("IS_EQUAL_TO", "is the same as {other}", operator.eq),
        Operator("IS_NOT_EQUAL_TO", "is not the same as {other}", operator.ne, negative=True),
    )

    default_comparison_value: bool | None = None

    def form(self, value: Value) -> ColumnElement[Any]:
        return value.exact

    def default(self, value: Value) -> ColumnElement[Any] | None:
        given = self.default_comparison_value
        if given is None:
            return None
        return value.parameters.bound("true" if given else "false", Text())
