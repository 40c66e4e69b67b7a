"""Association types between an object type and others, one by one."""

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.changes import Write
from penstock.records.definitions import association_types
from penstock.records.definitions.association_types import Pair
from penstock.records.definitions.changing import changing
from penstock.records.definitions.words import check_label
from penstock.records.errors import DefinitionFixed, DefinitionInvalid, DefinitionNotFound
from penstock.records.schema import Edge, Schema, TypeSchema

_WHAT = "association"


def plain_pair(type: TypeSchema, other: TypeSchema, name: str | None = None) -> Pair:
    """The unlabelled association type between two types."""
    return Pair(
        type.id,
        other.id,
        name or f"{type.name}_to_{other.name}",
        f"{other.name}_to_{type.name}",
    )


async def add_one(
    conn: Connection, word: str, ends: tuple[str, str], name: str | None = None
) -> Edge:
    """Make an association type from one end to the other; `word` means one of the two.

    The first one between two types is the plain one. What is there already, by name or as the plain
    one when no name is given, is left as it is; a further name becomes a label. Raises
    ObjectTypeUnknown or DefinitionInvalid.
    """
    async with changing(conn) as schema:
        type = schema.type(word)
        first, second = schema.type(ends[0]), schema.type(ends[1])
        problems: list[Problem] = []
        name = None if name is None else check_label(name, problems, "name")
        if type not in (first, second):
            text = Text("one end must be {type}", type=type.name)
            problems.append(Problem(text, where="fromObjectTypeId", code="INVALID_ASSOCIATION"))
        if problems:
            raise DefinitionInvalid(problems=problems)
        present = _present(schema, first, second, name)
        if present is not None:
            return present
        pair = plain_pair(first, second, name)
        if schema.plain_edge(first.id, second.id) is not None and name is not None:
            pair = Pair(first.id, second.id, name, name, name, name)
        return (await association_types.add(conn, [pair]))[0]


def _present(
    schema: Schema, first: TypeSchema, second: TypeSchema, name: str | None
) -> Edge | None:
    if name is None:
        return schema.plain_edge(first.id, second.id)
    edges = schema.edges_between(first.id, second.id)
    return next((edge for edge in edges if edge.name == name), None)


async def remove_one(conn: Connection, word: str, id: str, write: Write) -> None:
    """Remove an association type of a type, both directions, with all associations of it.

    Raises ObjectTypeUnknown, DefinitionNotFound, or DefinitionFixed for a built-in one.
    """
    async with changing(conn) as schema:
        type = schema.type(word)
        for edge in schema.edges.values():
            if str(edge.id) == id and type.id in (edge.from_type, edge.to_type):
                if edge.category != "USER_DEFINED":
                    raise DefinitionFixed(what=_WHAT, name=id)
                await association_types.remove(conn, [edge], write)
                return
        raise DefinitionNotFound(what=_WHAT, name=id)
