"""A regular expression."""

from typing import Annotated, Any

from pydantic import AfterValidator
from sqlalchemy import ColumnElement
from sqlalchemy import Text as SqlText

from penstock.filters.fields import Word
from penstock.filters.operations.string import String
from penstock.filters.operators import Operation, Operator, negation, table
from penstock.filters.regular import translated
from penstock.filters.subject import Value, folded
from penstock.records.model import Property


def _usable(pattern: str) -> str:
    translated(pattern)
    return pattern


def _matches(value: Value, pattern: str) -> ColumnElement[bool]:
    bound = value.parameters.bound(translated(pattern), SqlText())
    return value.folded.regexp_match(folded(bound))


class Regex(Operation):
    """Whether a regular expression is found in the value, without regard to case."""

    type_id = "REGEX"
    aliases = ("regex",)
    label = "Regular expression"
    types = String.types
    operators = table(
        Operator("MATCHES_REGEX", 'matches the expression "{value}"', _matches),
        Operator(
            "DOES_NOT_MATCH_REGEX",
            'does not match the expression "{value}"',
            negation(_matches),
            negative=True,
        ),
    )

    value: Annotated[Word, AfterValidator(_usable)]

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value, self.value

    def words(self, property: Property) -> dict[str, Any]:
        return {"value": self.value}
