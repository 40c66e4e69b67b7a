"""Object types: `/crm-object-schemas/v3/schemas`, and the same under `/crm/v3/schemas`."""

from typing import Any, Final

from penstock.accounts import scopes
from penstock.api.call import ThisCall
from penstock.api.properties_wire import draft_of
from penstock.api.properties_wire import shape as property_shape
from penstock.api.routing import Router
from penstock.api.schemas_shapes import (
    AssociationInput,
    AssociationShape,
    ObjectTypeShape,
    SchemaChange,
    SchemaInput,
    SchemaList,
    SchemaShape,
)
from penstock.records.definitions import object_types, type_edges
from penstock.records.definitions.drafts import ObjectTypeDraft
from penstock.records.definitions.object_types import ObjectTypeChanges, ObjectTypeDefinition
from penstock.records.schema import Edge, Schema
from penstock.records.values import instant_text

router = Router("schemas", "Object types")

_ALL: Final = ("/crm-object-schemas/v3/schemas", "/crm/v3/schemas")
_ONE: Final = tuple(f"{path}/{{object_type}}" for path in _ALL)
_EDGES: Final = tuple(f"{path}/associations" for path in _ONE)
_EDGE: Final = tuple(f"{path}/{{association_identifier}}" for path in _EDGES)


@router.get(*_ALL, model=SchemaList)
async def list_schemas(call: ThisCall, archived: bool = False) -> dict[str, Any]:
    """All custom object types, or all archived ones."""
    call.require(scopes.schemas("custom", "read"))
    found = await object_types.read(call.conn, archived=archived)
    return {"results": [_shape(call.schema, entry) for entry in found]}


@router.post(*_ALL, model=SchemaShape, status=201)
async def create(call: ThisCall, body: SchemaInput) -> dict[str, Any]:
    """Make a custom object type with its properties and associations."""
    call.require(scopes.schemas("custom", "write"))
    singular = body.labels.singular or body.labels.plural or ""
    draft = ObjectTypeDraft(
        name=body.name,
        label=singular,
        plural_label=body.labels.plural or singular,
        description=body.description or "",
        primary=body.primary_display_property or None,
        secondary=body.secondary_display_properties or (),
        required=body.required_properties,
        search=body.searchable_properties,
        properties=[draft_of(one) for one in body.properties],
        associated=body.associated_objects,
    )
    id = await object_types.create_one(call.conn, draft, call.now)
    await call.audit("schemas_create", id)
    return _shape(call.schema, await object_types.read_one(call.conn, id))


@router.get(*_ONE, model=SchemaShape)
async def read_one(call: ThisCall, object_type: str) -> dict[str, Any]:
    """An object type, custom or built in, with its properties and associations."""
    type = call.definitions(object_type, "read")
    return _shape(call.schema, await object_types.read_one(call.conn, type.id))


@router.patch(*_ONE, model=ObjectTypeShape)
async def update(call: ThisCall, object_type: str, body: SchemaChange) -> dict[str, Any]:
    """Change a custom object type."""
    type = call.definitions(object_type, "write")
    await object_types.update_one(call.conn, type.id, _changes(body), call.now)
    await call.audit("schemas_update", type.id)
    changed = await object_types.read_one(call.conn, type.id)
    return _type_shape(call.schema, changed)


@router.delete(*_ONE)
async def archive(call: ThisCall, object_type: str, archived: bool = False) -> None:
    """Archive a custom object type that has no records.

    With `archived=true` it is deleted for good, archived or not, and its name is free again.
    """
    call.require(scopes.schemas("custom", "write"))
    if archived:
        await object_types.purge_one(call.conn, object_type, call.now)
        await call.audit("schemas_purge", object_type)
    else:
        await object_types.archive_one(call.conn, object_type, call.now)
        await call.audit("schemas_archive", object_type)


@router.post(*_EDGES, model=AssociationShape, status=201)
async def create_association(
    call: ThisCall, object_type: str, body: AssociationInput
) -> dict[str, Any]:
    """Make an association type between an object type and another."""
    type = call.definitions(object_type, "write")
    ends = body.from_object_type_id, body.to_object_type_id
    edge = await type_edges.add_one(call.conn, type.id, ends, body.name)
    await call.audit("schemas_create_association", type.id, {"ids": [edge.id]})
    return _edge(edge)


@router.delete(*_EDGE)
async def archive_association(
    call: ThisCall, object_type: str, association_identifier: str
) -> None:
    """Remove an association type, and all associations of records that are of it."""
    type = call.definitions(object_type, "write")
    await type_edges.remove_one(call.conn, type.id, association_identifier, call.write)
    await call.audit("schemas_archive_association", type.id, {"ids": [association_identifier]})


def _changes(body: SchemaChange) -> ObjectTypeChanges:
    changes: ObjectTypeChanges = {}
    if body.labels is not None and body.labels.singular is not None:
        changes["label"] = body.labels.singular
    if body.labels is not None and body.labels.plural is not None:
        changes["plural_label"] = body.labels.plural
    if body.description is not None:
        changes["description"] = body.description
    elif body.clear_description:
        changes["description"] = ""
    if body.primary_display_property is not None:
        changes["primary"] = body.primary_display_property
    if body.secondary_display_properties is not None:
        changes["secondary"] = tuple(body.secondary_display_properties)
    if body.required_properties is not None:
        changes["required"] = tuple(body.required_properties)
    if body.searchable_properties is not None:
        changes["search"] = tuple(body.searchable_properties)
    return changes


def _shape(schema: Schema, entry: ObjectTypeDefinition) -> dict[str, Any]:
    return {
        **_type_shape(schema, entry),
        "properties": [property_shape(prop) for prop in entry.properties],
        "associations": [_edge(edge) for edge in entry.edges],
    }


def _type_shape(schema: Schema, entry: ObjectTypeDefinition) -> dict[str, Any]:
    type = entry.noun
    return {
        "id": type.id.removeprefix("2-"),
        "objectTypeId": type.id,
        "name": type.name,
        "fullyQualifiedName": type.plural if type.custom else type.name.upper(),
        "portalId": schema.portal_id,
        "labels": {"singular": type.label, "plural": type.plural_label},
        "description": type.description,
        "primaryDisplayProperty": type.primary,
        "secondaryDisplayProperties": list(type.secondary),
        "requiredProperties": list(type.required),
        "searchableProperties": list(type.search),
        "archived": entry.archived_at is not None,
        "createdAt": instant_text(entry.created_at),
        "updatedAt": instant_text(entry.updated_at),
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "id": str(edge.id),
        "fromObjectTypeId": edge.from_type,
        "toObjectTypeId": edge.to_type,
        "name": edge.name,
    }
