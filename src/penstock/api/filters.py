"""Filters, what HubSpot's API does not have: `/api/filters`, to check, count and explain them."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import Query

from penstock.api import objects_wire
from penstock.api.attending import attended
from penstock.api.call import Call, ThisCall
from penstock.api.filters_shapes import (
    AudienceSample,
    AudienceShape,
    Checked,
    CountBody,
    DescribeBody,
    EditorShape,
    ExplainBody,
    ExplanationShape,
    FilterBody,
    SampleBody,
    Sentence,
)
from penstock.api.filters_wire import editor, explanation_shape, problem
from penstock.api.identifying import number
from penstock.api.routing import Router
from penstock.filters import audience
from penstock.filters.compile import Criterion, check, mentions
from penstock.filters.describe import describe
from penstock.filters.errors import FilterInvalid
from penstock.filters.explain import explain
from penstock.filters.mentions import Names, names
from penstock.records.schema import TypeSchema

router = Router("filters", "Filters")


@router.post("/api/filters/describe", model=Sentence, mutates=False)
async def say(call: ThisCall, body: DescribeBody) -> dict[str, Any]:
    """What a filter means, in words; what is not known here is said to be so."""
    type = None if body.object_type_id is None else call.objects(body.object_type_id, "read").id
    known = await _names(call, body.filter_branch)
    sentence = describe(body.filter_branch, call.schema, type, known)
    return {"sentence": sentence.render(call.language)}


@router.post("/api/filters/check", model=Checked, mutates=False)
async def find_problems(call: ThisCall, body: FilterBody) -> dict[str, Any]:
    """Whether a filter can be asked, and if not, what is wrong where."""
    type = call.objects(body.object_type_id, "read")
    known = await _names(call, body.filter_branch)
    sentence = describe(body.filter_branch, call.schema, type.id, known).render(call.language)
    try:
        criterion = check(body.filter_branch, call.schema, type.id, names=known)
    except FilterInvalid as error:
        problems = [problem(one, call.language) for one in error.problems]
        return {"valid": False, "problems": problems, "sentence": sentence}
    return {
        "valid": True,
        "problems": [],
        "sentence": sentence,
        "filterBranch": criterion.document,
    }


@router.post("/api/filters/count", model=AudienceShape, mutates=False)
async def count(call: ThisCall, body: CountBody) -> dict[str, Any]:
    """How many records match: of many records an estimate at once, and the truth with `exact`."""
    _, criterion = await _criterion(call, body)
    counting = audience.count if body.exact else audience.estimate
    work = counting(call.conn, criterion, call.schema, call.now)
    found = await attended(call.request, work)
    return {"count": found.count, "exact": found.exact, "margin": found.margin}


@router.post("/api/filters/sample", model=AudienceSample, mutates=False)
async def sample(call: ThisCall, body: SampleBody) -> dict[str, Any]:
    """Some of the records that match, the oldest first."""
    type, criterion = await _criterion(call, body)
    work = audience.sample(call.conn, criterion, call.schema, call.now, body.limit)
    records = await attended(call.request, work)
    properties = body.properties or [name for name in (type.primary, *type.secondary) if name]
    return {"results": await objects_wire.shapes(call, type, records, properties=properties)}


@router.post("/api/filters/explain", model=ExplanationShape, mutates=False)
async def tell_why(call: ThisCall, body: ExplainBody) -> dict[str, Any]:
    """Why a record matches a filter or does not, part by part. With problems, nobody matches."""
    type = call.objects(body.object_type_id, "read")
    known = await _names(call, body.filter_branch)
    # One that is not valid asks nothing of anybody, and its explanation says what is wrong.
    with suppress(FilterInvalid):
        may_ask(call, check(body.filter_branch, call.schema, type.id, names=known))
    work = explain(
        call.conn,
        body.filter_branch,
        call.schema,
        type.id,
        number(body.record_id),
        call.now,
        known,
    )
    return explanation_shape(await attended(call.request, work), call.language)


@router.get("/api/filters/operators", model=EditorShape)
async def operators(
    call: ThisCall, object_type_id: Annotated[str, Query(alias="objectTypeId")]
) -> dict[str, Any]:
    """What an editor of filters is made from: what can be asked of a type's records, and how."""
    return editor(call.schema, call.objects(object_type_id, "read"), call.language)


async def _criterion(call: Call, body: FilterBody) -> tuple[TypeSchema, Criterion]:
    type = call.objects(body.object_type_id, "read")
    known = await _names(call, body.filter_branch)
    criterion = check(body.filter_branch, call.schema, type.id, names=known)
    may_ask(call, criterion)
    return type, criterion


async def _names(call: Call, document: dict[str, Any]) -> Names:
    return await names(call.conn, mentions([document]))


def may_ask(call: Call, criterion: Criterion) -> None:
    """A filter tells of the records that it asks about, also of those across associations.

    Raises ScopesMissing.
    """
    edges = {id for one in criterion.depends for id in one.across}
    edges |= {
        int(one.key)
        for one in criterion.depends
        if one.kind == "association"
        if one.key.isdecimal()
    }
    for type in sorted({call.schema.edges[id].to_type for id in edges if id in call.schema.edges}):
        call.objects(type, "read")
