"""Events: what happened to a record, sent from outside or told by other slices."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from penstock.kernel.db import Connection, dumps
from penstock.kernel.errors import PenstockError, Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.changes import Write
from penstock.records.definitions import event_types
from penstock.records.errors import DefinitionNotFound, EventsInvalid, RecordNotFound
from penstock.records.model import EventType
from penstock.records.reading import find
from penstock.records.schema import Schema
from penstock.records.uniqueness import value_text
from penstock.records.values import BadValue, Json, parse

_queries = load("penstock.records", "events.sql")

CONTACT: Final = "0-1"


@dataclass(frozen=True)
class Happening:
    """An event to be recorded; `type` is the id or a name of its kind.

    The record is the one with the id `record`, or the contact with the address `email`, or the one
    to whom the browser token `utk` belongs. A token beside one of the others belongs to that record
    from then on. `at` is when it happened, None for now. The same `uuid` is kept once per record.
    """

    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    record: int | None = None
    email: str | None = None
    utk: str | None = None
    at: datetime | None = None
    uuid: UUID | None = None


@dataclass(frozen=True)
class Recorded:
    """An event as it was kept; `id` is None when it had been kept before."""

    record_id: int
    type: str
    id: int | None


@dataclass(frozen=True)
class _Known:
    """A happening whose kind, values and record are known."""

    record_id: int
    object_type: str
    type: EventType
    properties: dict[str, Json]
    happening: Happening


async def record(
    conn: Connection, schema: Schema, happenings: Sequence[Happening], write: Write
) -> list[Recorded | PenstockError]:
    """Record events, each with its change for the engine; one outcome for each, in order.

    Errors are DefinitionNotFound, RecordNotFound and EventsInvalid; what can be recorded is.
    """
    types = await _types(conn, schema, happenings)
    records = await _records(conn, schema, happenings)
    known: dict[int, _Known] = {}
    outcomes: dict[int, Recorded | PenstockError] = {}
    for index, happening in enumerate(happenings):
        try:
            known[index] = _know(schema, happening, types, records.get(index))
        except PenstockError as error:
            outcomes[index] = error
    kept = await _keep(conn, list(known.values()), write)
    await _identify(conn, list(known.values()))
    for (index, event), id in zip(known.items(), kept, strict=True):
        outcomes[index] = Recorded(event.record_id, event.type.id, id)
    return [outcomes[index] for index in range(len(happenings))]


def _words(schema: Schema, type: str) -> tuple[str, str]:
    word = type.strip().lower()
    return word, event_types.full_name(schema, word)


async def _types(
    conn: Connection, schema: Schema, happenings: Iterable[Happening]
) -> dict[str, EventType]:
    words = {word for happening in happenings for word in _words(schema, happening.type)}
    found = [entry.noun for entry in await event_types.read(conn, words)]
    return {word: event for event in found for word in (event.id, event.name)}


async def _records(
    conn: Connection, schema: Schema, happenings: Sequence[Happening]
) -> dict[int, tuple[int, str]]:
    """By place, the id and object type of the live record that is meant, held against removal."""
    emails = {value_text(h.email.strip()) for h in happenings if h.record is None and h.email}
    by_email = await find(conn, schema.types[CONTACT], "email", emails) if emails else {}
    utks = [h.utk for h in happenings if h.record is None and not h.email and h.utk]
    rows = await _queries.rows(conn, "visitors", utks=utks) if utks else []
    by_utk = {row.utk: row.record_id for row in rows}
    meant: dict[int, int] = {}
    for index, happening in enumerate(happenings):
        if happening.record is not None:
            found: int | None = happening.record
        elif happening.email:
            found = by_email.get(value_text(happening.email.strip()))
        else:
            found = by_utk.get(happening.utk)
        if found is not None:
            meant[index] = found
    held = await _hold(conn, set(meant.values()))
    return {index: held[id] for index, id in meant.items() if id in held}


async def _hold(conn: Connection, ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Lock live records, following merges; id and object type by the id that was asked for."""
    found: dict[int, tuple[int, str]] = {}
    asked = {id: id for id in ids}
    while asked:
        rows = await _queries.rows(conn, "hold", ids=sorted(set(asked.values())))
        by_id = {row.id: row for row in rows}
        onward: dict[int, int] = {}
        for id, current in asked.items():
            row = by_id.get(current)
            if row is not None and row.merged_into is not None:
                onward[id] = row.merged_into
            elif row is not None and row.archived_at is None:
                found[id] = row.id, row.type
        asked = onward
    return found


