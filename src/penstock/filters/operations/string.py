"""One text."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Text as SqlText

from penstock.filters import patterns
from penstock.filters.fields import Word
from penstock.filters.operators import Operation, Operator, ever, negation, table
from penstock.filters.subject import Value, folded
from penstock.records.model import Property


def _equal(value: Value, text: str) -> ColumnElement[bool]:
    return value.folded == folded(value.parameters.bound(text, SqlText()))


def _like(pattern: Callable[[str], str]) -> Callable[[Value, str], ColumnElement[bool]]:
    return lambda value, text: value.folded.like(
        folded(value.parameters.bound(pattern(text), SqlText()))
    )


_contains = _like(patterns.containing)


class String(Operation):
    """How the value compares with a text, without regard to case."""

    type_id = "STRING"
    aliases = ("string",)
    label = "Text"
    types = frozenset(
        {"string", "phone_number", "enumeration", "number", "json", "object_coordinates"}
    )
    operators = table(
        Operator("IS_EQUAL_TO", 'is equal to "{value}"', _equal),
        Operator("IS_NOT_EQUAL_TO", 'is not equal to "{value}"', negation(_equal), negative=True),
        Operator("CONTAINS", 'contains "{value}"', _contains),
        Operator(
            "DOES_NOT_CONTAIN",
            'does not contain "{value}"',
            negation(_contains),
            negative=True,
        ),
        Operator("STARTS_WITH", 'starts with "{value}"', _like(patterns.starting)),
        Operator("ENDS_WITH", 'ends with "{value}"', _like(patterns.ending)),
        Operator(
            "HAS_EVER_BEEN_EQUAL_TO", 'has ever been equal to "{value}"', ever(_equal), past=True
        ),
        Operator(
            "HAS_NEVER_BEEN_EQUAL_TO",
            'has never been equal to "{value}"',
            negation(ever(_equal)),
            negative=True,
            past=True,
        ),
        Operator("HAS_EVER_CONTAINED", 'has ever contained "{value}"', ever(_contains), past=True),
        Operator(
            "HAS_NEVER_CONTAINED",
            'has never contained "{value}"',
            negation(ever(_contains)),
            negative=True,
            past=True,
        ),
    )

    value: Word

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value, self.value

    def words(self, property: Property) -> dict[str, Any]:
        return {"value": self.value}
