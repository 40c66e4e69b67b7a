"""Definitions of events: `/events/v3/event-definitions`."""

from typing import Annotated, Any, Final, cast

from fastapi import Query

from penstock.api.call import Call, ThisCall
from penstock.api.events_shapes import (
    AttributeChange,
    AttributeInput,
    AttributeShape,
    DefinitionChange,
    DefinitionInput,
    DefinitionPage,
    DefinitionQuery,
    DefinitionShape,
)
from penstock.api.events_wire import object_type_name
from penstock.api.paging import paging
from penstock.api.properties_wire import option_shape, options_of
from penstock.api.routing import Router
from penstock.records.definitions import event_types
from penstock.records.definitions.changing import Defined
from penstock.records.definitions.event_types import (
    AttributeChanges,
    EventTypeChanges,
    EventTypeDraft,
)
from penstock.records.model import EventType, Property
from penstock.records.schema import Schema
from penstock.records.values import instant_text

router = Router("event_definitions", "Events")

_ALL: Final = "/events/v3/event-definitions"
_ONE: Final = _ALL + "/{event_name}"
_PROPERTIES: Final = _ONE + "/property"
_PROPERTY: Final = _PROPERTIES + "/{property_name}"

_SCOPE: Final = "behavioral_events.event_definitions.read_write"


@router.get(_ALL, model=DefinitionPage)
async def list_definitions(
    call: ThisCall, query: Annotated[DefinitionQuery, Query()]
) -> dict[str, Any]:
    """The events that are defined here, in the order of their making."""
    call.require(_SCOPE)
    sought = query.search_string.lower()
    found = [
        entry
        for entry in await event_types.read(call.conn, custom=True)
        if sought in entry.noun.name or sought in entry.noun.label.lower()
    ]
    end = query.after + query.limit
    results = [_shape(call.schema, entry) for entry in found[query.after : end]]
    if not query.include_properties:
        results = [{**shaped, "properties": []} for shaped in results]
    after = end if end < len(found) else None
    return {"results": results, "total": len(found), **paging(call.request, after)}


@router.post(_ALL, model=DefinitionShape, status=201)
async def create(call: ThisCall, body: DefinitionInput) -> dict[str, Any]:
    """Define an event with its properties."""
    call.require(_SCOPE)
    draft = EventTypeDraft(
        name=body.name,
        label=body.label,
        object_type=body.primary_object or "contacts",
        description=body.description or "",
        properties=tuple(_draft(one) for one in body.property_definitions or ()),
        with_defaults=body.include_default_properties is not False,
    )
    made = await event_types.create_one(call.conn, draft, call.now)
    await _audit(call, "event_definitions_create", made)
    return _shape(call.schema, made)


@router.get(_ONE, model=DefinitionShape)
async def read_one(call: ThisCall, event_name: str) -> dict[str, Any]:
    """The definition of an event, by its name or id."""
    call.require(_SCOPE)
    return _shape(call.schema, await event_types.read_one(call.conn, call.schema, event_name))


@router.patch(_ONE, model=DefinitionShape, status=201)
async def update(call: ThisCall, event_name: str, body: DefinitionChange) -> dict[str, Any]:
    """Change the label or description of an event."""
    call.require(_SCOPE)
    given = cast(EventTypeChanges, body.model_dump(exclude_none=True))
    changed = await event_types.update_one(call.conn, event_name, given, call.now)
    await _audit(call, "event_definitions_update", changed)
    return _shape(call.schema, changed)


@router.delete(_ONE)
async def archive(call: ThisCall, event_name: str) -> None:
    """End an event; what happened stays, and its name stays taken."""
    call.require(_SCOPE)
    gone = await event_types.read_one(call.conn, call.schema, event_name)
    await event_types.archive_one(call.conn, event_name, call.now)
    await _audit(call, "event_definitions_archive", gone)


@router.post(_PROPERTIES, model=AttributeShape, status=201)
async def create_property(call: ThisCall, event_name: str, body: AttributeInput) -> dict[str, Any]:
    """Define one more property of an event."""
    call.require(_SCOPE)
    changed = await event_types.add_property(call.conn, event_name, _draft(body), call.now)
    await _audit(call, "event_definitions_create_property", changed)
    return _attribute(event_types.find_property(changed.noun, body.name))


@router.patch(_PROPERTY, model=AttributeShape)
async def update_property(
    call: ThisCall, event_name: str, property_name: str, body: AttributeChange
) -> dict[str, Any]:
    """Change a property of an event; its type stays."""
    call.require(_SCOPE)
    given: AttributeChanges = {}
    if body.label is not None:
        given["label"] = body.label
    if body.description is not None:
        given["description"] = body.description
    if body.options is not None:
        given["options"] = options_of(body.options)
    changed = await event_types.update_property(
        call.conn, event_name, property_name, given, call.now
    )
    await _audit(call, "event_definitions_update_property", changed)
    return _attribute(event_types.find_property(changed.noun, property_name))


@router.delete(_PROPERTY)
async def delete_property(call: ThisCall, event_name: str, property_name: str) -> None:
    """Delete a property of an event, with its values."""
    call.require(_SCOPE)
    changed = await event_types.remove_property(call.conn, event_name, property_name, call.now)
    await _audit(call, "event_definitions_delete_property", changed)


def _draft(body: AttributeInput) -> Property:
    return Property(
        name=body.name,
        label=body.label,
        type=body.type,
        field_type="",
        description=body.description or "",
        options=options_of(body.options or ()),
        hubspot_defined=False,
    )


def _shape(schema: Schema, entry: Defined[EventType]) -> dict[str, Any]:
    event = entry.noun
    assert event.object_type is not None
    return {
        "id": event.id.removeprefix("6-"),
        "name": event.name.removeprefix(f"pe{schema.portal_id}_"),
        "fullyQualifiedName": event.name,
        "objectTypeId": event.id,
        "labels": {"singular": event.label, "plural": None},
        "description": event.description,
        "primaryObject": object_type_name(schema, event.object_type),
        "primaryObjectId": event.object_type,
        "trackingType": "MANUAL",
        "archived": entry.archived_at is not None,
        "properties": [_attribute(prop) for prop in event.properties],
        "createdAt": instant_text(entry.created_at),
        "updatedAt": instant_text(entry.updated_at),
    }


def _attribute(prop: Property) -> dict[str, Any]:
    return {
        "name": prop.name,
        "label": prop.label,
        "type": prop.type,
        "fieldType": prop.field_type,
        "description": prop.description,
        "options": [option_shape(option) for option in prop.options],
        "archived": False,
    }


async def _audit(call: Call, operation: str, entry: Defined[EventType]) -> None:
    await call.audit(operation, entry.noun.name)
