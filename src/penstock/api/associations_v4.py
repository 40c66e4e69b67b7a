"""Associations with their types, one record at a time: `/crm/v4/objects/…/associations`."""

from typing import Annotated, Any

from fastapi import Query

from penstock.api.answers import Answer
from penstock.api.associating import Pair, Types, associate, part, spec, types_of
from penstock.api.associations_shapes import AssociatedPage, DefaultPairs, PageQuery, PairShape
from penstock.api.batches import Batch
from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number
from penstock.api.objects_shapes import Spec
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.kernel.errors import PenstockError
from penstock.records import associations
from penstock.records.associations import Neighbour
from penstock.records.errors import RecordNotFound
from penstock.records.reading import read
from penstock.records.schema import Schema, TypeSchema

router = Router("associations", "Associations")

_ALL = "/crm/v4/objects/{object_type}/{object_id}/associations/{to_object_type}"
_ONE = _ALL + "/{to_object_id}"
_DEFAULT = (
    "/crm/v4/objects/{object_type}/{object_id}/associations/default/{to_object_type}/{to_object_id}"
)


@router.get(_ALL, model=AssociatedPage)
async def list_associated(
    call: ThisCall,
    object_type: str,
    object_id: str,
    to_object_type: str,
    query: Annotated[PageQuery, Query()],
) -> dict[str, Any]:
    """The records of a type that a record is associated with, and how."""
    types = types_of(call, object_type, to_object_type, write=False)
    found, after = await neighbours(call, types, object_id, query)
    return {"results": [associated(one) for one in found], **paging(call.request, after)}


@router.put(_ONE, model=PairShape, status=201)
async def create(
    call: ThisCall,
    object_type: str,
    object_id: str,
    to_object_type: str,
    to_object_id: str,
    body: list[Spec],
) -> dict[str, Any]:
    """Associate two records by the given types; what they have already stays."""
    types = types_of(call, object_type, to_object_type, write=True)
    pair = Pair(object_id, to_object_id, tuple(one.association_type_id for one in body))
    await _associate_one(call, types, pair, "associations_create")
    return labelled(call.schema, types, pair)


@router.put(_DEFAULT, model=DefaultPairs)
async def create_default(
    call: ThisCall, object_type: str, object_id: str, to_object_type: str, to_object_id: str
) -> Answer:
    """Associate two records plainly."""
    types = types_of(call, object_type, to_object_type, write=True)
    pair = Pair(object_id, to_object_id)
    await _associate_one(call, types, pair, "associations_create_default")
    batch = Batch(call)
    batch.results = plain(call.schema, types, pair)
    return batch.answer()


@router.delete(_ONE)
async def archive(
    call: ThisCall, object_type: str, object_id: str, to_object_type: str, to_object_id: str
) -> None:
    """Remove every association between two records."""
    types = types_of(call, object_type, to_object_type, write=True)
    await part(call, types, [(object_id, to_object_id)])
    await audit(call, "associations_archive", types, [(object_id, to_object_id)])


async def neighbours(
    call: Call, types: Types, word: str, query: PageQuery
) -> tuple[list[Neighbour], int | None]:
    """A page of the other ends, and where the next one begins. Raises RecordNotFound."""
    id = number(word)
    if not await read(call.conn, types[0], [id]):
        raise RecordNotFound(type=types[0].name, key="id", value=word, context={"id": [word]})
    # One more than is shown tells whether there are more.
    found = await associations.neighbours(
        call.conn, call.schema, types, id, after=query.after, limit=query.limit + 1
    )
    shown = found[: query.limit]
    return shown, shown[-1].id if len(found) > len(shown) else None


async def _associate_one(call: Call, types: Types, pair: Pair, operation: str) -> None:
    (outcome,) = await associate(call, types, [pair])
    if isinstance(outcome, PenstockError):
        raise outcome
    await audit(call, operation, types, [(pair.from_word, pair.to_word)])


def associated(neighbour: Neighbour) -> dict[str, Any]:
    return {
        "toObjectId": str(neighbour.id),
        "associationTypes": [spec(edge) for edge in neighbour.edges],
    }


def labelled(schema: Schema, types: Types, pair: Pair) -> dict[str, Any]:
    labels = [schema.edges[id].label for id in pair.type_ids]
    return {
        "fromObjectTypeId": types[0].id,
        "fromObjectId": pair.from_word,
        "toObjectTypeId": types[1].id,
        "toObjectId": pair.to_word,
        "labels": [label for label in labels if label is not None],
    }


def plain(schema: Schema, types: Types, pair: Pair) -> list[dict[str, Any]]:
    """A plain association as its two directions."""
    return [
        _direction(schema, types[0], types[1], pair.from_word, pair.to_word),
        _direction(schema, types[1], types[0], pair.to_word, pair.from_word),
    ]


def _direction(
    schema: Schema, first: TypeSchema, second: TypeSchema, from_word: str, to_word: str
) -> dict[str, Any]:
    edge = schema.plain_edge(first.id, second.id)
    assert edge is not None
    return {
        "from": {"id": from_word},
        "to": {"id": to_word},
        "associationSpec": {"associationCategory": edge.category, "associationTypeId": edge.id},
    }


async def audit(call: Call, operation: str, types: Types, pairs: list[tuple[str, str]]) -> None:
    """Which records were associated or parted."""
    target = f"{types[0].plural}-{types[1].plural}"
    await call.audit(operation, target, {"pairs": [list(pair) for pair in pairs]})
