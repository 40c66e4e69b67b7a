"""Properties of object types: made, changed, archived and read while the system runs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final, TypedDict

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.errors import PenstockError, Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.definitions import conversion, uses
from penstock.records.definitions.changing import Defined, changing, defined
from penstock.records.definitions.shape import shape
from penstock.records.errors import (
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
    PropertyExists,
    PropertyInUse,
)
from penstock.records.model import Option, Property
from penstock.records.schema import TypeSchema, property_of

_queries = load("penstock.records.definitions", "properties.sql")

MOST_UNIQUE: Final = 10
"""Properties with unique values that users may add to one object type."""

Outcome = Defined[Property] | PenstockError


class PropertyChanges(TypedDict, total=False):
    """What of a property may change."""

    label: str
    type: str
    field_type: str
    group: str
    description: str
    options: tuple[Option, ...]
    hidden: bool
    form_field: bool
    display_order: int
    show_currency: bool


async def read(
    conn: Connection,
    type_ids: Collection[str],
    *,
    names: Collection[str] | None = None,
    archived: bool = False,
) -> dict[str, list[Defined[Property]]]:
    """The definitions of each object type in the order of names: all, or the named ones."""
    rows = await _queries.rows(
        conn,
        "read",
        types=list(type_ids),
        names=None if names is None else [name.lower() for name in names],
        archived=archived,
    )
    found: dict[str, list[Defined[Property]]] = {id: [] for id in type_ids}
    for row in rows:
        found[row.definition["object_type"]].append(_defined(row))
    return found


async def read_one(
    conn: Connection, type: TypeSchema, name: str, *, archived: bool = False
) -> Defined[Property]:
    """One definition. Raises DefinitionNotFound."""
    found = await read(conn, [type.id], names=[name], archived=archived)
    if not found[type.id]:
        raise DefinitionNotFound(what="property", name=name)
    return found[type.id][0]


def _defined(row: Any) -> Defined[Property]:
    return defined(property_of(row.definition), row)


async def create(
    conn: Connection, word: str, drafts: Sequence[Property], now: datetime
) -> list[Outcome]:
    """Make properties of the type that `word` means; one outcome for each, in order.

    A draft without a group gets the type's own. A name that belonged to an archived property begins
    a new life with the values that records still have. Raises ObjectTypeUnknown.
    """
    async with changing(conn) as schema:
        return await add(conn, schema.type(word), drafts, now)


async def add(
    conn: Connection, type: TypeSchema, drafts: Sequence[Property], now: datetime
) -> list[Outcome]:
    """Like `create`, inside a change of the schema that is under way."""
    names = [draft.name.strip().lower() for draft in drafts]
    old = await read(conn, [type.id], names=names, archived=True)
    archived = {entry.noun.name: entry.noun for entry in old[type.id]}
    present = dict(type.properties)
    outcomes: list[Outcome | None] = [None] * len(drafts)
    accepted: dict[int, Property] = {}
    for index, draft in enumerate(drafts):
        try:
            prop = shape(type, draft)
            _check_new(type, present, prop)
            if prop.name in archived:
                async with conn.transaction():
                    await conversion.follow(conn, type.id, archived[prop.name], prop)
        except PenstockError as error:
            outcomes[index] = error
            continue
        present[prop.name] = prop
        accepted[index] = prop
    saved = await _save(conn, type, list(accepted.values()), now)
    for index, prop in accepted.items():
        outcomes[index] = saved[prop.name]
    return [outcome for outcome in outcomes if outcome is not None]


def _check_new(type: TypeSchema, present: Mapping[str, Property], prop: Property) -> None:
    if prop.name in present:
        raise PropertyExists(what="property", name=prop.name)
    added = [p for p in present.values() if p.unique and not p.hubspot_defined]
    if prop.unique and len(added) >= MOST_UNIQUE:
        text = Text(
            "{type} have {limit} properties with unique values already, which is the limit",
            type=type.plural_label,
            limit=MOST_UNIQUE,
        )
        raise DefinitionInvalid(
            problems=[Problem(text, where="hasUniqueValue", code="TOO_MANY_UNIQUE_PROPERTIES")]
        )


async def _save(
    conn: Connection, type: TypeSchema, properties: Sequence[Property], now: datetime
) -> dict[str, Defined[Property]]:
    rows = Jsonb([asdict(prop) for prop in properties])
    saved = await _queries.rows(conn, "save", type=type.id, rows=rows, now=now)
    return {entry.noun.name: entry for entry in map(_defined, saved)}


async def update_one(
    conn: Connection, word: str, name: str, changes: PropertyChanges, now: datetime
) -> Defined[Property]:
    """Change a property; its values are converted into another type, or into several at once.

    Raises DefinitionNotFound, DefinitionInvalid (also when a value cannot be converted) or
    DefinitionFixed.
    """
    async with changing(conn) as schema:
        type = schema.type(word)
        before = type.properties.get(name.lower())
        if before is None:
            raise DefinitionNotFound(what="property", name=name)
        after = shape(type, replace(before, **changes))
        if before.hubspot_defined and _form(before) != _form(after):
            raise DefinitionFixed(what="property", name=before.name)
        await conversion.follow(conn, type.id, before, after)
        return (await _save(conn, type, [after], now))[after.name]


def _form(prop: Property) -> tuple[str, str]:
    return prop.type, prop.field_type


async def archive(conn: Connection, word: str, names: Collection[str], now: datetime) -> list[str]:
    """Archive properties; returns the names of those that were there. Records keep their values.

    Raises PropertyInUse, with a problem for each that is built in or used: then none is archived.
    """
    async with changing(conn) as schema:
        type = schema.type(word)
        present = sorted({name.lower() for name in names} & type.properties.keys())
        used = await uses.of_properties(conn, schema, type, frozenset(present))
        errors = [
            PropertyInUse(name=name, use=used[name][0], where=name)
            for name in present
            if name in used
        ]
        if errors:
            raise PropertyInUse(errors[0].text, problems=[error.problem() for error in errors])
        await conversion.release(conn, type.id, present)
        await _queries.run(conn, "archive", type=type.id, names=present, now=now)
        return present


async def restore_one(conn: Connection, word: str, name: str, now: datetime) -> Defined[Property]:
    """Bring an archived property back as it was. Raises DefinitionNotFound or PropertyExists."""
    async with changing(conn) as schema:
        type = schema.type(word)
        prop = (await read_one(conn, type, name, archived=True)).noun
        # Its group may be gone by now.
        group = prop.group if prop.group in type.groups else ""
        return one(await add(conn, type, [replace(prop, group=group)], now))


def one(outcomes: Sequence[Outcome]) -> Defined[Property]:
    """The only outcome of a set of one; raises its error."""
    (outcome,) = outcomes
    if isinstance(outcome, PenstockError):
        raise outcome
    return outcome
