"""The operators of the search, one row each, and how values of every type are compared."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Numeric, Text, and_, func, not_
from sqlalchemy.types import TypeEngine

from penstock.filters import patterns
from penstock.filters.operators import negation
from penstock.filters.sql import Instant
from penstock.filters.subject import Value, folded
from penstock.records.model import Property
from penstock.records.values import TYPES, Json, parse, text_of

Test = Callable[[Value, list[Json]], ColumnElement[bool]]


@dataclass(frozen=True)
class SearchOperator:
    """One way to search: all that is known of it is in its row.

    `takes` says which keys of a filter hold what is looked for; `sql` takes the property's value
    and the list of that, and is null where there is no value. What is `typed` is written as the
    property's values are; what is `ordered` cannot be asked of several options; what `identifies`
    finds the one record that has a unique value.
    """

    name: str
    sql: Test
    takes: Literal["value", "range", "values", "nothing"] = "value"
    typed: bool = True
    ordered: bool = False
    identifies: bool = False


def looked_for(property: Property, raw: Any, *, typed: bool) -> Json:
    """What is looked for, in the form that it is compared in. Raises BadValue."""
    if not typed or TYPES[property.type].storage == "text":
        return text_of(raw)
    found = parse(property, raw)
    return found if TYPES[property.type].storage == "numeric" else text_of(found)


@dataclass(frozen=True)
class _Form:
    """How values of a type are compared."""

    left: ColumnElement[Any]
    type: TypeEngine[Any]
    convert: Callable[[Json], Any] = lambda wanted: wanted
    fold: bool = False


def _form(value: Value, wanted: Sequence[Json] = ()) -> _Form:
    storage = TYPES[value.property.type].storage
    if value.property.column == "id" and all(map(_could_be_an_id, wanted)):
        return _Form(value.row.c.id, BigInteger())
    if storage == "numeric":
        return _Form(value.number, Numeric())
    if value.column is not None:
        return _Form(value.column, Instant, datetime.fromisoformat)
    if storage == "text" and value.property.type != "enumeration":
        return _Form(value.folded, Text(), fold=True)
    return _Form(value.exact, Text())


def _could_be_an_id(wanted: Json) -> bool:
    return isinstance(wanted, int) and wanted.bit_length() < 64


def sortable(value: Value) -> ColumnElement[Any]:
    """The value in a form that sorts."""
    return _form(value).left


def _compare(comparison: Callable[..., ColumnElement[bool]]) -> Test:
    def test(value: Value, wanted: list[Json]) -> ColumnElement[bool]:
        form = _form(value, wanted)
        bound = [value.parameters.bound(form.convert(each), form.type) for each in wanted]
        return comparison(form.left, *(folded(each) if form.fold else each for each in bound))

    return test


def _equal(value: Value, wanted: list[Json]) -> ColumnElement[bool]:
    if value.property.multiple:
        return value.options.bool_op("?&")(value.words(wanted[0].split(";")))
    return _compare(operator.eq)(value, wanted)


def _in(value: Value, wanted: list[Json]) -> ColumnElement[bool]:
    if value.property.multiple:
        return value.options.bool_op("?|")(value.words(wanted))
    form = _form(value, wanted)
    if form.fold:
        return form.left.in_(value.folded_words(wanted))
    several = [form.convert(each) for each in wanted]
    return form.left == func.any(value.parameters.bound(several, ARRAY(form.type)))


def _between(
    left: ColumnElement[Any], low: ColumnElement[Any], high: ColumnElement[Any]
) -> ColumnElement[bool]:
    return and_(left >= low, left <= high)


def _contains_token(value: Value, wanted: list[Json]) -> ColumnElement[bool]:
    tokens = [patterns.token(word) for word in wanted[0].split()]
    bound = [value.parameters.bound(token, Text()) for token in tokens]
    return and_(*(value.folded.regexp_match(folded(token)) for token in bound))


def _table(*rows: SearchOperator) -> Mapping[str, SearchOperator]:
    return {row.name: row for row in rows}


OPERATORS: Final = _table(
    SearchOperator("EQ", _equal, identifies=True),
    SearchOperator("NEQ", negation(_equal)),
    SearchOperator("LT", _compare(operator.lt), ordered=True),
    SearchOperator("LTE", _compare(operator.le), ordered=True),
    SearchOperator("GT", _compare(operator.gt), ordered=True),
    SearchOperator("GTE", _compare(operator.ge), ordered=True),
    SearchOperator("BETWEEN", _compare(_between), takes="range", ordered=True),
    SearchOperator("IN", _in, takes="values", identifies=True),
    SearchOperator("NOT_IN", negation(_in), takes="values"),
    SearchOperator("HAS_PROPERTY", lambda value, _: not_(value.missing), takes="nothing"),
    SearchOperator("NOT_HAS_PROPERTY", lambda value, _: value.missing, takes="nothing"),
    SearchOperator("CONTAINS_TOKEN", _contains_token, typed=False),
    SearchOperator("NOT_CONTAINS_TOKEN", negation(_contains_token), typed=False),
)
