"""Labels of associations: what users call an edge, and how many of a type a record may have."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.changes import Write
from penstock.records.definitions import association_types
from penstock.records.definitions.association_types import Pair
from penstock.records.definitions.changing import changing
from penstock.records.definitions.words import check_label, check_name
from penstock.records.errors import (
    DefinitionExists,
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
)
from penstock.records.schema import Edge, Schema

_queries = load("penstock.records", "labels.sql")

_WHAT: Final = "association label"

LARGEST_LIMIT: Final = 50_000
"""Records that a record may be limited to; more is no limit worth keeping."""


async def create(
    conn: Connection,
    types: tuple[str, str],
    name: str,
    label: str,
    inverse_label: str | None = None,
) -> tuple[Edge, Edge]:
    """Make a label from one object type to another; returns both directions.

    Without `inverse_label` it reads the same both ways. Raises ObjectTypeUnknown, DefinitionInvalid
    or DefinitionExists.
    """
    async with changing(conn) as schema:
        first, second = (schema.type(word).id for word in types)
        problems: list[Problem] = []
        name = check_name(name, problems)
        label = check_label(label, problems)
        if inverse_label is not None:
            inverse_label = check_label(inverse_label, problems, "inverseLabel")
        if problems:
            raise DefinitionInvalid(problems=problems)
        back = label if inverse_label is None else inverse_label
        # Between records of one type, two names tell the two directions of a pair apart.
        inverse_name = f"{name}_inverse" if first == second and label != back else name
        pair = Pair(first, second, name, inverse_name, label, back)
        _check_free(schema, (first, second), name, label)
        _check_free(schema, (second, first), inverse_name, back)
        (there,) = await association_types.add(conn, [pair])
        if pair.symmetric:
            return there, there
        return there, replace(
            there,
            id=there.inverse,
            inverse=there.id,
            from_type=second,
            to_type=first,
            name=inverse_name,
            label=back,
        )


def _check_free(
    schema: Schema, types: tuple[str, str], name: str, label: str, but: int | None = None
) -> None:
    for edge in schema.edges_between(*types):
        if edge.id != but and (edge.name == name or edge.label == label):
            taken = name if edge.name == name else label
            raise DefinitionExists(what=_WHAT, name=taken)


async def rename(
    conn: Connection,
    types: tuple[str, str],
    type_id: int,
    label: str,
    inverse_label: str | None = None,
) -> None:
    """Change how a label reads; without `inverse_label` the other direction stays.

    Raises ObjectTypeUnknown, DefinitionNotFound, DefinitionFixed, DefinitionInvalid or
    DefinitionExists.
    """
    async with changing(conn) as schema:
        edge = _own(schema, types, type_id)
        problems: list[Problem] = []
        labels = {edge.id: check_label(label, problems)}
        if inverse_label is not None and edge.inverse != edge.id:
            labels[edge.inverse] = check_label(inverse_label, problems, "inverseLabel")
        if problems:
            raise DefinitionInvalid(problems=problems)
        for id, text in labels.items():
            one = schema.edges[id]
            _check_free(schema, (one.from_type, one.to_type), "", text, but=id)
        await _queries.run(conn, "label", ids=list(labels), labels=list(labels.values()))


async def remove(conn: Connection, types: tuple[str, str], type_id: int, write: Write) -> None:
    """Remove a label, both directions, from the schema and from every record.

    Raises ObjectTypeUnknown, DefinitionNotFound or DefinitionFixed.
    """
    async with changing(conn) as schema:
        await association_types.remove(conn, [_own(schema, types, type_id)], write)


def _own(schema: Schema, types: tuple[str, str], type_id: int) -> Edge:
    edge = find(schema, types, type_id)
    if edge.category == "HUBSPOT_DEFINED" or edge.label is None:
        raise DefinitionFixed(what=_WHAT, name=edge.label or edge.name)
    return edge


def find(schema: Schema, types: tuple[str, str], type_id: int) -> Edge:
    """An association type of two object types. Raises ObjectTypeUnknown or DefinitionNotFound."""
    first, second = (schema.type(word).id for word in types)
    edge = schema.edges.get(type_id)
    if edge is None or (edge.from_type, edge.to_type) != (first, second):
        raise DefinitionNotFound(what=_WHAT, name=str(type_id))
    return edge


async def limit(
    conn: Connection, types: tuple[str, str], limits: Mapping[int, int | None]
) -> list[Edge]:
    """Say how many records one record may lead to by an association type; None lifts the limit.

    What exceeds it already stays. Returns the association types as they are then. Raises
    ObjectTypeUnknown, DefinitionNotFound or DefinitionInvalid.
    """
    async with changing(conn) as schema:
        edges = [find(schema, types, type_id) for type_id in limits]
        problems = [
            _no_limit(most) for most in limits.values() if not (most is None or _possible(most))
        ]
        if problems:
            raise DefinitionInvalid(problems=problems)
        await _queries.run(conn, "limit", ids=list(limits), limits=list(limits.values()))
        return [replace(edge, most=limits[edge.id]) for edge in edges]


def _possible(most: int) -> bool:
    return 1 <= most <= LARGEST_LIMIT


def _no_limit(most: int) -> Problem:
    text = Text(
        "{limit} is no possible limit: give a number from 1 to {largest}",
        limit=most,
        largest=LARGEST_LIMIT,
    )
    return Problem(text, where="maxToObjectIds", code="INVALID_LIMIT")


def limited(schema: Schema, types: tuple[str, str] | None = None) -> Sequence[Edge]:
    """The association types with a limit, of two object types or of all."""
    if types is None:
        return [edge for edge in schema.edges.values() if edge.most is not None]
    first, second = (schema.type(word).id for word in types)
    return [edge for edge in schema.edges_between(first, second) if edge.most is not None]
