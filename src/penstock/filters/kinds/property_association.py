"""Filters that ask whether the record whose id a property holds is in a list."""

from collections.abc import Iterator
from typing import Literal

from penstock.filters.associated import counts_by_property, holder_problems
from penstock.filters.dependencies import Dependency
from penstock.filters.fields import Id
from penstock.filters.judgement import Judgement
from penstock.filters.memberships import MEMBERSHIPS, is_member
from penstock.filters.mentions import Mention
from penstock.filters.nodes import Filter
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class PropertyAssociationFilter(Filter):
    """Whether the record whose id a property holds is in a list; noticed within the hour."""

    type_id = "PROPERTY_ASSOCIATION"
    label = "List of the record that a property names"

    property_with_object_id: str
    to_object_type_id: str
    list_id: Id
    operator: Literal["IN_LIST", "NOT_IN_LIST"] = "IN_LIST"

    def problems(self, scope: Scope) -> Iterator[Problem]:
        name, type = self.property_with_object_id, self.to_object_type_id
        yield from holder_problems(scope, name, type, self.where, "toObjectTypeId")

    def mentions(self) -> Iterator[Mention]:
        yield Mention("list", self.list_id, f"{self.where}.listId")

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield from scope.depends_on(self.property_with_object_id)

    def judge(self, scope: Scope) -> Judgement:
        type, lists, id = scope.schema.types[self.to_object_type_id], MEMBERSHIPS[""], self.list_id
        found = counts_by_property(
            scope, self.property_with_object_id, type, lambda far: is_member(far, lists, id)
        )
        return found.decided(self.operator, self.where)

    def sentence(self, scope: Scope) -> Text:
        property = scope.shown(self.property_with_object_id)
        pattern = "{property} names a record in the list {name}"
        if self.operator == "NOT_IN_LIST":
            pattern = "{property} names no record in the list {name}"
        name = scope.names.get(("list", self.list_id))
        said = Text("{id}", id=self.list_id) if name is None else Text('"{name}"', name=name)
        return Text(pattern, property=Text(property.label), name=said)
