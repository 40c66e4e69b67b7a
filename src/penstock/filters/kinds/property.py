"""Filters that ask something of a property's value."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import SerializeAsAny
from sqlalchemy import ColumnElement

from penstock.filters.dependencies import Dependency
from penstock.filters.judgement import Judgement, Shown
from penstock.filters.nodes import NOT_KNOWN, OPERATIONS, Filter, Node
from penstock.filters.operators import Operation
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class PropertyFilter(Filter):
    """What the value of a property has to be."""

    type_id = "PROPERTY"
    of_events = True
    label = "Property"

    property: str
    operation: Annotated[SerializeAsAny[Node], OPERATIONS]

    def problems(self, scope: Scope) -> Iterator[Problem]:
        if self.property not in scope.properties:
            text = Text('Property "{name}" does not exist', name=self.property)
            yield Problem(text, f"{self.where}.property", "PROPERTY_DOESNT_EXIST")
        elif isinstance(self.operation, Operation):
            yield from self.operation.problems(scope.properties[self.property], scope)

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield from scope.depends_on(self.property)
        if isinstance(self.operation, Operation):
            for name, _ in self.operation.others():
                yield from scope.depends_on(name)

    def recurs(self, scope: Scope) -> Iterator[Dependency]:
        # HubSpot: "is known" fires for every new value (semantics §2.7).
        if getattr(self.operation, "operator", None) == "IS_KNOWN":
            yield from self.depends(scope)

    def judge(self, scope: Scope) -> Judgement:
        assert isinstance(self.operation, Operation)
        own = scope.value(self.property)
        value = self.operation.subject(own)
        shown = [Shown("value", _kept(own), scope.shown(self.property))]
        if value.property is not own.property:
            shown.append(Shown("changed", _kept(value), value.property))
        return replace(self.operation.judge(value).showing(*shown), where=self.where)

    def sentence(self, scope: Scope) -> Text:
        property = scope.shown(self.property)
        if not isinstance(self.operation, Operation):
            label = Text(property.label)
            return Text("{property}: {what}", property=label, what=Text(NOT_KNOWN))
        operation = self.operation
        pattern = "{property} {condition}"
        if operation.include_objects_with_no_value_set and not operation.of_emptiness:
            pattern = "({property} {condition} or is empty)"
        condition = operation.condition(property, scope)
        return Text(pattern, property=Text(property.label), condition=condition)


def _kept(value: Value) -> ColumnElement[Any]:
    return value.options if value.column is None else value.column
