"""Events as they come in and go out."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from penstock.api.events_shapes import EventInput
from penstock.kernel.errors import Invalid
from penstock.records import values
from penstock.records.event_reading import Event
from penstock.records.events import Happening
from penstock.records.model import EventType
from penstock.records.schema import Schema
from penstock.records.values import instant_text

_NAMES: Final = UUID("5e0a7f0e-6f5e-4a52-9b43-0d6a4d5f1c11")
"""The name space of senders' keys that are no UUIDs themselves."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


class CursorInvalid(Invalid):
    """ "after" is not where a page ended: "{given}\""""


def happening_of(body: EventInput) -> Happening:
    """The event that a caller sends."""
    return Happening(
        type=body.event_name,
        properties=body.properties or {},
        record=body.object_id,
        email=body.email,
        utk=body.utk,
        at=body.occurred_at,
        uuid=None if body.uuid is None else _key(body.uuid),
    )


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid5(_NAMES, text)


def cursor(event: Event) -> str:
    """Where a page that ends with this event ends."""
    return f"{(event.at - _EPOCH) // _TICK}-{event.id}"


def place(text: str) -> tuple[datetime, int]:
    """The instant and id at which a page ended. Raises CursorInvalid."""
    ticks, _, id = text.rpartition("-")
    try:
        return _EPOCH + int(ticks) * _TICK, min(int(id), 2**63 - 1)
    except (ValueError, OverflowError):
        raise CursorInvalid(given=text) from None


def shape(schema: Schema, types: Mapping[str, EventType], event: Event) -> dict[str, Any]:
    """An event as it goes out; values of properties that are defined no more are left out."""
    known = {prop.name: prop for prop in types[event.type].properties}
    formatted = {
        name: values.format(known[name], value)
        for name, value in event.properties.items()
        if name in known
    }
    return {
        "id": str(event.id),
        "eventType": types[event.type].name,
        "objectType": object_type_name(schema, event.object_type),
        "objectId": str(event.record_id),
        "occurredAt": instant_text(event.at),
        "properties": formatted,
    }


def object_type_name(schema: Schema, id: str) -> str:
    """How events call an object type: "CONTACT", or a custom one by its full name."""
    type = schema.types.get(id)
    if type is None:
        return id
    return type.plural if type.custom else type.name.upper()
