"""Options, one or several."""

from typing import Any

from psycopg.types.json import Jsonb
from pydantic import Field
from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects.postgresql import JSONB

from penstock.filters.fields import Words
from penstock.filters.operators import Operation, Operator, ever, negation, table
from penstock.filters.subject import Value
from penstock.records.model import Property


def _any_of(value: Value, chosen: list[str]) -> ColumnElement[bool]:
    if value.property.multiple:
        return value.options.bool_op("?|")(value.words(chosen))
    return value.exact == func.any(value.words(chosen))


def _all_of(value: Value, chosen: list[str]) -> ColumnElement[bool]:
    if value.property.multiple:
        return value.options.bool_op("?&")(value.words(chosen))
    return value.exact == func.all(value.words(chosen))


def _exactly(value: Value, chosen: list[str]) -> ColumnElement[bool]:
    if value.property.multiple:
        allowed = value.parameters.bound(Jsonb(chosen), JSONB())
        return _all_of(value, chosen) & value.options.bool_op("<@")(allowed)
    return _all_of(value, chosen)


class Enumeration(Operation):
    """Which options are chosen.

    An option that the property no longer has can be asked for: records may still hold it.
    """

    type_id = "ENUMERATION"
    aliases = ("enumeration",)
    label = "Options"
    types = frozenset({"enumeration", "bool", "string"})
    several = True
    operators = table(
        Operator("IS_ANY_OF", "is any of {values}", _any_of),
        Operator("IS_NONE_OF", "is none of {values}", negation(_any_of), negative=True),
        Operator("IS_EXACTLY", "is exactly {values}", _exactly),
        Operator("IS_NOT_EXACTLY", "is not exactly {values}", negation(_exactly), negative=True),
        Operator("CONTAINS_ALL", "contains all of {values}", _all_of),
        Operator(
            "DOES_NOT_CONTAIN_ALL",
            "does not contain all of {values}",
            negation(_all_of),
            negative=True,
        ),
        Operator("HAS_EVER_BEEN_ANY_OF", "has ever been any of {values}", ever(_any_of), past=True),
        Operator(
            "HAS_NEVER_BEEN_ANY_OF",
            "has never been any of {values}",
            negation(ever(_any_of)),
            negative=True,
            past=True,
        ),
        Operator(
            "HAS_EVER_BEEN_EXACTLY", "has ever been exactly {values}", ever(_exactly), past=True
        ),
        Operator(
            "HAS_NEVER_BEEN_EXACTLY",
            "has never been exactly {values}",
            negation(ever(_exactly)),
            negative=True,
            past=True,
        ),
        Operator(
            "HAS_EVER_CONTAINED_ALL", "has ever contained all of {values}", ever(_all_of), past=True
        ),
        Operator(
            "HAS_NEVER_CONTAINED_ALL",
            "has never contained all of {values}",
            negation(ever(_all_of)),
            negative=True,
            past=True,
        ),
    )

    values: Words = Field(json_schema_extra={"widget": "options"})

    def operands(self, value: Value) -> tuple[Any, ...]:
        return value, self.values

    def words(self, property: Property) -> dict[str, Any]:
        labels = {option.value: option.label for option in property.options}
        return {"values": ", ".join(labels.get(value, value) for value in self.values)}
