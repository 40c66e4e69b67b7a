"""Add to a list."""

from collections.abc import Iterator

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.targets import target_problems
from penstock.filters.fields import Id
from penstock.filters.mentions import Mention
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field


class AddToList(
    Action,
    type_id="0-63809083",
    label="Add to list",
    summary="Add to the list {list_id}",
    icon="list-plus",
    category="CRM",
):
    """Put every enrolled record into a list that is filled by hand. Members stay members."""

    list_id: Id = field("List", widget="list", alias="listId", kinds=["MANUAL", "SNAPSHOT"])
    target_object: str | None = field("Record", widget="record", default=None, alias="targetObject")

    async def run(self, batch: Batch) -> Departures:
        refused = await batch.move_in_list(self.list_id, joining=True)
        return Departures.sorted_by(batch.members, refused)

    def problems(self, place: Place) -> list[Problem]:
        return target_problems(self.target_object, place, "targetObject")

    def mentions(self, where: str) -> Iterator[Mention]:
        yield Mention("list", self.list_id, f"{where}.listId")
