"""Create record."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.inputs import Input, StaticValue
from penstock.actions.linking import Link, edges, link_problems
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.schema import TypeSchema
from penstock.records.values import BadValue


class Setting(BaseModel):
    """One property of the new record, and where its value comes from."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, frozen=True)

    target_property: str = Field(alias="targetProperty")
    value: Input


class CreateRecord(
    Action,
    type_id="0-14",
    label="Create record",
    summary="Create a record of {object_type_id}",
    icon="plus",
    category="CRM",
):
    """Create a record for every enrolled one, associated with it or with others around it. Records
    that this workflow has created itself are skipped. The output hs_object_id is the new record's
    id.
    """

    object_type_id: str = field("Type", widget="object_type")
    properties: tuple[Setting, ...] = field("Properties", widget="properties", default=())
    associations: tuple[Link, ...] = field("Associations", widget="associations", default=())
    use_explicit_associations: bool = field(
        "Only these associations, not the enrolled record too", widget="boolean", default=False
    )

    @property
    def made(self) -> str | None:
        return self.object_type_id

    async def run(self, batch: Batch) -> Departures:
        own = await batch.created_here()
        guarded = [member for member in batch.members if member.record_id in own]
        going = [member for member in batch.members if member.record_id not in own]
        made = batch.schema.types.get(self.object_type_id)
        if made is None:
            gone = Text('there is no object type "{name}"', name=self.object_type_id)
            departures = Departures.sorted_by(going, {member.record_id: gone for member in going})
        elif going:
            wanted: dict[int, dict[str, Any]] = {member.record_id: {} for member in going}
            values = await self._values(batch, made, wanted)
            ends = await edges(
                self.associations, batch, made, explicit=self.use_explicit_associations
            )
            linked = {id: ends[id] for id in wanted}
            departures = (await batch.create(made.id, values, linked)).depart(going)
        else:
            departures = Departures()
        for member in guarded:
            departures.skip(
                Text(
                    "The enrolled {type} was created by this workflow, so this action was skipped"
                    " to prevent an infinite loop",
                    type=batch.type.label.lower(),
                ),
                member,
            )
        return departures

    async def _values(
        self, batch: Batch, made: TypeSchema, wanted: dict[int, dict[str, Any]]
    ) -> dict[int, dict[str, Any]]:
        for setting in self.properties:
            name = setting.target_property
            column = await batch.resolve(setting.value, made.properties.get(name))
            for id, values in wanted.items():
                values[name] = column.get(id)
        return wanted

    def problems(self, place: Place) -> list[Problem]:
        made = place.schema.types.get(self.object_type_id)
        if made is None:
            text = Text('there is no object type "{name}"', name=self.object_type_id)
            return [Problem(text, f"{place.where}.object_type_id", "OBJECT_TYPE_UNKNOWN")]
        problems = list(link_problems(self.associations, place, made.id))
        given = {setting.target_property for setting in self.properties}
        for name in made.required:
            if name not in given:
                text = Text('"{name}" is required and was not given', name=name)
                where = f"{place.where}.properties"
                problems.append(Problem(text, where, "REQUIRED_PROPERTY_MISSING"))
        for index, setting in enumerate(self.properties):
            problems += _setting_problems(setting, made, f"{place.where}.properties[{index}]")
        return problems


def _setting_problems(setting: Setting, made: TypeSchema, where: str) -> list[Problem]:
    name = setting.target_property
    prop = made.properties.get(name)
    if prop is None:
        text = Text('there is no property "{name}" of {type}', name=name, type=made.plural_label)
        return [Problem(text, f"{where}.targetProperty", "PROPERTY_DOESNT_EXIST")]
    if prop.read_only or prop.column:
        text = Text('"{name}" is a read-only property', name=name)
        return [Problem(text, f"{where}.targetProperty", "READ_ONLY_VALUE")]
    value = setting.value
    if isinstance(value, StaticValue) and value.shared and value.static_value not in (None, ""):
        try:
            made.parsers[name](value.static_value, prop)
        except BadValue as bad:
            return [Problem(bad.text, f"{where}.value", bad.code)]
    return []
