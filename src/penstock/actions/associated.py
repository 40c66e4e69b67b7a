"""Which associated records an action is about: the wire's `association`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from penstock.actions.base import Place
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class Association(BaseModel):
    """The association type that leads from the enrolled record to them.

    `select` is a key of ours: all of them, or the one that was associated latest.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="allow"
    )

    association_category: str = "HUBSPOT_DEFINED"
    association_type_id: int
    select: Literal["ALL", "LATEST"] = "ALL"

    @property
    def latest(self) -> bool:
        return self.select == "LATEST"

    def problems(self, place: Place) -> list[Problem]:
        """Whether the type does not lead on from the enrolled records."""
        edge = place.schema.edges.get(self.association_type_id)
        if edge is not None and edge.from_type == place.type.id:
            return []
        text = Text(
            "there is no association type {id} that leads from {type}",
            id=self.association_type_id,
            type=place.type.plural_label,
        )
        where = f"{place.where}.association.associationTypeId"
        return [Problem(text, where, "ASSOCIATION_TYPE_UNKNOWN")]
