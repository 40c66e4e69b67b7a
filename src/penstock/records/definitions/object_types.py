"""Custom object types: made, changed, archived, purged and read while the system runs."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypedDict

from psycopg import errors as pg
from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.errors import PenstockError
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.definitions import association_types, groups, properties, uses
from penstock.records.definitions.changing import Defined, changing, defined
from penstock.records.definitions.drafts import DEFAULTS, ObjectTypeDraft, checked
from penstock.records.definitions.type_edges import plain_pair
from penstock.records.errors import (
    DefinitionExists,
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
    ObjectTypeUnknown,
    TypeInUse,
)
from penstock.records.model import Property
from penstock.records.schema import Edge, Schema, TypeSchema, type_of

_queries = load("penstock.records.definitions", "object_types.sql")

ALWAYS_ASSOCIATED: Final = ("0-1", "0-2", "0-3", "0-5", "0-46", "0-27", "0-48", "0-49", "0-47")
"""Contacts, companies, deals, tickets, and the activities of every record."""


class ObjectTypeChanges(TypedDict, total=False):
    """What of a custom object type may change."""

    label: str
    plural_label: str
    description: str
    primary: str
    secondary: tuple[str, ...]
    required: tuple[str, ...]
    search: tuple[str, ...]


@dataclass(frozen=True)
class ObjectTypeDefinition(Defined[TypeSchema]):
    """An object type with its properties and all association types at either end of it.

    Of the noun only what belongs to the type itself is filled in.
    """

    properties: Sequence[Defined[Property]] = ()
    edges: Sequence[Edge] = ()


async def read(
    conn: Connection, ids: Collection[str] | None = None, *, archived: bool = False
) -> list[ObjectTypeDefinition]:
    """The object types with these ids, or all custom ones, in the order of their making."""
    rows = await _queries.rows(
        conn, "read", ids=None if ids is None else list(ids), archived=archived
    )
    types = [defined(type_of(row.definition), row) for row in rows]
    found = [entry.noun.id for entry in types]
    props = await properties.read(conn, found)
    edges = [Edge(**row.edge) for row in await _queries.rows(conn, "edges", ids=found)]
    return [
        ObjectTypeDefinition(
            entry.noun,
            entry.created_at,
            entry.updated_at,
            entry.archived_at,
            props[entry.noun.id],
            [edge for edge in edges if entry.noun.id in (edge.from_type, edge.to_type)],
        )
        for entry in types
    ]


async def read_one(conn: Connection, id: str) -> ObjectTypeDefinition:
    """The definition of a live type. Raises DefinitionNotFound."""
    found = await read(conn, [id])
    if not found:
        raise DefinitionNotFound(what="object type", name=id)
    return found[0]


async def create_one(conn: Connection, draft: ObjectTypeDraft, now: datetime) -> str:
    """Make a custom object type with its properties and association types; returns its id.

    It gets the columns and the owner that built-in types have, and associations with contacts,
    companies, deals, tickets, activities, records of its own kind and those asked for. Raises
    DefinitionInvalid with everything that is wrong, DefinitionExists or ObjectTypeUnknown.
    """
    async with changing(conn) as schema:
        id: str = await _queries.value(conn, "next_id")
        type = draft.type(id, schema.portal_id)
        await _check_free(conn, schema, type.name)
        associated = [schema.type(word) for word in (*ALWAYS_ASSOCIATED, *draft.associated)]
        await _queries.run(
            conn,
            "create",
            name=type.name,
            plural=type.plural,
            stamps=Jsonb(type.stamps),
            now=now,
            **_bound(type),
        )
        for group in type.groups.values():
            await groups.save(conn, type, group)
        await _add_properties(conn, type, draft.properties, now)
        others = {other.id: other for other in (type, *associated)}
        await association_types.add(conn, [plain_pair(type, other) for other in others.values()])
        return id


async def _check_free(conn: Connection, schema: Schema, name: str) -> None:
    with suppress(ObjectTypeUnknown):
        raise DefinitionExists(what="object type", name=schema.type(name).name)
    archived = await _find_archived(conn, name)
    if archived is not None:
        text = Text(
            'there is an archived object type "{name}" ({id}): delete it for good first, by '
            "deleting it once more with archived=true",
            name=name,
            id=archived.id,
        )
        raise DefinitionExists(text)


async def _find_archived(conn: Connection, word: str) -> TypeSchema | None:
    for entry in await read(conn, archived=True):
        if word.lower() in (entry.noun.id, entry.noun.name, entry.noun.plural):
            return entry.noun
    return None


async def _add_properties(
    conn: Connection, type: TypeSchema, drafts: Sequence[Property], now: datetime
) -> None:
    own = [prop for prop in drafts if prop.name.strip().lower() not in DEFAULTS]
    outcomes = await properties.add(conn, type, [*DEFAULTS.values(), *own], now)
    errors = [outcome for outcome in outcomes if isinstance(outcome, PenstockError)]
    problems = [item for error in errors for item in error.problems or [error.problem()]]
    if problems:
        raise DefinitionInvalid(problems=problems)


async def update_one(conn: Connection, word: str, changes: ObjectTypeChanges, now: datetime) -> str:
    """Change a custom object type; returns its id.

    Raises ObjectTypeUnknown, DefinitionInvalid or DefinitionFixed.
    """
    async with changing(conn) as schema:
        before = custom(schema, word)
        after = checked(replace(before, **changes), before.properties, [])
        await _queries.run(conn, "change", now=now, **_bound(after))
        return before.id


def _bound(type: TypeSchema) -> dict[str, Any]:
    return {
        "id": type.id,
        "label": type.label,
        "plural_label": type.plural_label,
        "description": type.description,
        "primary": type.primary,
        "secondary": list(type.secondary),
        "required": list(type.required),
        "search": list(type.search),
        "shown": list(type.shown),
    }


def custom(schema: Schema, word: str) -> TypeSchema:
    """The custom type that a word means. Raises ObjectTypeUnknown or DefinitionFixed."""
    type = schema.type(word)
    if not type.custom:
        raise DefinitionFixed(what="object type", name=type.name)
    return type


async def archive_one(conn: Connection, word: str, now: datetime) -> None:
    """Archive a custom object type that has no records. Its name stays taken until it is purged.

    Raises ObjectTypeUnknown, DefinitionFixed or TypeInUse.
    """
    async with changing(conn) as schema:
        await _archive(conn, schema, custom(schema, word), now)


async def _archive(conn: Connection, schema: Schema, type: TypeSchema, now: datetime) -> None:
    records = await _queries.rows(conn, "some_records", id=type.id)
    if records:
        examples = ", ".join(str(row.id) for row in records)
        use = Text("it has records, such as {examples}: delete them first", examples=examples)
        raise TypeInUse(name=type.name, use=use)
    for use in await uses.of_type(conn, schema, type):
        raise TypeInUse(name=type.name, use=use)
    await _queries.run(conn, "dissolve", id=type.id)
    await _queries.run(conn, "archive", id=type.id, now=now)


async def purge_one(conn: Connection, word: str, now: datetime) -> None:
    """Delete a custom object type for good, live or archived, with its archived records.

    Raises ObjectTypeUnknown, DefinitionFixed or TypeInUse.
    """
    async with changing(conn) as schema:
        type = await _find_archived(conn, word)
        if type is None:
            type = custom(schema, word)
            await _archive(conn, schema, type, now)
        await _queries.run(conn, "purge_records", id=type.id)
        try:
            await _queries.run(conn, "purge", id=type.id)
        except pg.ForeignKeyViolation as error:
            use = Text("there are {table} of it", table=error.diag.table_name)
            raise TypeInUse(name=type.name, use=use) from None
