"""Actions about a label of associations that the enrolled records have."""

from penstock.actions.base import ONWARD, Action, Batch, Departures, Place
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.schema import Edge


class Labelling(Action):
    """What such actions have in common: the label, and for which associations."""

    association_type_id: int = field("Label", widget="association_type", alias="associationTypeId")
    where_type_id: int | None = field(
        "Of associations with the label",
        widget="association_type",
        default=None,
        alias="whereAssociationTypeId",
    )

    async def labelled(self, batch: Batch) -> Departures:
        """Nobody to change anything for is a reason to skip."""
        edge = batch.schema.edges.get(self.association_type_id)
        if edge is None or edge.from_type != batch.type.id:
            gone = Text("the association type is gone")
            refused = {member.record_id: gone for member in batch.members}
            return Departures.sorted_by(batch.members, refused)
        ends = await batch.associated(self.where_type_id or self.otherwise(batch, edge))
        wanted = [(id, edge.id, other) for id, others in ends.items() for other in others]
        await self.change(batch, wanted)
        departures = Departures()
        for member in batch.members:
            if ends.get(member.record_id):
                departures.leave(ONWARD, [member])
            else:
                departures.skip(Text("it has no such association"), member)
        return departures

    def otherwise(self, batch: Batch, edge: Edge) -> int:
        """The type of the associations that are meant where no other label is chosen."""
        raise NotImplementedError

    async def change(self, batch: Batch, edges: list[tuple[int, int, int]]) -> None:
        """Do it, for edges given as (enrolled record, association type, other record)."""
        raise NotImplementedError

    def problems(self, place: Place) -> list[Problem]:
        problems: list[Problem] = []
        settings = {
            "associationTypeId": self.association_type_id,
            "whereAssociationTypeId": self.where_type_id,
        }
        for setting, id in settings.items():
            edge = None if id is None else place.schema.edges.get(id)
            if id is not None and (edge is None or edge.from_type != place.type.id):
                text = Text(
                    "there is no association type {id} that leads from {type}",
                    id=id,
                    type=place.type.plural_label,
                )
                where = f"{place.where}.{setting}"
                problems.append(Problem(text, where, "ASSOCIATION_TYPE_UNKNOWN"))
        return problems
