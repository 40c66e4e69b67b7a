"""The branch that asks something of the record whose id a property holds."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from penstock.filters.associated import counts_by_property, holder_problems
from penstock.filters.branches.logic import And
from penstock.filters.dependencies import Dependency
from penstock.filters.judgement import Judgement
from penstock.filters.nodes import Part
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class PropertyAssociation(And):
    """Whether the record whose id a property holds has all that is asked here.

    What is written to that record is noticed within the hour.
    """

    type_id = "PROPERTY_ASSOCIATION"
    label = "Record that a property names"
    said_as = "AND"
    closed = True

    object_type_id: str
    property_with_object_id: str
    operator: Literal["IN_LIST", "NOT_IN_LIST"] = "IN_LIST"

    def problems(self, scope: Scope) -> Iterator[Problem]:
        name, type = self.property_with_object_id, self.object_type_id
        wrong = list(holder_problems(scope, name, type, self.where, "objectTypeId"))
        yield from wrong
        if not wrong:
            yield from super().problems(self.within(scope)[0])

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield from scope.depends_on(self.property_with_object_id)

    def within(self, scope: Scope) -> tuple[Scope, Sequence[Part]]:
        type = scope.schema.types.get(self.object_type_id)
        there = replace(scope, attributes={}) if type is None else replace(scope, type=type)
        return there, self.parts

    def recurs(self, scope: Scope) -> Iterator[Dependency]:
        """Nothing of others counts anew (semantics decision 5)."""
        yield from ()

    def judge(self, scope: Scope) -> Judgement:
        type = scope.schema.types[self.object_type_id]
        found = counts_by_property(scope, self.property_with_object_id, type, super().judge)
        return found.decided(self.operator, self.where)

    def sentence(self, scope: Scope) -> Text:
        property = scope.shown(self.property_with_object_id)
        pattern = "{property} names a record with ({inner})"
        if self.operator == "NOT_IN_LIST":
            pattern = "{property} names no record with ({inner})"
        inner = super().sentence(self.within(scope)[0])
        return Text(pattern, property=Text(property.label), inner=inner)
