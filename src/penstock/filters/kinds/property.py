"""Filters that ask something of a property's value."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import SerializeAsAny

from penstock.filters.judgement import Judgement
from penstock.filters.nodes import NOT_KNOWN, OPERATIONS, Dependency, Filter, Node
from penstock.filters.operators import Operation
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class PropertyFilter(Filter):
    """What the value of a property has to be."""

    type_id = "PROPERTY"

    property: str
    operation: Annotated[SerializeAsAny[Node], OPERATIONS]

    def problems(self, scope: Scope) -> Iterator[Problem]:
        if self.property not in scope.type.properties:
            text = Text('Property "{name}" does not exist', name=self.property)
            yield Problem(text, f"{self.where}.property", "PROPERTY_DOESNT_EXIST")
        elif isinstance(self.operation, Operation):
            yield from self.operation.problems(scope.type.properties[self.property])

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        if scope.type.properties[self.property].column == "updated_at":
            yield Dependency("any", scope.type.id)
        else:
            yield Dependency("property", f"{scope.type.id}/{self.property}")

    def judge(self, scope: Scope) -> Judgement:
        assert isinstance(self.operation, Operation)
        return replace(self.operation.judge(scope.value(self.property)), where=self.where)

    def sentence(self, scope: Scope) -> Text:
        property = scope.shown(self.property)
        if not isinstance(self.operation, Operation):
            label = Text(property.label)
            return Text("{property}: {what}", property=label, what=Text(NOT_KNOWN))
        operation = self.operation
        pattern = "{property} {condition}"
        if operation.include_objects_with_no_value_set and not operation.of_emptiness:
            pattern = "({property} {condition} or is empty)"
        condition = operation.condition(property)
        return Text(pattern, property=Text(property.label), condition=condition)
