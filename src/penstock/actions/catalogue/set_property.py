"""Set property."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from penstock.actions.associated import Association
from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.inputs import Input, StaticValue
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.schema import Schema, TypeSchema
from penstock.records.values import BadValue


class SetProperty(
    Action,
    type_id="0-5",
    label="Set property",
    summary="Set {property_name}",
    icon="pencil",
    category="CRM",
):
    """Write one value to a property of every enrolled record, or of those associated with it."""

    property_name: str = field("Property", widget="property")
    value: Input = field("New value", widget="value", of="property_name")
    association: Association | None = field(
        "Of associated records", widget="association", default=None
    )

    async def run(self, batch: Batch) -> Departures:
        if self.association is None:
            refused = await batch.write(self.property_name, self.value)
            return Departures.sorted_by(batch.members, refused)
        edge = self.association.association_type_id
        type = batch.schema.types[batch.schema.edges[edge].to_type]
        values = await batch.resolve(self.value, type.properties.get(self.property_name))
        refused = await batch.write_associated(
            edge,
            {id: {self.property_name: value} for id, value in values.items()},
            self.value.part,
            latest=self.association.latest,
        )
        return Departures.held_but(batch.members, refused)

    def problems(self, place: Place) -> list[Problem]:
        if self.association is not None:
            wrong = self.association.problems(place)
            if wrong:
                return wrong
            edge = place.schema.edges[self.association.association_type_id]
            place = replace(place, type=place.schema.types[edge.to_type])
        target = place.property_problem(self.property_name, "property_name")
        return target or self._value_problems(place)

    def writes(self, type: TypeSchema, schema: Schema) -> Iterator[tuple[str, Any]]:
        edge = self.association and schema.edges.get(self.association.association_type_id)
        value = self.value.static_value if isinstance(self.value, StaticValue) else None
        yield f"{edge.to_type if edge else type.id}/{self.property_name}", value

    def _value_problems(self, place: Place) -> list[Problem]:
        prop = place.type.properties[self.property_name]
        if prop.read_only or prop.column:
            text = Text('"{name}" is a read-only property', name=self.property_name)
            return [Problem(text, f"{place.where}.property_name", "READ_ONLY_VALUE")]
        value = self.value
        if isinstance(value, StaticValue) and value.shared and value.static_value not in (None, ""):
            try:
                place.type.parsers[self.property_name](value.static_value, prop)
            except BadValue as bad:
                return [Problem(bad.text, f"{place.where}.value", bad.code)]
        return []
