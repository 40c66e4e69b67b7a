"""Compared with the text that another property has."""

import operator
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column
from sqlalchemy import Text as SqlText

from penstock.filters.comparing import Comparative
from penstock.filters.fields import Word
from penstock.filters.operations.string import String
from penstock.filters.operators import Operator, negation, table
from penstock.filters.subject import Value, folded

_Text = ColumnElement[str]


# Not LIKE, to which signs of the other text would be more than themselves.
def _contains(text: _Text, other: _Text) -> ColumnElement[bool]:
    return func.strpos(text, other) > literal_column("0")


def _ends(text: _Text, other: _Text) -> ColumnElement[bool]:
    return func.right(text, func.length(other)) == other


class ComparativeString(Comparative):
    """How the value compares with the text of another property, without regard to case."""

    type_id = "COMPARATIVE_STRING"
    aliases = ("string-comparative",)
    label = "Compared with another text"
    types = String.types
    operators = table(
        Operator("IS_EQUAL_TO", "is equal to {other}", operator.eq),
        Operator("IS_NOT_EQUAL_TO", "is not equal to {other}", operator.ne, negative=True),
        Operator("CONTAINS", "contains {other}", _contains),
        Operator(
            "DOES_NOT_CONTAIN", "does not contain {other}", negation(_contains), negative=True
        ),
        Operator("STARTS_WITH", "starts with {other}", func.starts_with),
        Operator("ENDS_WITH", "ends with {other}", _ends),
    )

    default_comparison_value: Word | None = None

    def form(self, value: Value) -> ColumnElement[Any]:
        return value.folded

    def default(self, value: Value) -> ColumnElement[Any] | None:
        given = self.default_comparison_value
        return None if given is None else folded(value.parameters.bound(given, SqlText()))
