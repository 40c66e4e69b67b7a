"""Records, one at a time: `/crm/v3/objects`."""

from typing import Annotated, Any

from fastapi import Query

from penstock.api import objects_wire
from penstock.api.call import Call, ThisCall
from penstock.api.identifying import identify, number
from penstock.api.objects_shapes import (
    LONGEST_WITH_HISTORY,
    CreateInput,
    Erasure,
    Merge,
    NewAssociation,
    PageQuery,
    PatchInput,
    ReadQuery,
    RecordPage,
    RecordShape,
)
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.kernel.errors import Invalid
from penstock.records import merging, store
from penstock.records.associations import NewEdge
from penstock.records.errors import RecordNotFound
from penstock.records.reading import page, read
from penstock.records.schema import TypeSchema
from penstock.records.store import Draft, Patch

router = Router("objects", "Records")

_ALL = "/crm/v3/objects/{object_type}"
_ONE = "/crm/v3/objects/{object_type}/{object_id}"

IdProperty = Annotated[str | None, Query(alias="idProperty")]


class PageTooLong(Invalid):
    """With history, at most {limit} records are given at once"""


@router.get(_ALL, model=RecordPage)
async def list_records(
    call: ThisCall, object_type: str, query: Annotated[PageQuery, Query()]
) -> dict[str, Any]:
    """A page of records, in the order of their ids."""
    type = call.objects(object_type, "read")
    if query.properties_with_history and query.limit > LONGEST_WITH_HISTORY:
        raise PageTooLong(limit=LONGEST_WITH_HISTORY)
    # One more than is shown tells whether there are more.
    records = await page(
        call.conn, type, after=query.after, limit=query.limit + 1, archived=query.archived
    )
    shown = records[: query.limit]
    results = await objects_wire.shapes(
        call,
        type,
        shown,
        properties=query.properties,
        with_history=query.properties_with_history,
        associated=query.associations,
    )
    after = shown[-1].id if len(records) > len(shown) else None
    return {"results": results, **paging(call.request, after)}


@router.post(_ALL, model=RecordShape, status=201)
async def create(call: ThisCall, object_type: str, body: CreateInput) -> dict[str, Any]:
    """Create a record, with associations to records that exist."""
    type = call.objects(object_type, "write")
    draft = draft_of(body)
    record = store.one(await store.create(call.conn, call.schema, type, [draft], call.write))
    await _audit(call, "objects_create", type, record.id, body.properties)
    return objects_wire.written(record, type, body.properties, body.object_write_trace_id)


@router.get(_ONE, model=RecordShape)
async def read_one(
    call: ThisCall, object_type: str, object_id: str, query: Annotated[ReadQuery, Query()]
) -> dict[str, Any]:
    """A record by its id, or by the value of a property that identifies it."""
    type = call.objects(object_type, "read")
    id = await _id(call, type, object_id, query.id_property)
    found = await read(call.conn, type, [id], archived=query.archived)
    if id not in found:
        raise _missing(type, object_id, query.id_property)
    (shaped,) = await objects_wire.shapes(
        call,
        type,
        [found[id]],
        properties=query.properties,
        with_history=query.properties_with_history,
        associated=query.associations,
    )
    return shaped


@router.patch(_ONE, model=RecordShape)
async def update(
    call: ThisCall,
    object_type: str,
    object_id: str,
    body: PatchInput,
    id_property: IdProperty = None,
) -> dict[str, Any]:
    """Change properties of a record; what is not named stays, an empty string clears."""
    type = call.objects(object_type, "write")
    id = await _id(call, type, object_id, id_property)
    if id == 0:
        raise _missing(type, object_id, id_property)
    patch = Patch(id, body.properties)
    record = store.one(await store.update(call.conn, call.schema, type, [patch], call.write))
    await _audit(call, "objects_update", type, record.id, body.properties)
    return objects_wire.written(record, type, body.properties)


@router.delete(_ONE)
async def archive(call: ThisCall, object_type: str, object_id: str) -> None:
    """Archive a record; it can still be read with `archived=true`."""
    type = call.objects(object_type, "write")
    id = number(object_id)
    live = await read(call.conn, type, [id])
    if not live and not await read(call.conn, type, [id], archived=True):
        raise _missing(type, object_id, None)
    await store.archive(call.conn, type, [record.id for record in live.values()], call.write)
    await _audit(call, "objects_archive", type, id)


@router.post(f"{_ALL}/merge", model=RecordShape)
async def merge(call: ThisCall, object_type: str, body: Merge) -> dict[str, Any]:
    """Merge a record into another, which keeps its id and its own values."""
    type = call.objects(object_type, "write")
    survivor, loser = number(body.primary_object_id), number(body.object_id_to_merge)
    record = await merging.merge(call.conn, call.schema, type, survivor, loser, call.write)
    await _audit(call, "objects_merge", type, survivor)
    return objects_wire.written(record, type, ())


@router.post(f"{_ALL}/gdpr-delete")
async def erase(call: ThisCall, object_type: str, body: Erasure) -> None:
    """Erase a person for good, with all that was kept of them."""
    type = call.objects(object_type, "write")
    id = await _id(call, type, body.object_id, body.id_property)
    if id == 0:
        raise _missing(type, body.object_id, body.id_property)
    await merging.erase(call.conn, call.schema, type, id, call.write)
    await _audit(call, "objects_erase", type, id)


def draft_of(body: CreateInput) -> Draft:
    return Draft(body.properties, [_edge(association) for association in body.associations])


def _edge(association: NewAssociation) -> NewEdge:
    return NewEdge(
        number(association.to.id), tuple(spec.association_type_id for spec in association.types)
    )


async def _id(call: Call, type: TypeSchema, word: str, property: str | None) -> int:
    return (await identify(call.conn, type, [word], property))[word]


def _missing(type: TypeSchema, word: str, property: str | None) -> RecordNotFound:
    return RecordNotFound(
        type=type.name, key=property or "id", value=word, context={property or "id": [word]}
    )


async def _audit(
    call: Call, operation: str, type: TypeSchema, id: int, names: dict[str, Any] | None = None
) -> None:
    details = {"properties": sorted(names)} if names else {}
    await call.audit(operation, f"{type.plural}/{id}", details)
