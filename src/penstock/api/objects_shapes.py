"""The shapes of records on the wire: what comes in, and what goes out."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from penstock.api.models import BatchError, Paging, Wire, Words

LONGEST_PAGE = 100
LONGEST_BATCH = 100
LONGEST_WITH_HISTORY = 50
"""Records in one page, or one batch, when their history is asked for."""

Category = Literal["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED"]


class ObjectId(Wire):
    id: str = Field(coerce_numbers_to_str=True)


class Spec(Wire):
    """An association type, as a caller names it."""

    association_category: Category
    association_type_id: int = Field(ge=1, le=2**31 - 1)


class NewAssociation(Wire):
    to: ObjectId
    types: list[Spec] = Field([])


class CreateInput(Wire):
    properties: dict[str, Any] = Field({})
    associations: list[NewAssociation] = Field([])
    object_write_trace_id: str | None = None


class PatchInput(Wire):
    properties: dict[str, Any]


class UpdateInput(ObjectId):
    id_property: str | None = None
    properties: dict[str, Any]
    object_write_trace_id: str | None = None


class BatchCreate(Wire):
    inputs: list[CreateInput] = Field(max_length=LONGEST_BATCH)


class BatchUpdate(Wire):
    inputs: list[UpdateInput] = Field(max_length=LONGEST_BATCH)


class BatchRead(Wire):
    inputs: list[ObjectId] = Field(max_length=LONGEST_BATCH)
    properties: list[str] = Field([])
    properties_with_history: list[str] = Field([])
    id_property: str | None = None


class BatchIds(Wire):
    inputs: list[ObjectId] = Field(max_length=LONGEST_BATCH)


class Merge(Wire):
    primary_object_id: str = Field(coerce_numbers_to_str=True)
    object_id_to_merge: str = Field(coerce_numbers_to_str=True)


class Erasure(Wire):
    object_id: str = Field(coerce_numbers_to_str=True)
    id_property: str | None = None


class ReadQuery(Wire):
    """What a read may ask for."""

    properties: Words
    properties_with_history: Words
    associations: Words
    archived: bool = False
    id_property: str | None = None


class PageQuery(Wire):
    """What a page may ask for; `after` is where the page before ended."""

    limit: int = Field(10, ge=1, le=LONGEST_PAGE)
    after: int = Field(0, ge=0, le=2**63 - 1)
    properties: Words
    properties_with_history: Words
    associations: Words
    archived: bool = False


class PastValueShape(Wire):
    value: str
    timestamp: datetime
    source_type: str
    source_id: str | None = None


class AssociatedId(Wire):
    id: str
    type: str


class Associated(Wire):
    results: list[AssociatedId]
    paging: Paging | None = None


class RecordShape(Wire):
    """A record: all values are strings, or null."""

    id: str
    properties: dict[str, str | None]
    properties_with_history: dict[str, list[PastValueShape]] | None = None
    associations: dict[str, Associated] | None = None
    created_at: datetime
    updated_at: datetime
    archived: bool
    archived_at: datetime | None = None
    object_write_trace_id: str | None = None


class UpsertedShape(RecordShape):
    new: bool


class RecordPage(Wire):
    results: list[RecordShape]
    paging: Paging | None = None


class RecordsFound(RecordPage):
    total: int


class BatchEnvelope(Wire):
    status: Literal["COMPLETE"]
    started_at: datetime
    completed_at: datetime


class BatchShape(BatchEnvelope):
    results: list[RecordShape]


class UpsertedBatch(BatchEnvelope):
    results: list[UpsertedShape]


class PartlyDone(Wire):
    """What a batch adds when some of its inputs came to nothing."""

    num_errors: int
    errors: list[BatchError]


class PartialBatch(BatchShape, PartlyDone):
    pass


class PartialUpsertedBatch(UpsertedBatch, PartlyDone):
    pass
