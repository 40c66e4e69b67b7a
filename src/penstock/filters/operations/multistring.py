"""Several texts."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, func

from penstock.filters import patterns
from penstock.filters.fields import Words
from penstock.filters.operations.string import String
from penstock.filters.operators import Operation, Operator, negation, table
from penstock.filters.subject import Value
from penstock.records.model import Property

_Test = Callable[[Value, list[str]], ColumnElement[bool]]


def _equal(value: Value, texts: list[str]) -> ColumnElement[bool]:
    return value.folded.in_(value.folded_words(texts))


def _any(comparison: str, pattern: Callable[[str], str]) -> _Test:
    def test(value: Value, texts: list[str]) -> ColumnElement[bool]:
        wanted = func.array(value.folded_words(map(pattern, texts)).scalar_subquery())
        return value.folded.bool_op(comparison)(func.any(wanted))

    return test


_contains = _any("LIKE", patterns.containing)
_contains_phrase = _any("~", patterns.phrase)


class MultiString(Operation):
    """How the value compares with any of several texts, without regard to case."""

    type_id = "MULTISTRING"
    aliases = ("multistring",)
    label = "Texts"
    types = String.types
    operators = table(
        Operator("IS_EQUAL_TO", "is equal to any of {values}", _equal),
        Operator(
            "IS_NOT_EQUAL_TO", "is equal to none of {values}", negation(_equal), negative=True
        ),
        Operator("CONTAINS", "contains any of {values}", _contains),
        Operator(
            "DOES_NOT_CONTAIN", "contains none of {values}", negation(_contains), negative=True
        ),
        Operator("CONTAINS_EXACTLY", "contains any of the words {values}", _contains_phrase),
        Operator(
            "DOES_NOT_CONTAIN_EXACTLY",
            "contains none of the words {values}",
            negation(_contains_phrase),
            negative=True,
        ),
        Operator("STARTS_WITH", "starts with any of {values}", _any("LIKE", patterns.starting)),
        Operator("ENDS_WITH", "ends with any of {values}", _any("LIKE", patterns.ending)),
    )

    values: Words

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value, self.values

    def words(self, property: Property) -> dict[str, Any]:
        return {"values": ", ".join(f'"{text}"' for text in self.values)}
