"""Kinds of events that users define: made, changed, archived and read while the system runs."""

import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final, TypedDict

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.errors import PenstockError, Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.defaults import text
from penstock.records.definitions.changing import Defined, changing, defined
from penstock.records.definitions.shape import shape_attribute
from penstock.records.definitions.words import check_label, check_name, check_text
from penstock.records.errors import (
    DefinitionExists,
    DefinitionInvalid,
    DefinitionNotFound,
    PropertyExists,
)
from penstock.records.model import EventType, Option, Property
from penstock.records.schema import Schema, event_type_of

_queries = load("penstock.records.definitions", "event_types.sql")

_DEFAULTS: Final = """
    asset_description asset_type browser campaign_id city country device_name device_type
    element_class element_id element_text language link_href operating_system operating_version
    page_content_type page_id page_title page_url parent_module_id referrer region screen_height
    screen_width touchpoint_source tracking_name user_agent utm_campaign utm_content utm_medium
    utm_source utm_term
"""

DEFAULT_PROPERTIES: Final = tuple(
    text(f"hs_{word}", word.replace("_", " ").capitalize()) for word in _DEFAULTS.split()
)
"""What a custom event may tell without its being defined: where it happened, and on what."""

_ID: Final = re.compile(r"\d+-\d+")

LARGEST: Final = 250
"""Properties that one kind of event may define."""


@dataclass(frozen=True)
class EventTypeDraft:
    """A kind of event to be; `name` is the part after `pe{portal}_`."""

    name: str
    label: str
    object_type: str = "0-1"
    description: str = ""
    properties: tuple[Property, ...] = ()
    with_defaults: bool = True


class EventTypeChanges(TypedDict, total=False):
    """What of a kind of event may change by itself."""

    label: str
    description: str


class AttributeChanges(TypedDict, total=False):
    """What of a property of an event may change."""

    label: str
    description: str
    options: tuple[Option, ...]


async def read(
    conn: Connection,
    words: Iterable[str] | None = None,
    *,
    custom: bool = False,
    archived: bool = False,
) -> list[Defined[EventType]]:
    """The kinds of events with these ids or full names, or all.

    `custom` leaves out built-in ones, `archived` brings in those that ended.
    """
    rows = await _queries.rows(
        conn,
        "read",
        words=None if words is None else list(words),
        custom=custom,
        archived=archived,
    )
    return [defined(event_type_of(row.definition), row) for row in rows]


def full_name(schema: Schema, word: str) -> str:
    """The name under which a kind of event is kept: `pe{portal}_` goes before a short one."""
    word = word.strip().lower()
    prefix = f"pe{schema.portal_id}_"
    return word if word.startswith(prefix) or _ID.fullmatch(word) else prefix + word


async def read_one(conn: Connection, schema: Schema, word: str) -> Defined[EventType]:
    """A custom kind of event, by its id, full or short name. Raises DefinitionNotFound."""
    found = await read(conn, [full_name(schema, word)], custom=True)
    if not found:
        raise DefinitionNotFound(what="event definition", name=word)
    return found[0]


async def create_one(conn: Connection, draft: EventTypeDraft, now: datetime) -> Defined[EventType]:
    """Define a kind of event. Raises DefinitionInvalid, DefinitionExists or ObjectTypeUnknown."""
    async with changing(conn) as schema:
        problems: list[Problem] = []
        name = check_name(draft.name, problems)
        label = check_label(draft.label, problems)
        description = check_text(draft.description, problems, "description")
        properties = _shaped(draft.properties, problems)
        if problems:
            raise DefinitionInvalid(problems=problems)
        name = full_name(schema, name)
        if await _queries.one(conn, "taken", name=name) is not None:
            raise DefinitionExists(what="event definition", name=name)
        event = EventType(
            await _queries.value(conn, "next_id"),
            name,
            label,
            schema.type(draft.object_type).id,
            description,
            properties + (DEFAULT_PROPERTIES if draft.with_defaults else ()),
        )
        return await _save(conn, event, now)


