"""Unenroll from workflows."""

from collections.abc import Iterator
from typing import Literal

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.filters.fields import Id
from penstock.filters.mentions import Mention
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class Unenroll(
    Action,
    type_id="penstock-unenroll",
    label="Unenroll from workflows",
    summary="Unenroll from workflows",
    icon="logout",
    category="Workflow",
):
    """End the passage of every record through this workflow, through chosen ones, or through all
    others.
    """

    which: Literal["THIS", "SELECTED", "OTHERS"] = field(
        "From", widget="select", default="THIS", options=["THIS", "SELECTED", "OTHERS"]
    )
    flow_ids: tuple[Id, ...] = field("Workflows", widget="workflows", default=())

    async def run(self, batch: Batch) -> Departures:
        if self.which == "THIS":
            return Departures().end("unenrolled", "own_step", batch.members)
        await batch.unenroll(None if self.which == "OTHERS" else self.flow_ids)
        return batch.depart()

    def problems(self, place: Place) -> list[Problem]:
        if self.which == "SELECTED" and not self.flow_ids:
            text = Text("choose the workflows")
            return [Problem(text, f"{place.where}.flow_ids", "REQUIRED")]
        if self.which == "THIS" and not place.last:
            text = Text("nothing can follow once the record has left this workflow")
            return [Problem(text, place.where, "NOT_LAST")]
        return []

    def mentions(self, where: str) -> Iterator[Mention]:
        if self.which == "SELECTED":
            for index, id in enumerate(self.flow_ids):
                yield Mention("workflow", id, f"{where}.flow_ids[{index}]")

    def sentence(self) -> Text:
        if self.which == "THIS":
            return Text("Unenroll from this workflow")
        if self.which == "OTHERS":
            return Text("Unenroll from all other workflows")
        ids = ", ".join(map(str, self.flow_ids))
        return Text("Unenroll from the workflows {ids}", ids=ids)
