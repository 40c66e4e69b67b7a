"""Before or after the date that another property has."""

import operator
from typing import Annotated, Any

from pydantic import BeforeValidator
from sqlalchemy import ColumnElement

from penstock.filters.comparing import Comparative
from penstock.filters.fields import at_instant
from penstock.filters.operators import Operator, table
from penstock.filters.sql import Instant
from penstock.filters.subject import Value


class ComparativeDate(Comparative):
    """How the value compares with the date of another property. A day begins in UTC."""

    type_id = "COMPARATIVE_DATE"
    aliases = ("datetime-comparative",)
    label = "Compared with another date"
    types = frozenset({"date", "datetime"})
    operators = table(
        Operator("IS_BEFORE", "is before {other}", operator.lt),
        Operator("IS_AFTER", "is after {other}", operator.gt),
    )

    default_comparison_value: Annotated[str | None, BeforeValidator(at_instant)] = None

    def form(self, value: Value) -> ColumnElement[Any]:
        return value.instant

    def default(self, value: Value) -> ColumnElement[Any] | None:
        given = self.default_comparison_value
        return None if given is None else value.parameters.bound(given, Instant)
