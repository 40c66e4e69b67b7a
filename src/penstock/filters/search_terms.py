"""The operators of the search: one row each, and how values of every kind are compared."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ARRAY, ColumnElement, Numeric, and_, func, not_
from sqlalchemy import Text as SqlText
from sqlalchemy.types import TypeEngine

from penstock.filters import patterns
from penstock.filters.operators import negation
from penstock.filters.sql import Instant
from penstock.filters.subject import Value, folded
from penstock.records.model import Property
from penstock.records.values import TYPES, Json, parse, text_of

Operands = Literal["value", "range", "values", "none"]


@dataclass(frozen=True)
class SearchOperator:
    """One way to search: `takes` says which keys of the filter hold what is looked for.

    `sql` takes the property's value and the list of what is looked for. `ordered` operators cannot
    be asked where several options can be chosen.
    """

    name: str
    sql: Callable[[Value, Sequence[Json]], ColumnElement[bool]]
    takes: Operands = "value"
    ordered: bool = False


def wanted(property: Property, raw: Any) -> Json:
    """What is looked for, in the form it is compared in. Raises BadValue."""
    if TYPES[property.type].storage == "text":
        return text_of(raw)
    found = parse(property, raw)
    return text_of(raw) if found is None else found


def _compared(value: Value, looked_for: Json) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    left, type = _form(value)
    if value.column is not None and type is Instant:
        looked_for = datetime.fromisoformat(looked_for)
    right = value.parameters.bound(_text(looked_for, type), type)
    return left, folded(right) if left is value.folded else right


def _form(value: Value) -> tuple[ColumnElement[Any], TypeEngine[Any]]:
    storage = TYPES[value.property.type].storage
    if storage == "numeric":
        return value.number, Numeric()
    if storage == "instant":
        return value.when, SqlText() if value.column is None else Instant
    if storage != "text" or value.property.type == "enumeration":
        return value.exact, SqlText()
    return value.folded, SqlText()
