"""Pairs of records, associated and parted as sets; each pair that cannot be has its own error."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from penstock.accounts.scopes import Verb
from penstock.api.call import Call
from penstock.api.identifying import number
from penstock.kernel.errors import PenstockError, Problem
from penstock.kernel.texts import Text
from penstock.records import associations
from penstock.records.associations import NewEdge
from penstock.records.errors import EdgeInvalid, RecordNotFound
from penstock.records.schema import Edge, Schema, TypeSchema

Types = tuple[TypeSchema, TypeSchema]


@dataclass(frozen=True)
class Pair:
    """Two records to be associated; no type ids: plainly."""

    from_word: str
    to_word: str
    type_ids: tuple[int, ...] = ()

    @property
    def ids(self) -> tuple[int, int]:
        return number(self.from_word), number(self.to_word)


def types_of(call: Call, from_word: str, to_word: str, *, write: bool) -> Types:
    """Both object types of a path. Raises ObjectTypeUnknown or ScopesMissing."""
    verb: Verb = "write" if write else "read"
    return call.objects(from_word, verb), call.objects(to_word, verb)


async def associate(call: Call, types: Types, pairs: Sequence[Pair]) -> list[PenstockError | None]:
    """Associate what can be associated; one outcome per pair, None for done.

    Raises EdgeInvalid when a limit of associations is exceeded.
    """
    ids = [id for pair in pairs for id in pair.ids]
    live = await associations.lock(call.conn, ids, alone=_alone(call.schema, pairs))
    outcomes = [_refusal(call.schema, types, pair, live) for pair in pairs]
    edges = [
        (pair.ids[0], NewEdge(pair.ids[1], pair.type_ids))
        for pair, refusal in zip(pairs, outcomes, strict=True)
        if refusal is None
    ]
    await associations.add(call.conn, call.schema, types[0], edges, live, call.write)
    return outcomes


def _alone(schema: Schema, pairs: Iterable[Pair]) -> bool:
    edges = [schema.edges[id] for pair in pairs for id in pair.type_ids if id in schema.edges]
    single = any(edge.single or schema.edges[edge.inverse].single for edge in edges)
    return single or bool(schema.limited)


def _refusal(
    schema: Schema, types: Types, pair: Pair, live: dict[int, str]
) -> PenstockError | None:
    words = (pair.from_word, pair.to_word)
    for id, word, type in zip(pair.ids, words, types, strict=True):
        if live.get(id) != type.id:
            return RecordNotFound(type=type.name, key="id", value=word, context={"id": [word]})
    if pair.ids[0] == pair.ids[1]:
        text = Text("a record cannot be associated with itself")
        return EdgeInvalid(problems=[Problem(text, where="to", code="ASSOCIATION_WITH_ITSELF")])
    try:
        associations.check(schema, types[0], [NewEdge(pair.ids[1], pair.type_ids)], live)
    except EdgeInvalid as error:
        return error
    return None


async def part(call: Call, types: Types, pairs: Sequence[tuple[str, str]]) -> None:
    """Remove all associations between pairs of records; what is not there is passed over."""
    ids = [(number(one), number(other)) for one, other in pairs]
    await associations.remove_between(call.conn, call.schema, types, ids, call.write)


async def unlabel(call: Call, types: Types, pairs: Sequence[Pair]) -> None:
    """Remove associations of the given types. Raises EdgeInvalid for a type that is none of theirs.

    The plain type takes every label with it: a labelled association is also a plain one.
    """
    known = {edge.id: edge for edge in call.schema.edges_between(types[0].id, types[1].id)}
    problems = [_no_type(types, id) for pair in pairs for id in pair.type_ids if id not in known]
    if problems:
        raise EdgeInvalid(problems=problems)
    plain = call.schema.plain_edge(types[0].id, types[1].id)
    edges = [
        (pair.ids[0], id, pair.ids[1])
        for pair in pairs
        for id in (known if plain and plain.id in pair.type_ids else pair.type_ids)
    ]
    await associations.remove(call.conn, call.schema, edges, call.write)


def _no_type(types: Types, id: int) -> Problem:
    text = Text(
        "association type {id} does not lead from {first} to {second}",
        id=id,
        first=types[0].plural,
        second=types[1].plural,
    )
    return Problem(text, where="types", code="ASSOCIATION_TYPE_UNKNOWN")


def spec(edge: Edge) -> dict[str, object]:
    """An association type as reads show it."""
    return {"typeId": edge.id, "category": edge.category, "label": edge.label}
