"""Remove association label."""

from penstock.actions.base import Batch, Departures
from penstock.actions.labelling import Labelling
from penstock.records.schema import Edge


class RemoveLabel(
    Labelling,
    type_id="0-61139476",
    label="Remove association label",
    summary="Remove the association label {association_type_id}",
    icon="tag-off",
    category="CRM",
):
    """Take a label from the associations of every enrolled record; of the plain type it takes the
    associations themselves.
    """

    async def run(self, batch: Batch) -> Departures:
        return await self.labelled(batch)

    def otherwise(self, batch: Batch, edge: Edge) -> int:
        return edge.id

    async def change(self, batch: Batch, edges: list[tuple[int, int, int]]) -> None:
        await batch.unlink(edges)
