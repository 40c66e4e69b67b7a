"""Apply association label."""

from penstock.actions.base import Batch, Departures
from penstock.actions.labelling import Labelling
from penstock.records.schema import Edge


class ApplyLabel(
    Labelling,
    type_id="0-61139484",
    label="Apply association label",
    summary="Apply the association label {association_type_id}",
    icon="tag",
    category="CRM",
):
    """Give a label to the associations of every enrolled record: to all with that type of records,
    or to those with another label.
    """

    async def run(self, batch: Batch) -> Departures:
        return await self.labelled(batch)

    def otherwise(self, batch: Batch, edge: Edge) -> int:
        plain = batch.schema.plain_edge(edge.from_type, edge.to_type)
        return edge.id if plain is None else plain.id

    async def change(self, batch: Batch, edges: list[tuple[int, int, int]]) -> None:
        await batch.link(edges)
