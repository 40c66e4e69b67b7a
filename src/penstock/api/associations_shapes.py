"""The shapes of associations on the wire."""

from typing import Final

from pydantic import Field

from penstock.api.models import BatchError, Paging, Wire
from penstock.api.objects_shapes import (
    AssociatedId,
    BatchEnvelope,
    Category,
    ObjectId,
    PartlyDone,
    Spec,
)

MOST_READ: Final = 1_000
MOST_WRITTEN: Final = 2_000
"""Inputs of one batch."""

LONGEST_PAGE: Final = 500


class PairInput(Wire):
    from_: ObjectId = Field(alias="from")
    to: ObjectId


class LabelledPair(PairInput):
    types: list[Spec] = Field(min_length=1)


class NamedPair(PairInput):
    type: str


class ManyPairs(Wire):
    from_: ObjectId = Field(alias="from")
    to: list[ObjectId]


class FetchInput(ObjectId):
    after: str | None = None


class BatchPairs(Wire):
    inputs: list[PairInput] = Field(max_length=MOST_WRITTEN)


class BatchLabelledPairs(Wire):
    inputs: list[LabelledPair] = Field(max_length=MOST_WRITTEN)


class BatchNamedPairs(Wire):
    inputs: list[NamedPair] = Field(max_length=MOST_WRITTEN)


class BatchManyPairs(Wire):
    inputs: list[ManyPairs] = Field(max_length=MOST_WRITTEN)


class BatchFetch(Wire):
    inputs: list[FetchInput] = Field(max_length=MOST_READ)


class PageQuery(Wire):
    after: int = Field(0, ge=0, le=2**63 - 1)
    limit: int = Field(LONGEST_PAGE, ge=1, le=LONGEST_PAGE)


class SpecWithLabel(Wire):
    type_id: int
    category: Category
    label: str | None = None


class AssociatedObject(Wire):
    to_object_id: str
    association_types: list[SpecWithLabel]


class AssociatedPage(Wire):
    results: list[AssociatedObject]
    paging: Paging | None = None


class AssociatedIdPage(Wire):
    results: list[AssociatedId]
    paging: Paging | None = None


class PairShape(Wire):
    """What was associated, with the labels given."""

    from_object_type_id: str
    from_object_id: str
    to_object_type_id: str
    to_object_id: str
    labels: list[str]


class Pairs(BatchEnvelope):
    results: list[PairShape]


class PartialPairs(Pairs, PartlyDone):
    pass


class DefaultPair(Wire):
    from_: ObjectId = Field(alias="from")
    to: ObjectId
    association_spec: Spec


class DefaultPairs(BatchEnvelope):
    results: list[DefaultPair]
    num_errors: int | None = None
    errors: list[BatchError] | None = None


class AssociatedOfOne(Wire):
    from_: ObjectId = Field(alias="from")
    to: list[AssociatedObject]
    paging: Paging | None = None


class AssociatedOfMany(BatchEnvelope):
    results: list[AssociatedOfOne]


class PartialAssociatedOfMany(AssociatedOfMany, PartlyDone):
    pass


class NamedPairShape(Wire):
    from_: ObjectId = Field(alias="from")
    to: ObjectId
    type: str


class NamedPairs(BatchEnvelope):
    results: list[NamedPairShape]


class PartialNamedPairs(NamedPairs, PartlyDone):
    pass


class NamedOfOne(Wire):
    from_: ObjectId = Field(alias="from")
    to: list[AssociatedId]
    paging: Paging | None = None


class NamedOfMany(BatchEnvelope):
    results: list[NamedOfOne]


class PartialNamedOfMany(NamedOfMany, PartlyDone):
    pass


class TypeShape(Wire):
    id: str
    name: str


class Types(Wire):
    results: list[TypeShape]


class LabelInput(Wire):
    name: str
    label: str
    inverse_label: str | None = None


class LabelChange(Wire):
    association_type_id: int
    label: str
    inverse_label: str | None = None


class Labels(Wire):
    results: list[SpecWithLabel]


class TypeSpec(Wire):
    type_id: int
    category: Category | None = None


class LimitInput(TypeSpec):
    max_to_object_ids: int


class BatchLimits(Wire):
    inputs: list[LimitInput] = Field(max_length=100)


class BatchTypeSpecs(Wire):
    inputs: list[TypeSpec] = Field(max_length=100)


class Limit(SpecWithLabel):
    user_enforced_max_to_object_ids: int | None = None


class Limits(Wire):
    results: list[Limit]


class LimitsBatch(BatchEnvelope):
    results: list[Limit]
