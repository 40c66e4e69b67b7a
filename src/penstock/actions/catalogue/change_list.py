"""Add to or remove from a list: the older form."""

from collections.abc import Iterator
from typing import Literal

from penstock.actions.base import Action, Batch, Departures
from penstock.filters.fields import Id
from penstock.filters.mentions import Mention
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class ChangeList(
    Action,
    type_id="0-13",
    label="Add to or remove from list",
    summary="Change the list {list_id}",
    icon="list",
    category="CRM",
):
    """Put every enrolled record into a list that is filled by hand, or take it out."""

    list_id: Id = field("List", widget="list", kinds=["MANUAL", "SNAPSHOT"])
    operation: Literal["ADD", "REMOVE"] = field(
        "What to do", widget="select", default="ADD", options=["ADD", "REMOVE"]
    )

    async def run(self, batch: Batch) -> Departures:
        refused = await batch.move_in_list(self.list_id, joining=self.operation == "ADD")
        return Departures.sorted_by(batch.members, refused)

    def mentions(self, where: str) -> Iterator[Mention]:
        yield Mention("list", self.list_id, f"{where}.list_id")

    def sentence(self) -> Text:
        if self.operation == "ADD":
            return Text("Add to the list {list_id}", list_id=self.list_id)
        return Text("Remove from the list {list_id}", list_id=self.list_id)