def _shaped(drafts: Collection[Property], problems: list[Problem]) -> tuple[Property, ...]:
    shaped: dict[str, Property] = {}
    for draft in drafts:
        try:
            prop = shape_attribute(draft)
            _check_new(shaped, prop)
            shaped[prop.name] = prop
        except PenstockError as error:
            problems += error.problems or [error.problem()]
    return tuple(shaped.values())


def _check_new(present: Collection[str], prop: Property) -> None:
    if prop.name in present:
        raise PropertyExists(what="property", name=prop.name)
    if len(present) >= LARGEST:
        text = Text("an event has at most {limit} properties", limit=LARGEST)
        raise DefinitionInvalid(problems=[Problem(text, "properties", "TOO_MANY_PROPERTIES")])


async def _save(conn: Connection, event: EventType, now: datetime) -> Defined[EventType]:
    await _queries.run(
        conn,
        "save",
        id=event.id,
        name=event.name,
        label=event.label,
        description=event.description,
        object_type=event.object_type,
        properties=Jsonb([asdict(prop) for prop in event.properties]),
        now=now,
    )
    return (await read(conn, [event.id]))[0]


async def update_one(
    conn: Connection, word: str, changes: EventTypeChanges, now: datetime
) -> Defined[EventType]:
    """Change a kind of event. Raises DefinitionNotFound or DefinitionInvalid."""
    async with changing(conn) as schema:
        event = replace((await read_one(conn, schema, word)).noun, **changes)
        problems: list[Problem] = []
        event = replace(
            event,
            label=check_label(event.label, problems),
            description=check_text(event.description, problems, "description"),
        )
        if problems:
            raise DefinitionInvalid(problems=problems)
        return await _save(conn, event, now)


async def archive_one(conn: Connection, word: str, now: datetime) -> None:
    """Archive a kind of event: what happened stays, its name too. Raises DefinitionNotFound."""
    async with changing(conn) as schema:
        event = (await read_one(conn, schema, word)).noun
        await _queries.run(conn, "archive", id=event.id, now=now)


async def add_property(
    conn: Connection, word: str, draft: Property, now: datetime
) -> Defined[EventType]:
    """Define one more property. Raises DefinitionNotFound, DefinitionInvalid or PropertyExists."""
    async with changing(conn) as schema:
        event = (await read_one(conn, schema, word)).noun
        prop = shape_attribute(draft)
        _check_new([present.name for present in event.properties], prop)
        return await _save(conn, replace(event, properties=(*event.properties, prop)), now)


async def update_property(
    conn: Connection, word: str, name: str, changes: AttributeChanges, now: datetime
) -> Defined[EventType]:
    """Change a property; its type stays. Raises DefinitionNotFound or DefinitionInvalid."""
    async with changing(conn) as schema:
        event = (await read_one(conn, schema, word)).noun
        after = shape_attribute(replace(find_property(event, name), **changes))
        kept = tuple(after if prop.name == after.name else prop for prop in event.properties)
        return await _save(conn, replace(event, properties=kept), now)


async def remove_property(
    conn: Connection, word: str, name: str, now: datetime
) -> Defined[EventType]:
    """Delete a property, and its values from what happened. Raises DefinitionNotFound."""
    async with changing(conn) as schema:
        event = (await read_one(conn, schema, word)).noun
        gone = find_property(event, name)
        kept = tuple(prop for prop in event.properties if prop != gone)
        # Its name may come back with another type.
        await _queries.run(conn, "strip", id=event.id, name=gone.name)
        return await _save(conn, replace(event, properties=kept), now)


def find_property(event: EventType, name: str) -> Property:
    """Raises DefinitionNotFound."""
    for prop in event.properties:
        if prop.name == name.strip().lower():
            return prop
    raise DefinitionNotFound(what="property", name=name)
