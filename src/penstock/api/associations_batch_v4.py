"""Associations with their types, many at a time: `/crm/v4/associations/{from}/{to}/batch`."""

from typing import Any

from penstock.api.answers import Answer
from penstock.api.associating import Pair, Types, associate, part, types_of, unlabel
from penstock.api.associations_shapes import (
    LONGEST_PAGE,
    AssociatedOfMany,
    BatchFetch,
    BatchLabelledPairs,
    BatchManyPairs,
    BatchPairs,
    DefaultPairs,
    FetchInput,
    LabelledPair,
    Pairs,
    PartialAssociatedOfMany,
    PartialPairs,
)
from penstock.api.associations_v4 import associated, audit, labelled, plain
from penstock.api.batches import Batch
from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number
from penstock.api.routing import Router
from penstock.kernel.errors import NotFound
from penstock.records import associations
from penstock.records.associations import Neighbour

router = Router("associations_batch", "Associations")

_BATCH = "/crm/v4/associations/{from_object_type}/{to_object_type}/batch"


class NothingAssociated(NotFound):
    """No {to} is associated with {type} {id}"""

    code = "crm.associations.NO_ASSOCIATIONS_FOUND"


@router.post(f"{_BATCH}/create", model=Pairs, status=201, partial=PartialPairs)
async def create(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchLabelledPairs
) -> Answer:
    """Associate pairs of records by the given types; each pair succeeds or fails by itself."""
    types = types_of(call, from_object_type, to_object_type, write=True)
    pairs = [_pair(one) for one in body.inputs]
    batch, done = await associated_batch(call, types, pairs)
    batch.results = [labelled(call.schema, types, pair) for pair in done]
    await audit(call, "associations_batch_create", types, [(p.from_word, p.to_word) for p in done])
    return batch.answer(201)


@router.post(f"{_BATCH}/associate/default", model=DefaultPairs, partial=DefaultPairs)
async def create_default(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchPairs
) -> Answer:
    """Associate pairs of records plainly; each pair succeeds or fails by itself."""
    types = types_of(call, from_object_type, to_object_type, write=True)
    pairs = [Pair(one.from_.id, one.to.id) for one in body.inputs]
    batch, done = await associated_batch(call, types, pairs)
    batch.results = [shaped for pair in done for shaped in plain(call.schema, types, pair)]
    words = [(pair.from_word, pair.to_word) for pair in done]
    await audit(call, "associations_batch_create_default", types, words)
    return batch.answer()


@router.post(
    f"{_BATCH}/read", model=AssociatedOfMany, partial=PartialAssociatedOfMany, mutates=False
)
async def read_many(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchFetch
) -> Answer:
    """What each of many records is associated with; those without associations are told."""
    types = types_of(call, from_object_type, to_object_type, write=False)
    batch, found = await neighbours_batch(call, types, body.inputs)
    batch.results = [
        {"from": {"id": word}, "to": [associated(one) for one in many], **paged}
        for word, many, paged in found
    ]
    return batch.answer()


@router.post(f"{_BATCH}/archive")
async def archive(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchManyPairs
) -> None:
    """Remove every association between pairs of records."""
    types = types_of(call, from_object_type, to_object_type, write=True)
    pairs = [(one.from_.id, to.id) for one in body.inputs for to in one.to]
    await part(call, types, pairs)
    await audit(call, "associations_batch_archive", types, pairs)


@router.post(f"{_BATCH}/labels/archive")
async def archive_labels(
    call: ThisCall, from_object_type: str, to_object_type: str, body: BatchLabelledPairs
) -> None:
    """Remove the given types of association between pairs of records; the others stay."""
    types = types_of(call, from_object_type, to_object_type, write=True)
    pairs = [_pair(one) for one in body.inputs]
    await unlabel(call, types, pairs)
    words = [(pair.from_word, pair.to_word) for pair in pairs]
    await audit(call, "associations_batch_archive_labels", types, words)


def _pair(one: LabelledPair) -> Pair:
    type_ids = tuple(spec.association_type_id for spec in one.types)
    return Pair(one.from_.id, one.to.id, type_ids)


async def associated_batch(call: Call, types: Types, pairs: list[Pair]) -> tuple[Batch, list[Pair]]:
    """Associate pairs; returns the batch with what failed, and the pairs that are done."""
    batch = Batch(call)
    done = []
    for index, (pair, outcome) in enumerate(
        zip(pairs, await associate(call, types, pairs), strict=True)
    ):
        if outcome is None:
            done.append(pair)
        else:
            ids = {"fromObjectId": pair.from_word, "toObjectId": pair.to_word}
            batch.fail(index, outcome, **ids)
    return batch, done


async def neighbours_batch(
    call: Call, types: Types, inputs: list[FetchInput]
) -> tuple[Batch, list[tuple[str, list[Neighbour], dict[str, Any]]]]:
    """The other ends of many records, a page of each; the batch has those that have none."""
    ids = {one.id: number(one.id) for one in inputs}
    found = await associations.neighbours_of(call.conn, call.schema, types, list(ids.values()))
    batch = Batch(call)
    pages = []
    for index, one in enumerate(inputs):
        after = number(one.after or "")
        many = [other for other in found.get(ids[one.id], ()) if other.id > after]
        if not many:
            nothing = NothingAssociated(to=types[1].name, type=types[0].name, id=one.id)
            batch.fail(index, nothing, fromObjectId=one.id)
            continue
        shown = many[:LONGEST_PAGE]
        more = len(many) > len(shown)
        paged = {"paging": {"next": {"after": str(shown[-1].id)}}} if more else {}
        pages.append((one.id, shown, paged))
    return batch, pages
