"""Comparisons of a property's value with that of another property of the same record."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func

from penstock.filters.judgement import Judgement, Shown
from penstock.filters.operators import Operation
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import Property


class Comparative(Operation):
    """What is asked of two values. Where the other one is empty, the default stands in for it.

    Without a default nothing is so of an empty other value, whatever is said of records without a
    value: that is about the first one.
    """

    comparison_property_name: str

    def others(self) -> Iterator[tuple[str, str]]:
        yield self.comparison_property_name, f"{self.where}.comparisonPropertyName"

    def default(self, value: Value) -> ColumnElement[Any] | None:
        """What stands in for the other value, in the form of `form`."""
        return None

    def form(self, value: Value) -> ColumnElement[Any]:
        """The form in which the values are compared."""
        raise NotImplementedError(type(self).__name__)

    def other(self, value: Value) -> Value:
        """What the value is compared with."""
        return value.scope.value(self.comparison_property_name)

    def judge(self, value: Value) -> Judgement:
        other, default = self.other(value), self.default(value)
        form = self.form(other)
        wanted = form if default is None else func.coalesce(form, default)
        kept = other.options if other.column is None else other.column
        name = self.comparison_property_name
        about = value.scope.shown(name) if other.property.name == name else other.property
        shown = Shown("compared", kept, about)
        return self.decided(self.row.sql(self.form(value), wanted), value).showing(shown)

    def problems(self, property: Property, scope: Scope) -> Iterator[Problem]:
        yield from super().problems(property, scope)
        other = scope.properties.get(self.comparison_property_name)
        if other is not None and not self.fits(other):
            text = Text(
                '"{name}" cannot be compared with "{other}"', name=property.name, other=other.name
            )
            where = f"{self.where}.comparisonPropertyName"
            yield Problem(text, where, "OPERATION_DOES_NOT_FIT")

    def condition(self, property: Property, scope: Scope) -> Text:
        if self.operator not in self.operators:
            return super().condition(property, scope)
        other = _label(scope.shown(self.comparison_property_name))
        return Text(self.row.label, other=other)


def _label(property: Property) -> Text:
    return Text(property.label)
