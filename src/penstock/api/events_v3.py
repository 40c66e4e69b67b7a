"""Events: sent to `/events/v3/send`, read at `/events/v3/events`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import Query

from penstock.api.call import Call, ThisCall
from penstock.api.events_shapes import (
    EventInput,
    EventNames,
    EventPage,
    EventQuery,
    EventsInput,
)
from penstock.api.events_wire import cursor, happening_of, place, shape
from penstock.api.identifying import identify, number
from penstock.api.paging import paging
from penstock.api.routing import Router
from penstock.kernel.errors import Invalid, PenstockError, Problem
from penstock.records import event_reading, events, values
from penstock.records.definitions import event_types
from penstock.records.errors import EventsInvalid
from penstock.records.event_reading import Event, Selection
from penstock.records.model import EventType
from penstock.records.values import BadValue, Json

router = Router("events", "Events")

_SEND: Final = "analytics.behavioral_events.send"
_READ: Final = "business-intelligence"

_ASCENDING: Final = {"occurredat": True, "-occurredat": False}


class SelectionMissing(Invalid):
    """Say which events: by objectType with objectId or objectProperty, by eventType, or by id"""


class SortInvalid(Invalid):
    """Events can be sorted by occurredAt or -occurredAt, not by "{given}\""""


class ValueInvalid(Invalid):
    """property.{name} does not go with the eventType that was asked for"""


@router.post("/events/v3/send")
async def send(call: ThisCall, body: EventInput) -> None:
    """Record that something happened to a record."""
    await _record(call, [body], ("",))


@router.post("/events/v3/send/batch")
async def send_many(call: ThisCall, body: EventsInput) -> None:
    """Record up to 500 events, all of them or none."""
    await _record(call, body.inputs, [f"inputs[{index}]." for index in range(len(body.inputs))])


async def _record(call: Call, bodies: Sequence[EventInput], places: Sequence[str]) -> None:
    call.require(_SEND)
    happenings = [happening_of(body) for body in bodies]
    outcomes = await events.record(call.conn, call.schema, happenings, call.write)
    problems: list[Problem] = []
    for start, outcome in zip(places, outcomes, strict=True):
        if isinstance(outcome, PenstockError):
            found = outcome.problems or [replace(outcome.problem(), where="eventName")]
            problems += [replace(problem, where=f"{start}{problem.where}") for problem in found]
    if problems:
        raise EventsInvalid(problems=problems)
    await call.audit("events_send", "events", {"count": len(bodies)})


@router.get("/events/v3/events", model=EventPage)
async def list_events(call: ThisCall, query: Annotated[EventQuery, Query()]) -> dict[str, Any]:
    """A page of events, the latest first unless sorted otherwise."""
    call.require(_READ)
    selection = await _selection(call, query)
    found = await event_reading.page(call.conn, selection, limit=query.limit + 1)
    shown = found[: query.limit]
    types = await _types_of(call, shown)
    after = cursor(shown[-1]) if len(found) > len(shown) else None
    results = [shape(call.schema, types, event) for event in shown if event.type in types]
    return {"results": results, **paging(call.request, after)}


@router.get("/events/v3/events/event-types", model=EventNames)
async def list_types(call: ThisCall) -> dict[str, Any]:
    """The names of all kinds of events, built in or defined here."""
    call.require(_READ)
    return {"eventTypes": [entry.noun.name for entry in await event_types.read(call.conn)]}


async def _types_of(call: Call, shown: Sequence[Event]) -> dict[str, EventType]:
    words = {event.type for event in shown}
    found = await event_types.read(call.conn, words, archived=True)
    return {entry.noun.id: entry.noun for entry in found}


async def _selection(call: Call, query: EventQuery) -> Selection:
    records = await _records(call, query)
    types = await _types(call, query)
    if records is None and types is None and not query.id:
        raise SelectionMissing
    order = query.sort[0].lower() if query.sort else "-occurredat"
    if order not in _ASCENDING:
        raise SortInvalid(given=query.sort[0])
    return Selection(
        record_ids=records,
        object_type=call.schema.type(query.object_type).id if query.object_type else None,
        types=None if types is None else [event.id for event in types],
        ids=[number(word) for word in query.id] or None,
        since=query.occurred_after,
        until=query.occurred_before,
        holding=_holding(call, types),
        ascending=_ASCENDING[order],
        after=None if query.after is None else place(query.after),
    )


def _named(call: Call, start: str) -> dict[str, str]:
    """The queries whose names begin so, by the rest of their names."""
    pairs = call.request.query_params.multi_items()
    return {name.removeprefix(start): value for name, value in pairs if name.startswith(start)}


async def _records(call: Call, query: EventQuery) -> list[int] | None:
    """The ids of the records whose events are asked for, None for those of all."""
    keys = _named(call, "objectProperty.")
    if query.object_id is None and not keys:
        return None
    if query.object_type is None:
        raise SelectionMissing
    type = call.objects(query.object_type, "read")
    wanted = [] if query.object_id is None else [query.object_id]
    for name, value in keys.items():
        wanted += (await identify(call.conn, type, [value], name)).values()
    return wanted


async def _types(call: Call, query: EventQuery) -> list[EventType] | None:
    """The kind of events that is asked for; no kind at all when nobody knows the name."""
    if query.event_type is None:
        return None
    word = query.event_type.strip().lower()
    words = (word, event_types.full_name(call.schema, word))
    return [entry.noun for entry in await event_types.read(call.conn, words, archived=True)]


def _holding(call: Call, types: Sequence[EventType] | None) -> dict[str, Json]:
    holding: dict[str, Json] = {}
    for name, value in _named(call, "property.").items():
        known = {prop.name: prop for event in types or () for prop in event.properties}
        if name.lower() not in known:
            raise ValueInvalid(name=name)
        try:
            holding[name.lower()] = values.parse(known[name.lower()], value)
        except BadValue:
            raise ValueInvalid(name=name) from None
    return holding
