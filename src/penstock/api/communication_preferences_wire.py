"""What both versions of the communication preferences have in common."""

from typing import Any, Final

from penstock.api.call import Call
from penstock.api.models import Wire
from penstock.records import reading
from penstock.records.events import CONTACT
from penstock.records.subscriptions import SubscriptionType
from penstock.records.uniqueness import value_text
from penstock.records.values import instant_text

_READ: Final = "communication_preferences.read"
_WRITE: Final = "communication_preferences.write"
_BOTH: Final = "communication_preferences.read_write"


class SubscriptionTypeShape(Wire):
    id: str
    name: str
    description: str
    purpose: str
    communication_method: str
    is_active: bool
    is_default: bool
    is_internal: bool
    created_at: str
    updated_at: str


async def contact_of(call: Call, address: str) -> reading.Record | None:
    """The contact that has this address."""
    type = call.schema.types[CONTACT]
    key = value_text(address.strip())
    id = (await reading.find(call.conn, type, "email", {key})).get(key)
    if id is None:
        return None
    return (await reading.read(call.conn, type, [id])).get(id)


def may_read(call: Call) -> None:
    call.require_any(_READ, _BOTH, _WRITE)


def may_write(call: Call) -> None:
    call.require_any(_WRITE, _BOTH)


def type_shape(type: SubscriptionType) -> dict[str, Any]:
    return {
        "id": str(type.id),
        "name": type.name,
        "description": type.description,
        "purpose": type.purpose,
        "communicationMethod": type.method,
        "isActive": type.active,
        "isDefault": type.is_default,
        "isInternal": False,
        "createdAt": instant_text(type.created_at),
        "updatedAt": instant_text(type.updated_at),
    }
