"""Copy property."""

from collections.abc import Mapping
from dataclasses import replace

from penstock.actions.associated import Association
from penstock.actions.base import ONWARD, Action, Batch, Departures, Place
from penstock.actions.compatible import incompatible
from penstock.actions.inputs import ObjectProperty
from penstock.actions.targets import target_problems
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.schema import TypeSchema


class CopyProperty(
    Action,
    type_id="0-25",
    label="Copy property",
    summary="Copy {source_property} to {target_property}",
    icon="copy",
    category="CRM",
):
    """Copy the value of a property into another one: of the same record, from an associated record,
    or to all associated ones. Of several to copy from, the oldest association counts. No value is
    copied too.
    """

    source_property: str = field("From the property", widget="property")
    target_property: str = field("To the property", widget="property")
    source_association: Association | None = field(
        "From an associated record", widget="association", default=None
    )
    target_association: Association | None = field(
        "To associated records", widget="association", default=None
    )
    target_object: str | None = field("Record", widget="record", default=None)

    async def run(self, batch: Batch) -> Departures:
        source, target = self.source_association, self.target_association
        if source is None and target is None:
            value = ObjectProperty(type="OBJECT_PROPERTY", property_name=self.source_property)
            refused = await batch.write(self.target_property, value)
            return Departures.sorted_by(batch.members, refused)
        if target is not None:
            values = await batch.values([self.source_property])
            refused = await batch.write_associated(
                target.association_type_id,
                {id: self._patch(of_record) for id, of_record in values.items()},
                latest=target.latest,
            )
            return Departures.held_but(batch.members, refused)
        assert source is not None
        found = await batch.values_of(
            source.association_type_id, [self.source_property], latest=source.latest
        )
        return await self._take(batch, found)

    async def _take(
        self, batch: Batch, found: Mapping[int, Mapping[str, str | None]]
    ) -> Departures:
        """Write what associated records hold; who has none is skipped."""
        refused = await batch.write_each(
            {id: self._patch(of_record) for id, of_record in found.items()}
        )
        departures = Departures()
        for member in batch.members:
            if member.record_id not in found:
                departures.skip(Text("there is no associated record to copy from"), member)
            elif member.record_id in refused:
                departures.fail(refused[member.record_id], member)
            else:
                departures.leave(ONWARD, [member])
        return departures

    def _patch(self, values: Mapping[str, str | None]) -> dict[str, str | None]:
        return {self.target_property: values.get(self.source_property)}

    def problems(self, place: Place) -> list[Problem]:
        problems = target_problems(self.target_object, place, "target_object")
        if self.source_association is not None and self.target_association is not None:
            text = Text("copy from associated records, or to them, not both")
            problems.append(Problem(text, f"{place.where}.target_association", "CONTRADICTION"))
        for association in (self.source_association, self.target_association):
            problems += [] if association is None else association.problems(place)
        if problems:
            return problems
        source = self._there(place, self.source_association)
        target = self._there(place, self.target_association)
        problems = replace(place, type=source).property_problem(
            self.source_property, "source_property"
        )
        problems += replace(place, type=target).writing_problems(
            self.target_property, "target_property"
        )
        if not problems:
            text_or_none = incompatible(
                source.properties[self.source_property], target.properties[self.target_property]
            )
            if text_or_none is not None:
                where = f"{place.where}.target_property"
                problems.append(Problem(text_or_none, where, "INCOMPATIBLE_TYPES"))
        return problems

    def _there(self, place: Place, association: Association | None) -> TypeSchema:
        if association is None:
            return place.type
        return place.schema.types[place.schema.edges[association.association_type_id].to_type]