def _know(
    schema: Schema,
    happening: Happening,
    types: Mapping[str, EventType],
    record: tuple[int, str] | None,
) -> _Known:
    event = next((types[w] for w in _words(schema, happening.type) if w in types), None)
    if event is None:
        raise DefinitionNotFound(what="event definition", name=happening.type)
    if record is None:
        raise _nobody(happening)
    id, object_type = record
    if event.object_type not in (None, object_type):
        assert event.object_type is not None
        text = Text(
            "{event} happens to {wanted}, but {id} belongs to {found}",
            event=event.name,
            wanted=schema.types[event.object_type].plural_label,
            id=id,
            found=schema.types[object_type].plural_label,
        )
        raise EventsInvalid(problems=[Problem(text, where="objectId", code="INVALID_OBJECT_TYPE")])
    return _Known(id, object_type, event, _parsed(event, happening.properties), happening)


def _nobody(happening: Happening) -> PenstockError:
    if happening.record is not None:
        return RecordNotFound(type="record", key="id", value=happening.record)
    if happening.email:
        return RecordNotFound(type="contact", key="email", value=happening.email)
    if happening.utk:
        return RecordNotFound(type="contact", key="utk", value=happening.utk)
    text = Text("say to whom it happened, by objectId, email or utk")
    return EventsInvalid(problems=[Problem(text, where="objectId", code="REQUIRED_FIELD")])


def _parsed(event: EventType, raw: Mapping[str, Any]) -> dict[str, Json]:
    known = {prop.name: prop for prop in event.properties}
    values: dict[str, Json] = {}
    problems: list[Problem] = []
    for name, value in raw.items():
        prop = known.get(name.lower())
        if prop is None:
            text = Text('{event} has no property "{name}"', event=event.name, name=name)
            problems.append(Problem(text, f"properties.{name}", "PROPERTY_DOESNT_EXIST"))
            continue
        try:
            parsed = parse(prop, value)
        except BadValue as bad:
            text = Text('"{name}" is not valid: {reason}', name=name, reason=bad.text)
            problems.append(Problem(text, f"properties.{name}", bad.code))
            continue
        if parsed is not None:
            values[prop.name] = parsed
    if problems:
        raise EventsInvalid(problems=problems)
    return values


async def _keep(conn: Connection, events: Sequence[_Known], write: Write) -> list[int | None]:
    """The ids under which the events are kept, None for those that were kept before."""
    if not events:
        return []
    rows = await _queries.rows(
        conn,
        "record",
        record_ids=[event.record_id for event in events],
        object_types=[event.object_type for event in events],
        types=[event.type.id for event in events],
        ats=[event.happening.at or write.now for event in events],
        properties=[dumps(event.properties).decode() for event in events],
        uuids=[event.happening.uuid for event in events],
        **write.bound,
    )
    ids: dict[tuple[int, UUID | None], deque[int]] = {}
    for row in rows:
        ids.setdefault((row.record_id, row.uuid), deque()).append(row.id)
    kept = []
    for event in events:
        mine = ids.get((event.record_id, event.happening.uuid))
        kept.append(mine.popleft() if mine else None)
    return kept


async def _identify(conn: Connection, events: Sequence[_Known]) -> None:
    owners = {
        event.happening.utk: event.record_id
        for event in events
        if event.happening.utk and event.object_type == CONTACT
    }
    if owners:
        await identify(conn, owners)


async def identify(conn: Connection, records: Mapping[str, int]) -> None:
    """From now on these browser tokens belong to these contacts."""
    await _queries.run(conn, "identify", utks=list(records), record_ids=list(records.values()))
