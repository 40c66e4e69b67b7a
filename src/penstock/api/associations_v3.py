"""Associations under the names of their types: `/crm/v3/associations` and the v3 object paths."""

from typing import Annotated, Any

from fastapi import Query

from penstock.api.answers import Answer
from penstock.api.associating import Pair, Types, associate, types_of, unlabel
from penstock.api.associations_batch_v4 import associated_batch, neighbours_batch
from penstock.api.associations_shapes import (
    AssociatedIdPage,
    BatchFetch,
    BatchNamedPairs,
    NamedOfMany,
    NamedPairs,
    NamedPairShape,
    PageQuery,
    PartialNamedOfMany,
    PartialNamedPairs,
)
from penstock.api.associations_shapes import Types as TypesShape
from penstock.api.associations_v4 import audit, neighbours
from penstock.api.call import ThisCall
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.kernel.errors import PenstockError, Problem
from penstock.kernel.texts import Text
from penstock.records.associations import Neighbour
from penstock.records.errors import EdgeInvalid
from penstock.records.schema import Schema

router = Router("associations_v3", "Associations")

_PAIR = "/crm/v3/associations/{from_object_type}/{to_object_type}"
_ALL = "/crm/v3/objects/{object_type}/{object_id}/associations/{to_object_type}"
_ONE = _ALL + "/{to_object_id}/{association_type}"


@router.post(f"{_PAIR}/batch/create", model=NamedPairs, status=201, partial=PartialNamedPairs)
async def create_many(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchNamedPairs
) -> Answer:
    """Associate pairs of records; each pair succeeds or fails by itself."""
    types = types_of(call, from_object_type, to_object_type, write=True)
    pairs = _pairs(call.schema, types, body)
    batch, done = await associated_batch(call, types, pairs)
    batch.results = [
        {
            "from": {"id": pair.from_word},
            "to": {"id": pair.to_word},
            "type": call.schema.edges[pair.type_ids[0]].name,
        }
        for pair in done
    ]
    words = [(pair.from_word, pair.to_word) for pair in done]
    await audit(call, "associations_v3_create_many", types, words)
    return batch.answer(201)


@router.post(f"{_PAIR}/batch/read", model=NamedOfMany, partial=PartialNamedOfMany, mutates=False)
async def read_many(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchFetch
) -> Answer:
    """What each of many records is associated with; those without associations are told."""
    types = types_of(call, from_object_type, to_object_type, write=False)
    batch, found = await neighbours_batch(call, types, body.inputs)
    batch.results = [
        {"from": {"id": word}, "to": _named(many), **paged} for word, many, paged in found
    ]
    return batch.answer()


@router.post(f"{_PAIR}/batch/archive")
async def archive_many(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchNamedPairs
) -> None:
    """Remove associations of the named types between pairs of records."""
    types = types_of(call, from_object_type, to_object_type, write=True)
    pairs = _pairs(call.schema, types, body)
    await unlabel(call, types, pairs)
    words = [(pair.from_word, pair.to_word) for pair in pairs]
    await audit(call, "associations_v3_archive_many", types, words)


@router.get(f"{_PAIR}/types", model=TypesShape)
async def list_types(call: ThisCall, from_object_type: str, to_object_type: str) -> dict[str, Any]:
    """The types of association from one object type to another."""
    types = types_of(call, from_object_type, to_object_type, write=False)
    edges = call.schema.edges_between(types[0].id, types[1].id)
    return {"results": [{"id": str(edge.id), "name": edge.name} for edge in edges]}


@router.get(_ALL, model=AssociatedIdPage, dates=False)
async def list_associated(
    call: ThisCall,
    object_type: str,
    object_id: str,
    to_object_type: str,
    query: Annotated[PageQuery, Query()],
) -> dict[str, Any]:
    """The records of a type that a record is associated with."""
    types = types_of(call, object_type, to_object_type, write=False)
    found, after = await neighbours(call, types, object_id, query)
    return {"results": _named(found), **paging(call.request, after)}


@router.put(_ONE, model=NamedPairShape, dates=False)
async def create(
    call: ThisCall,
    object_type: str,
    object_id: str,
    to_object_type: str,
    to_object_id: str,
    association_type: str,
) -> dict[str, Any]:
    """Associate two records by the name or the id of an association type."""
    types = types_of(call, object_type, to_object_type, write=True)
    type_id = _type_id(call.schema, types, association_type)
    (outcome,) = await associate(call, types, [Pair(object_id, to_object_id, (type_id,))])
    if isinstance(outcome, PenstockError):
        raise outcome
    await audit(call, "associations_v3_create", types, [(object_id, to_object_id)])
    name = call.schema.edges[type_id].name
    return {"from": {"id": object_id}, "to": {"id": to_object_id}, "type": name}


@router.delete(_ONE, dates=False)
async def archive(
    call: ThisCall,
    object_type: str,
    object_id: str,
    to_object_type: str,
    to_object_id: str,
    association_type: str,
) -> None:
    """Remove an association of two records, by the name or the id of its type."""
    types = types_of(call, object_type, to_object_type, write=True)
    type_id = _type_id(call.schema, types, association_type)
    await unlabel(call, types, [Pair(object_id, to_object_id, (type_id,))])
    await audit(call, "associations_v3_archive", types, [(object_id, to_object_id)])


def _named(found: list[Neighbour]) -> list[dict[str, str]]:
    return [{"id": str(one.id), "type": edge.name} for one in found for edge in one.edges]


def _pairs(schema: Schema, types: Types, body: BatchNamedPairs) -> list[Pair]:
    return [
        Pair(one.from_.id, one.to.id, (_type_id(schema, types, one.type),)) for one in body.inputs
    ]


def _type_id(schema: Schema, types: Types, word: str) -> int:
    edges = schema.edges_between(types[0].id, types[1].id)
    for edge in edges:
        if word in (edge.name, str(edge.id)):
            return edge.id
    text = Text(
        '"{name}" is no association type from {first} to {second}; there are: {known}',
        name=word,
        first=types[0].plural,
        second=types[1].plural,
        known=", ".join(edge.name for edge in edges),
    )
    raise EdgeInvalid(problems=[Problem(text, where="type", code="ASSOCIATION_TYPE_UNKNOWN")])
