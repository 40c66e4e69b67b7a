"""Properties, up to a hundred at a time: `/crm/v3/properties/{type}/batch`."""

from typing import Final

from penstock.api.answers import Answer
from penstock.api.batches import Batch
from penstock.api.call import ThisCall
from penstock.api.properties_shapes import (
    BatchPropertyInput,
    BatchPropertyNames,
    BatchPropertyRead,
    PartialPropertyBatch,
    PropertyBatch,
)
from penstock.api.properties_wire import draft_of, shape
from penstock.api.routing import Router
from penstock.kernel.errors import PenstockError
from penstock.records.definitions import properties
from penstock.records.errors import DefinitionNotFound

router = Router("properties_batch", "Properties")

_BATCH: Final = "/crm/v3/properties/{object_type}/batch"


@router.post(f"{_BATCH}/create", model=PropertyBatch, status=201, partial=PartialPropertyBatch)
async def create(call: ThisCall, object_type: str, body: BatchPropertyInput) -> Answer:
    """Make properties; each succeeds or fails by itself."""
    type = call.definitions(object_type, "write")
    drafts = [draft_of(one) for one in body.inputs]
    outcomes = await properties.create(call.conn, type.id, drafts, call.now)
    batch = Batch(call)
    for index, (draft, outcome) in enumerate(zip(drafts, outcomes, strict=True)):
        if isinstance(outcome, PenstockError):
            batch.fail(index, outcome, name=draft.name)
        else:
            batch.results.append(shape(outcome))
    made = [one["name"] for one in batch.results]
    await call.audit("properties_batch_create", type.plural, {"names": made})
    return batch.answer(201)


@router.post(f"{_BATCH}/read", model=PropertyBatch, partial=PartialPropertyBatch, mutates=False)
async def read_many(call: ThisCall, object_type: str, body: BatchPropertyRead) -> Answer:
    """Properties by their names."""
    type = call.definitions(object_type, "read")
    names = [one.name.lower() for one in body.inputs]
    found = await properties.read(call.conn, [type.id], names=names, archived=body.archived)
    by_name = {entry.noun.name: entry for entry in found[type.id]}
    batch = Batch(call)
    for index, name in enumerate(names):
        if name not in by_name:
            batch.fail(index, DefinitionNotFound(what="property", name=name), name=name)
    batch.results = [shape(by_name[name]) for name in dict.fromkeys(names) if name in by_name]
    return batch.answer()


@router.post(f"{_BATCH}/archive")
async def archive(call: ThisCall, object_type: str, body: BatchPropertyNames) -> None:
    """Archive properties; names that do not exist are passed over, one that is needed stops all."""
    type = call.definitions(object_type, "write")
    names = [one.name for one in body.inputs]
    gone = await properties.archive(call.conn, type.id, names, call.now)
    await call.audit("properties_batch_archive", type.plural, {"names": gone})
