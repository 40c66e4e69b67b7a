"""Property groups: `/crm/v3/properties/{type}/groups`."""

from typing import Any, Final

from penstock.api.call import Call, ThisCall
from penstock.api.properties_shapes import GroupChange, GroupInput, GroupList, GroupShape
from penstock.api.properties_wire import group_shape
from penstock.api.routing import Router
from penstock.records.definitions import groups
from penstock.records.definitions.groups import GroupChanges
from penstock.records.model import Group
from penstock.records.schema import TypeSchema

router = Router("property_groups", "Properties")

_ALL: Final = "/crm/v3/properties/{object_type}/groups"
_ONE: Final = _ALL + "/{group_name}"


@router.get(_ALL, model=GroupList)
async def list_groups(call: ThisCall, object_type: str) -> dict[str, Any]:
    """The groups of an object type, in the order in which they are shown."""
    type = call.definitions(object_type, "read")
    return {"results": [group_shape(group) for group in type.groups.values()]}


@router.post(_ALL, model=GroupShape, status=201)
async def create(call: ThisCall, object_type: str, body: GroupInput) -> dict[str, Any]:
    """Make a group."""
    type = call.definitions(object_type, "write")
    order = -1 if body.display_order is None else body.display_order
    made = await groups.create_one(call.conn, type.id, Group(body.name, body.label, order))
    await _audit(call, "property_groups_create", type, made.name)
    return group_shape(made)


@router.get(_ONE, model=GroupShape)
async def read_one(call: ThisCall, object_type: str, group_name: str) -> dict[str, Any]:
    """A group by its name."""
    return group_shape(groups.find(call.definitions(object_type, "read"), group_name))


@router.patch(_ONE, model=GroupShape)
async def update(
    call: ThisCall, object_type: str, group_name: str, body: GroupChange
) -> dict[str, Any]:
    """Change a group."""
    type = call.definitions(object_type, "write")
    changes: GroupChanges = {}
    if body.label is not None:
        changes["label"] = body.label
    if body.display_order is not None:
        changes["display_order"] = body.display_order
    changed = await groups.update_one(call.conn, type.id, group_name, changes)
    await _audit(call, "property_groups_update", type, changed.name)
    return group_shape(changed)


@router.delete(_ONE)
async def archive(call: ThisCall, object_type: str, group_name: str) -> None:
    """Archive a group that has no properties."""
    type = call.definitions(object_type, "write")
    await groups.archive_one(call.conn, type.id, group_name, call.now)
    await _audit(call, "property_groups_archive", type, group_name.lower())


async def _audit(call: Call, operation: str, type: TypeSchema, name: str) -> None:
    await call.audit(operation, type.plural, {"names": [name]})
