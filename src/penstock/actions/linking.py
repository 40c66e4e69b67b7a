"""Associations of a record that a step makes: with the enrolled one, and with others around it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from penstock.actions.base import Batch, Place
from penstock.actions.inputs import AnySource, Coordinates
from penstock.actions.sources import Source
from penstock.actions.tokens import FETCHED
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Edge, TypeSchema

_ID: Final = re.compile(r"(?:\d+-\d+-)?(\d{1,18})")

Edges = dict[int, list[tuple[int, int]]]
"""By the enrolled record's id, the other end and the association type that leads to it."""


class AssociationType(BaseModel):
    """An association type as the wire names it."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, frozen=True, extra="allow"
    )

    association_category: str = "HUBSPOT_DEFINED"
    association_type_id: int


class EnrolledObject(Source):
    """The enrolled record."""

    type: Literal["ENROLLED_OBJECT"] = "ENROLLED_OBJECT"


class CopyAssociation(Source):
    """All records that the enrolled one is associated with by a type."""

    type: Literal["COPY_ASSOCIATION"]
    source_spec: AssociationType


def _enrolled(raw: Any) -> Any:
    return {"type": "ENROLLED_OBJECT"} if raw is None else raw


class Link(BaseModel):
    """One association to make: its type leads from the new record to the other ones.

    Those are told by a value: a record's coordinates, or its id.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    target: AssociationType
    value: Annotated[
        Annotated[EnrolledObject | CopyAssociation | AnySource, Field(discriminator="type")],
        BeforeValidator(_enrolled),
    ] = EnrolledObject()


async def edges(links: Sequence[Link], batch: Batch, made: TypeSchema, *, explicit: bool) -> Edges:
    """The associations of new records of a type. Unless they are all `explicit`, the plain one with
    the enrolled record comes first.
    """
    found: Edges = {member.record_id: [] for member in batch.members}
    plain = batch.schema.plain_edge(made.id, batch.type.id)
    given = any(isinstance(link.value, EnrolledObject) for link in links)
    if plain is not None and not given and not explicit:
        for id, ends in found.items():
            ends.append((id, plain.id))
    for link in links:
        edge = link.target.association_type_id
        for id, others in (await _others(link.value, batch)).items():
            found[id] += [(other, edge) for other in others]
    return found


async def _others(value: Source, batch: Batch) -> Mapping[int, Sequence[int]]:
    if isinstance(value, EnrolledObject):
        return {member.record_id: [member.record_id] for member in batch.members}
    if isinstance(value, CopyAssociation):
        return await batch.associated(value.source_spec.association_type_id)
    return {id: list(_ids(raw)) for id, raw in (await batch.resolve(value)).items()}


def _ids(raw: Any) -> Iterator[int]:
    """The records that a raw value names; what is no id is that of nobody."""
    for each in raw if isinstance(raw, list) else str(raw or "").split(";"):
        text = str(each).strip()
        read = _ID.fullmatch(text)
        if text:
            yield 0 if read is None else int(read[1])


def link_problems(links: Sequence[Link], place: Place, made: str) -> Iterator[Problem]:
    """What keeps associations of new records of a type from being made, with JSON paths."""
    for index, link in enumerate(links):
        where = f"{place.where}.associations[{index}]"
        edge = place.schema.edges.get(link.target.association_type_id)
        if edge is None or edge.from_type != made:
            text = Text(
                "no association type {id} leads from {type}",
                id=link.target.association_type_id,
                type=place.schema.types[made].plural_label,
            )
            at = f"{where}.target.associationTypeId"
            yield Problem(text, at, "ASSOCIATION_TYPE_UNKNOWN")
        else:
            yield from _end_problems(link.value, edge, place, where)


def _end_problems(value: Source, edge: Edge, place: Place, where: str) -> Iterator[Problem]:
    """Whether the records at the other end are of another type than the association leads to."""
    found: TypeSchema | None = None
    if isinstance(value, EnrolledObject):
        found = place.type
    elif isinstance(value, CopyAssociation):
        source = place.schema.edges.get(value.source_spec.association_type_id)
        if source is None or source.from_type != place.type.id:
            text = Text(
                "no association type {id} leads from {type}",
                id=value.source_spec.association_type_id,
                type=place.type.plural_label,
            )
            at = f"{where}.value.sourceSpec.associationTypeId"
            yield Problem(text, at, "ASSOCIATION_TYPE_UNKNOWN")
            return
        found = place.schema.types[source.to_type]
    elif isinstance(value, Coordinates):
        token = value.named()[1]
        if token is not None and token.root == FETCHED:
            found = place.fetched.get(token.of)
    if found is not None and found.id != edge.to_type:
        text = Text(
            "association type {id} leads to {type}",
            id=edge.id,
            type=place.schema.types[edge.to_type].plural_label,
        )
        yield Problem(text, f"{where}.target.associationTypeId", "WRONG_OBJECT_TYPE")
