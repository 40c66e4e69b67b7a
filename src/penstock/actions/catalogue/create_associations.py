"""Create associations."""

from typing import Literal

from penstock.actions.base import ONWARD, Action, Batch, Departures, Place
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.schema import Edge, Schema, TypeSchema


class CreateAssociations(
    Action,
    type_id="0-63189541",
    label="Create associations",
    summary="Associate with records that have the same value",
    icon="link",
    category="CRM",
):
    """Associate every enrolled record with the records of a type, a hundred at most, that have the
    same value in a property.
    """

    to_object_type: str = field("With records of", widget="object_type", alias="toObjectType")
    enrolled_property: str = field(
        "Where the property of the enrolled record",
        widget="property",
        alias="enrolledObjectPropertyNameToMatch",
    )
    associated_property: str = field(
        "Has the value of their property",
        widget="property",
        of="to_object_type",
        alias="associatedObjectPropertyNameToMatch",
    )
    match_by: Literal["same_property_value"] = field(
        "Matched by",
        widget="select",
        default="same_property_value",
        alias="matchBy",
        options=["same_property_value"],
    )
    association_type_id: int | None = field(
        "Label", widget="association_type", default=None, alias="associationTypeId"
    )
    from_object_type: str | None = field(
        "From records of", widget="object_type", default=None, alias="fromObjectType"
    )

    @property
    def names(self) -> tuple[str, str]:
        """The two properties, without the types before them."""
        return self.enrolled_property.split("/")[-1], self.associated_property.split("/")[-1]

    def edge(self, schema: Schema, type: TypeSchema) -> Edge | None:
        """The association type that is to be: the chosen one, or the plain one."""
        if self.association_type_id is not None:
            edge = schema.edges.get(self.association_type_id)
            leads = edge is not None and (edge.from_type, edge.to_type) == (
                type.id,
                self.to_object_type,
            )
            return edge if leads else None
        return schema.plain_edge(type.id, self.to_object_type)

    async def run(self, batch: Batch) -> Departures:
        departures = Departures()
        edge = self.edge(batch.schema, batch.type)
        if edge is None:
            gone = Text("the association type is gone")
            return Departures.sorted_by(
                batch.members, {member.record_id: gone for member in batch.members}
            )
        own, theirs = self.names
        values = {id: of_record[own] for id, of_record in (await batch.values([own])).items()}
        found = await batch.with_values(self.to_object_type, theirs, values)
        await batch.link([(id, edge.id, other) for id, ends in found.items() for other in ends])
        for member in batch.members:
            if found.get(member.record_id):
                departures.leave(ONWARD, [member])
            else:
                departures.skip(Text("no record has the same value"), member)
        return departures

    def problems(self, place: Place) -> list[Problem]:
        other = place.schema.types.get(self.to_object_type)
        if other is None:
            text = Text('there is no object type "{name}"', name=self.to_object_type)
            return [Problem(text, f"{place.where}.toObjectType", "OBJECT_TYPE_UNKNOWN")]
        own, theirs = self.names
        problems = place.property_problem(own, "enrolledObjectPropertyNameToMatch")
        if theirs not in other.properties:
            text = Text(
                'there is no property "{name}" of {type}', name=theirs, type=other.plural_label
            )
            where = f"{place.where}.associatedObjectPropertyNameToMatch"
            problems.append(Problem(text, where, "PROPERTY_DOESNT_EXIST"))
        if self.edge(place.schema, place.type) is None:
            text = Text(
                "{first} and {second} have no association type",
                first=place.type.plural,
                second=other.plural,
            )
            problems.append(
                Problem(text, f"{place.where}.toObjectType", "ASSOCIATION_TYPE_UNKNOWN")
            )
        return problems
