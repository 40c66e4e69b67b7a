"""Whether a property of any type has a value at all."""

from typing import Any

from sqlalchemy import ColumnElement, Text, false, func, not_

from penstock.filters.operators import Operation, Operator, table
from penstock.filters.subject import Value


def _is_known(value: Value) -> ColumnElement[bool]:
    return not_(value.missing)


def _is_not_blank(value: Value) -> ColumnElement[bool]:
    visible = value.parameters.bound(r"\S", Text())
    return func.coalesce(value.folded.regexp_match(visible), false())


class AllProperty(Operation):
    """Whether there is a value. Text of nothing but white space is blank, though it is a value."""

    type_id = "ALL_PROPERTY"
    aliases = ("alltypes",)
    label = "Value"
    several = True
    of_emptiness = True
    operators = table(
        Operator("IS_KNOWN", "is known", _is_known),
        Operator("IS_UNKNOWN", "is unknown", lambda value: value.missing, negative=True),
        Operator("IS_BLANK", "is blank", lambda value: not_(_is_not_blank(value)), negative=True),
        Operator("IS_NOT_BLANK", "is not blank", _is_not_blank),
    )

    def operands(self, value: Value) -> tuple[Any, ...]:
        return (value,)
