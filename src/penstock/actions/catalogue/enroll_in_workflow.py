"""Enroll in another workflow."""

from collections.abc import Iterator

from penstock.actions.associated import Association
from penstock.actions.base import Action, Batch, Departures, Place
from penstock.filters.fields import Id
from penstock.filters.mentions import Mention
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field


class EnrollInWorkflow(
    Action,
    type_id="0-15",
    label="Enroll in another workflow",
    summary="Enroll in workflow {flow_id}",
    icon="git-merge",
    category="Workflow",
):
    """Enroll records, or those associated with them, in another workflow without its triggers."""

    flow_id: Id = field("Workflow", widget="workflow")
    association: Association | None = field(
        "Associated records", widget="association", default=None
    )

    async def run(self, batch: Batch) -> Departures:
        edge = None if self.association is None else self.association.association_type_id
        refused = await batch.enroll(self.flow_id, edge)
        return Departures.sorted_by(batch.members, refused)

    def problems(self, place: Place) -> list[Problem]:
        return [] if self.association is None else self.association.problems(place)

    def mentions(self, where: str) -> Iterator[Mention]:
        yield Mention("workflow", self.flow_id, f"{where}.flow_id")
