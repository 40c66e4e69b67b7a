"""Changed before or after another property was."""

import operator
from typing import Annotated, Any

from pydantic import BeforeValidator
from sqlalchemy import ColumnElement

from penstock.filters.comparing import Comparative
from penstock.filters.fields import at_instant
from penstock.filters.operators import Operator, table
from penstock.filters.past import updated
from penstock.filters.sql import Instant
from penstock.filters.subject import Value


class ComparativePropertyUpdated(Comparative):
    """Whether the property was last changed before another one, or after it."""

    type_id = "COMPARATIVE_PROPERTY_UPDATED"
    aliases = ("property-updated-comparative",)
    label = "Changed, compared with another property"
    several = True
    operators = table(
        Operator("IS_BEFORE", "was last changed before {other}", operator.lt, past=True),
        Operator("IS_AFTER", "was last changed after {other}", operator.gt, past=True),
    )

    default_comparison_value: Annotated[str | None, BeforeValidator(at_instant)] = None

    def subject(self, value: Value) -> Value:
        return updated(value)

    def other(self, value: Value) -> Value:
        return updated(super().other(value))

    def form(self, value: Value) -> ColumnElement[Any]:
        return value.instant

    def default(self, value: Value) -> ColumnElement[Any] | None:
        given = self.default_comparison_value
        return None if given is None else value.parameters.bound(given, Instant)
