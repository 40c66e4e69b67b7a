"""Records as they go out: the properties asked for, their history and their associations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from penstock.api.call import Call
from penstock.kernel.errors import Invalid
from penstock.records import associations
from penstock.records.associations import Neighbour
from penstock.records.errors import ObjectTypeUnknown
from penstock.records.reading import Record, history
from penstock.records.schema import Schema, TypeSchema
from penstock.records.shaping import past, shape

MOST_ASSOCIATED: Final = 500
"""Other ends shown with a record; the rest is a page away."""


class AssociationsInvalid(Invalid):
    """There is no object type "{name}" that associations could be read of"""


def written(
    record: Record, type: TypeSchema, names: Iterable[str], trace_id: str | None = None
) -> dict[str, Any]:
    """A record as the answer to a write: what was written and what is always shown."""
    shaped = shape(record, type, [*type.shown, *names])
    if trace_id is not None:
        shaped["objectWriteTraceId"] = trace_id
    return shaped


async def shapes(
    call: Call,
    type: TypeSchema,
    records: Sequence[Record],
    *,
    properties: Sequence[str],
    with_history: Sequence[str] = (),
    associated: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Records as the answer to a read; properties that do not exist are passed over.

    Raises AssociationsInvalid, or ScopesMissing for the types at the other ends.
    """
    names = [*(properties or type.shown), *with_history]
    shaped = [shape(record, type, names) for record in records]
    if with_history and records:
        values = await history(call.conn, [record.id for record in records], with_history)
        for record, one in zip(records, shaped, strict=True):
            one["propertiesWithHistory"] = past(type, with_history, values.get(record.id, {}))
    for word in associated:
        other = _other(call, word)
        found = await _neighbours(call, type, other, [record.id for record in records])
        for record, one in zip(records, shaped, strict=True):
            if record.id in found:
                key = plural(call.schema, other)
                edges = _associated(call, type, other, record.id, found[record.id])
                one.setdefault("associations", {})[key] = edges
    return shaped


def plural(schema: Schema, type: TypeSchema) -> str:
    """The name under which other ends of a type are listed."""
    return f"p{schema.portal_id}_{type.name}" if type.custom else type.plural


def _other(call: Call, word: str) -> TypeSchema:
    try:
        return call.objects(word, "read")
    except ObjectTypeUnknown:
        raise AssociationsInvalid(name=word) from None


async def _neighbours(
    call: Call, type: TypeSchema, other: TypeSchema, ids: Sequence[int]
) -> Mapping[int, Sequence[Neighbour]]:
    if len(ids) != 1:
        return await associations.neighbours_of(call.conn, call.schema, (type, other), ids)
    # One more than is shown tells whether there are more.
    found = await associations.neighbours(
        call.conn, call.schema, (type, other), ids[0], limit=MOST_ASSOCIATED + 1
    )
    return {ids[0]: found} if found else {}


def _associated(
    call: Call, type: TypeSchema, other: TypeSchema, id: int, found: Sequence[Neighbour]
) -> dict[str, Any]:
    shown = found[:MOST_ASSOCIATED]
    results = [
        {"id": str(neighbour.id), "type": edge.name}
        for neighbour in shown
        for edge in neighbour.edges
    ]
    if len(found) == len(shown):
        return {"results": results}
    after = str(shown[-1].id)
    url = call.request.url
    path = f"/crm/v4/objects/{type.plural}/{id}/associations/{other.plural}?after={after}"
    link = f"{url.scheme}://{url.netloc}{path}"
    return {"results": results, "paging": {"next": {"after": after, "link": link}}}
