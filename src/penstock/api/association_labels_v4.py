"""Labels of associations, and how many a record may have: `/crm/v4/associations/…/labels`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from penstock.api.answers import Answer
from penstock.api.associating import spec
from penstock.api.associations_shapes import (
    BatchLimits,
    BatchTypeSpecs,
    LabelChange,
    LabelInput,
    Labels,
    Limits,
    LimitsBatch,
)
from penstock.api.batches import Batch
from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number
from penstock.api.routing import Router
from penstock.records import labels
from penstock.records.schema import Edge

router = Router("association_labels", "Association labels")

_LABELS: Final = "/crm/v4/associations/{from_object_type}/{to_object_type}/labels"
_ALL_LIMITS: Final = "/crm/v4/associations/definitions/configurations"
_LIMITS: Final = _ALL_LIMITS + "/{from_object_type}/{to_object_type}"
_LARGEST_ID: Final = 2**31 - 1


@router.get(_LABELS, model=Labels)
async def list_labels(call: ThisCall, from_object_type: str, to_object_type: str) -> dict[str, Any]:
    """The types of association from one object type to another, with their labels."""
    first = call.definitions(from_object_type, "read")
    second = call.definitions(to_object_type, "read")
    return {"results": [spec(edge) for edge in call.schema.edges_between(first.id, second.id)]}


@router.post(_LABELS, model=Labels)
async def create(
    call: ThisCall, from_object_type: str, to_object_type: str, body: LabelInput
) -> dict[str, Any]:
    """Make a label; both directions come back, or the one that reads the same both ways."""
    types = _types(call, from_object_type, to_object_type)
    there, back = await labels.create(call.conn, types, body.name, body.label, body.inverse_label)
    await _audit(call, "association_labels_create", types, [there.id])
    return {"results": [spec(edge) for edge in dict.fromkeys((there, back))]}


@router.put(_LABELS)
async def update(
    call: ThisCall, from_object_type: str, to_object_type: str, body: LabelChange
) -> None:
    """Change how a label reads."""
    types = _types(call, from_object_type, to_object_type)
    type_id = body.association_type_id
    await labels.rename(call.conn, types, type_id, body.label, body.inverse_label)
    await _audit(call, "association_labels_update", types, [type_id])


@router.delete(_LABELS + "/{association_type_id}")
async def archive(
    call: ThisCall, from_object_type: str, to_object_type: str, association_type_id: str
) -> None:
    """Remove a label from the schema and from every record."""
    types = _types(call, from_object_type, to_object_type)
    type_id = min(number(association_type_id), _LARGEST_ID)
    await labels.remove(call.conn, types, type_id, call.write)
    await _audit(call, "association_labels_archive", types, [type_id])


@router.get(f"{_ALL_LIMITS}/all", model=Limits)
async def list_all_limits(call: ThisCall) -> dict[str, Any]:
    """Every association type that has a limit, of object types that the key may read."""
    edges = [edge for edge in labels.limited(call.schema) if _readable(call, edge)]
    return {"results": [_limit(edge) for edge in edges]}


@router.get(_LIMITS, model=Limits)
async def list_limits(call: ThisCall, from_object_type: str, to_object_type: str) -> dict[str, Any]:
    """The association types from one object type to another that have a limit."""
    call.definitions(from_object_type, "read")
    call.definitions(to_object_type, "read")
    edges = labels.limited(call.schema, (from_object_type, to_object_type))
    return {"results": [_limit(edge) for edge in edges]}


@router.post(f"{_LIMITS}/batch/create", model=LimitsBatch, status=201)
async def create_limits(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchLimits
) -> Answer:
    """Limit how many records one record may lead to by association types."""
    types = _types(call, from_object_type, to_object_type)
    return await _limited(call, types, body, "association_labels_create_limits", 201)


@router.post(f"{_LIMITS}/batch/update", model=LimitsBatch)
async def update_limits(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchLimits
) -> Answer:
    """Change limits; what exceeds them already stays."""
    types = _types(call, from_object_type, to_object_type)
    return await _limited(call, types, body, "association_labels_update_limits", 200)


@router.post(f"{_LIMITS}/batch/purge")
async def purge_limits(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchTypeSpecs
) -> None:
    """Lift limits."""
    types = _types(call, from_object_type, to_object_type)
    lifted: Mapping[int, int | None] = {one.type_id: None for one in body.inputs}
    await labels.limit(call.conn, types, lifted)
    await _audit(call, "association_labels_purge_limits", types, lifted)


async def _limited(
    call: Call, types: tuple[str, str], body: BatchLimits, operation: str, status: int
) -> Answer:
    limits = {one.type_id: one.max_to_object_ids for one in body.inputs}
    edges = await labels.limit(call.conn, types, limits)
    await _audit(call, operation, types, limits)
    batch = Batch(call)
    batch.results = [_limit(edge) for edge in edges]
    return batch.answer(status)


def _limit(edge: Edge) -> dict[str, Any]:
    return {**spec(edge), "userEnforcedMaxToObjectIds": edge.most}


def _types(call: Call, first: str, second: str) -> tuple[str, str]:
    """Both object types by their ids, for a change of definitions between them."""
    return call.definitions(first, "write").id, call.definitions(second, "write").id


def _readable(call: Call, edge: Edge) -> bool:
    return all(call.may_define(id, "read") for id in (edge.from_type, edge.to_type))


async def _audit(
    call: Call, operation: str, types: tuple[str, str], type_ids: Iterable[int]
) -> None:
    target = "-".join(call.schema.types[id].plural for id in types)
    await call.audit(operation, target, {"associationTypes": list(type_ids)})
