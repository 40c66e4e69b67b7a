"""Increase or decrease a number property."""

from decimal import Decimal
from typing import Literal

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.inputs import Increment
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class IncreaseProperty(
    Action,
    type_id="0-261589386",
    label="Increase or decrease property",
    summary="Increase {property_name} by {amount}",
    icon="plus-minus",
    category="CRM",
):
    """Add a number to a number property of every enrolled record, or take it away. No value counts
    as nothing.
    """

    property_name: str = field("Property", widget="property", types=["number"])
    amount: Decimal = field("By", widget="number", ge=0)
    operation: Literal["INCREASE", "DECREASE"] = field(
        "Direction", widget="select", default="INCREASE", options=["INCREASE", "DECREASE"]
    )

    async def run(self, batch: Batch) -> Departures:
        amount = self.amount if self.operation == "INCREASE" else -self.amount
        added = Increment(type="INCREMENT", increment_amount=str(amount))
        refused = await batch.write(self.property_name, added)
        return Departures.sorted_by(batch.members, refused)

    def problems(self, place: Place) -> list[Problem]:
        problems = place.writing_problems(self.property_name, "property_name")
        prop = place.type.properties.get(self.property_name)
        if prop is not None and prop.type != "number":
            text = Text('"{name}" is no number', name=self.property_name)
            problems.append(Problem(text, f"{place.where}.property_name", "NO_NUMBER"))
        return problems

    def sentence(self) -> Text:
        pattern = "Increase {property_name} by {amount}"
        if self.operation == "DECREASE":
            pattern = "Decrease {property_name} by {amount}"
        return Text(pattern, property_name=self.property_name, amount=self.amount)
