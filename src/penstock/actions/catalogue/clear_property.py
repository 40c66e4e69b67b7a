"""Clear property."""

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.inputs import StaticValue
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field


class ClearProperty(
    Action,
    type_id="penstock-clear-property",
    label="Clear property",
    summary="Clear {property_name}",
    icon="eraser",
    category="CRM",
):
    """Empty a property of every enrolled record."""

    property_name: str = field("Property", widget="property")

    async def run(self, batch: Batch) -> Departures:
        refused = await batch.write(self.property_name, StaticValue())
        return Departures.sorted_by(batch.members, refused)

    def problems(self, place: Place) -> list[Problem]:
        return place.writing_problems(self.property_name, "property_name")
