"""Enroll in another workflow."""

from collections.abc import Iterator

from penstock.actions.base import Action, Batch, Departures
from penstock.filters.fields import Id
from penstock.filters.mentions import Mention
from penstock.kernel.forms import field


class EnrollInWorkflow(
    Action,
    type_id="0-15",
    label="Enroll in another workflow",
    summary="Enroll in workflow {flow_id}",
    icon="git-merge",
    category="Workflow",
):
    """Enroll every record in another workflow of the same kind of records, without its triggers."""

    flow_id: Id = field("Workflow", widget="workflow")

    async def run(self, batch: Batch) -> Departures:
        refused = await batch.enroll(self.flow_id)
        return Departures.sorted_by(batch.members, refused)

    def mentions(self, where: str) -> Iterator[Mention]:
        yield Mention("workflow", self.flow_id, f"{where}.flow_id")
