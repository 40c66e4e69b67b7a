"""Records, up to a hundred at a time: `/crm/v3/objects/{type}/batch`."""

from collections.abc import Sequence

from penstock.api import objects_wire
from penstock.api.answers import Answer
from penstock.api.batches import Batch
from penstock.api.call import Call, ThisCall
from penstock.api.identifying import identify, number
from penstock.api.objects_shapes import (
    LONGEST_WITH_HISTORY,
    BatchCreate,
    BatchIds,
    BatchRead,
    BatchShape,
    BatchUpdate,
    PartialBatch,
    PartialUpsertedBatch,
    UpdateInput,
    UpsertedBatch,
)
from penstock.api.objects_v3 import PageTooLong, draft_of
from penstock.api.routing import Router
from penstock.kernel.errors import PenstockError
from penstock.records import store
from penstock.records.errors import RecordNotFound
from penstock.records.reading import Record, read
from penstock.records.schema import TypeSchema
from penstock.records.store import Draft, Patch, Upserted

router = Router("objects_batch", "Records")

_BATCH = "/crm/v3/objects/{object_type}/batch"


@router.post(f"{_BATCH}/create", model=BatchShape, status=201, partial=PartialBatch)
async def create(call: ThisCall, object_type: str, body: BatchCreate) -> Answer:
    """Create records. Inputs with an objectWriteTraceId succeed or fail each by itself."""
    type = call.objects(object_type, "write")
    drafts = [draft_of(one) for one in body.inputs]
    outcomes = await store.create(call.conn, call.schema, type, drafts, call.write)
    batch = Batch(call)
    for index, (one, outcome) in enumerate(zip(body.inputs, outcomes, strict=True)):
        trace_id = one.object_write_trace_id
        if isinstance(outcome, Record):
            shaped = objects_wire.written(outcome, type, one.properties, trace_id)
            batch.results.append(shaped)
        else:
            batch.fail(index, outcome, trace_id)
    batch.refuse_untraced(len(body.inputs))
    await _audit(call, "objects_batch_create", type, [one["id"] for one in batch.results])
    return batch.answer(201)


@router.post(f"{_BATCH}/read", model=BatchShape, partial=PartialBatch, mutates=False)
async def read_many(
    call: ThisCall, object_type: str, body: BatchRead, archived: bool = False
) -> Answer:
    """Records by their ids, or by the values of a property that identifies them."""
    type = call.objects(object_type, "read")
    if body.properties_with_history and len(body.inputs) > LONGEST_WITH_HISTORY:
        raise PageTooLong(limit=LONGEST_WITH_HISTORY)
    words = [one.id for one in body.inputs]
    ids = await identify(call.conn, type, words, body.id_property)
    found = await read(call.conn, type, list(ids.values()), archived=archived)
    batch = Batch(call)
    for index, word in enumerate(words):
        if ids[word] not in found:
            batch.fail(index, _missing(type, word, body.id_property), ids=word)
    records = {ids[word]: found[ids[word]] for word in words if ids[word] in found}
    batch.results = await objects_wire.shapes(
        call,
        type,
        list(records.values()),
        properties=body.properties,
        with_history=body.properties_with_history,
    )
    return batch.answer()


@router.post(f"{_BATCH}/update", model=BatchShape, partial=PartialBatch)
async def update(call: ThisCall, object_type: str, body: BatchUpdate) -> Answer:
    """Change records; ids that do not exist are told, and the others written."""
    type = call.objects(object_type, "write")
    ids = await _ids(call, type, body.inputs)
    patches = [Patch(id, one.properties) for id, one in zip(ids, body.inputs, strict=True)]
    outcomes = await store.update(call.conn, call.schema, type, patches, call.write)
    batch = Batch(call)
    for index, (one, outcome) in enumerate(zip(body.inputs, outcomes, strict=True)):
        _settle(batch, type, index, one, outcome)
    batch.refuse_untraced(len(body.inputs))
    await _audit(call, "objects_batch_update", type, [one["id"] for one in batch.results])
    return batch.answer()


@router.post(f"{_BATCH}/upsert", model=UpsertedBatch, partial=PartialUpsertedBatch)
async def upsert(call: ThisCall, object_type: str, body: BatchUpdate) -> Answer:
    """Update the records that have the given values of `idProperty`, and create the others."""
    type = call.objects(object_type, "write")
    outcomes: dict[int, Upserted | PenstockError] = {}
    for key in dict.fromkeys(one.id_property for one in body.inputs):
        places = [index for index, one in enumerate(body.inputs) if one.id_property == key]
        inputs = [body.inputs[index] for index in places]
        outcomes.update(zip(places, await _upserted(call, type, key, inputs), strict=True))
    batch = Batch(call)
    for index, one in enumerate(body.inputs):
        outcome = outcomes[index]
        if isinstance(outcome, Upserted):
            _settle(batch, type, index, one, outcome.record)
            batch.results[-1]["new"] = outcome.new
        else:
            batch.fail(index, outcome, one.object_write_trace_id)
    batch.refuse_untraced(len(body.inputs))
    await _audit(call, "objects_batch_upsert", type, [one["id"] for one in batch.results])
    return batch.answer()


@router.post(f"{_BATCH}/archive")
async def archive(call: ThisCall, object_type: str, body: BatchIds) -> None:
    """Archive records; ids that do not exist are passed over."""
    type = call.objects(object_type, "write")
    ids = [number(one.id) for one in body.inputs]
    await store.archive(call.conn, type, ids, call.write)
    await _audit(call, "objects_batch_archive", type, [str(id) for id in ids])


async def _upserted(
    call: Call, type: TypeSchema, key: str | None, inputs: Sequence[UpdateInput]
) -> list[Upserted | PenstockError]:
    if key is None or type.columns.get(key) == "id":
        patches = [Patch(number(one.id), one.properties) for one in inputs]
        outcomes = await store.update(call.conn, call.schema, type, patches, call.write)
        return [
            Upserted(outcome, new=False) if isinstance(outcome, Record) else outcome
            for outcome in outcomes
        ]
    await identify(call.conn, type, (), key)
    drafts = [Draft({key: one.id, **one.properties}) for one in inputs]
    return await store.upsert(call.conn, call.schema, type, key, drafts, call.write)


async def _ids(call: Call, type: TypeSchema, inputs: Sequence[UpdateInput]) -> list[int]:
    found: dict[tuple[str | None, str], int] = {}
    for key in {one.id_property for one in inputs}:
        words = [one.id for one in inputs if one.id_property == key]
        ids = await identify(call.conn, type, words, key)
        found.update(((key, word), id) for word, id in ids.items())
    return [found[one.id_property, one.id] for one in inputs]


def _settle(
    batch: Batch, type: TypeSchema, index: int, one: UpdateInput, outcome: Record | PenstockError
) -> None:
    trace_id = one.object_write_trace_id
    if isinstance(outcome, Record):
        batch.results.append(objects_wire.written(outcome, type, one.properties, trace_id))
    elif isinstance(outcome, RecordNotFound):
        batch.fail(index, _missing(type, one.id, one.id_property), trace_id, ids=one.id)
    else:
        batch.fail(index, outcome, trace_id)


def _missing(type: TypeSchema, word: str, property: str | None) -> RecordNotFound:
    return RecordNotFound(type=type.name, key=property or "id", value=word)


async def _audit(call: Call, operation: str, type: TypeSchema, ids: Sequence[str]) -> None:
    await call.audit(operation, type.plural, {"ids": ids})
