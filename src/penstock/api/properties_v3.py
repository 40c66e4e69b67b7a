"""Properties of object types: `/crm/v3/properties`."""

from typing import Any, Final

from penstock.api.call import Call, ThisCall
from penstock.api.properties_shapes import (
    PropertyChange,
    PropertyInput,
    PropertyList,
    PropertyShape,
)
from penstock.api.properties_wire import changes_of, draft_of, shape
from penstock.api.routing import Router
from penstock.records.definitions import properties
from penstock.records.errors import DefinitionNotFound
from penstock.records.schema import TypeSchema

router = Router("properties", "Properties")

_ALL: Final = "/crm/v3/properties/{object_type}"
_ONE: Final = _ALL + "/{property_name}"


@router.get(_ALL, model=PropertyList)
async def list_properties(
    call: ThisCall, object_type: str, archived: bool = False
) -> dict[str, Any]:
    """All properties of an object type, or all archived ones."""
    type = call.definitions(object_type, "read")
    found = await properties.read(call.conn, [type.id], archived=archived)
    return {"results": [shape(entry) for entry in found[type.id]]}


@router.post(_ALL, model=PropertyShape, status=201)
async def create(call: ThisCall, object_type: str, body: PropertyInput) -> dict[str, Any]:
    """Make a property.

    A name that belonged to an archived one begins a new life, with the values that are still there.
    """
    type = call.definitions(object_type, "write")
    outcomes = await properties.create(call.conn, type.id, [draft_of(body)], call.now)
    made = properties.one(outcomes)
    await _audit(call, "properties_create", type, made.noun.name)
    return shape(made)


@router.get(_ONE, model=PropertyShape)
async def read_one(
    call: ThisCall, object_type: str, property_name: str, archived: bool = False
) -> dict[str, Any]:
    """A property by its name."""
    type = call.definitions(object_type, "read")
    return shape(await properties.read_one(call.conn, type, property_name, archived=archived))


@router.patch(_ONE, model=PropertyShape)
async def update(
    call: ThisCall, object_type: str, property_name: str, body: PropertyChange
) -> dict[str, Any]:
    """Change a property; `options` replace the present ones, another type converts the values."""
    type = call.definitions(object_type, "write")
    present = await properties.read_one(call.conn, type, property_name)
    changes = changes_of(body, present.noun)
    changed = await properties.update_one(call.conn, type.id, property_name, changes, call.now)
    await _audit(call, "properties_update", type, changed.noun.name)
    return shape(changed)


@router.delete(_ONE)
async def archive(call: ThisCall, object_type: str, property_name: str) -> None:
    """Archive a property that nobody needs; records keep their values."""
    type = call.definitions(object_type, "write")
    if not await properties.archive(call.conn, type.id, [property_name], call.now):
        raise DefinitionNotFound(what="property", name=property_name)
    await _audit(call, "properties_archive", type, property_name.lower())


@router.post("/api/properties/{object_type}/{property_name}/restore", model=PropertyShape)
async def restore(call: ThisCall, object_type: str, property_name: str) -> dict[str, Any]:
    """Bring an archived property back as it was."""
    type = call.definitions(object_type, "write")
    back = await properties.restore_one(call.conn, type.id, property_name, call.now)
    await _audit(call, "properties_restore", type, back.noun.name)
    return shape(back)


async def _audit(call: Call, operation: str, type: TypeSchema, name: str) -> None:
    await call.audit(operation, type.plural, {"names": [name]})
