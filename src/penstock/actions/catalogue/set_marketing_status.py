"""Set marketing contact status."""

from typing import Final, Literal

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.inputs import StaticValue
from penstock.actions.targets import target_problems
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text

_STATUS: Final = "hs_marketable_status"


class SetMarketingStatus(
    Action,
    type_id="0-31",
    label="Set marketing contact status",
    summary="Set the marketing contact status",
    icon="speakerphone",
    category="Communication",
):
    """Say whether every enrolled contact is one that marketing may write to."""

    of_types = ("0-1",)

    marketable_type: Literal["MARKETABLE", "NON_MARKETABLE"] = field(
        "Status",
        widget="select",
        default="MARKETABLE",
        alias="marketableType",
        options=["MARKETABLE", "NON_MARKETABLE"],
    )
    target_contact: str | None = field(
        "Contact", widget="record", default=None, alias="targetContact"
    )

    async def run(self, batch: Batch) -> Departures:
        value = StaticValue(static_value=str(self.marketable_type == "MARKETABLE").lower())
        refused = await batch.write(_STATUS, value)
        return Departures.sorted_by(batch.members, refused)

    def problems(self, place: Place) -> list[Problem]:
        problems = target_problems(self.target_contact, place, "targetContact")
        return problems + place.writing_problems(_STATUS, "marketableType")

    def sentence(self) -> Text:
        if self.marketable_type == "MARKETABLE":
            return Text("Make it a marketing contact")
        return Text("Make it a non-marketing contact")
