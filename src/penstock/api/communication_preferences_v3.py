"""What people want to be written about: `/communication-preferences/v3`, and types of our own."""

from typing import Any, Final, Literal

from pydantic import Field

from penstock.api.call import Call, ThisCall
from penstock.api.communication_preferences_wire import (
    SubscriptionTypeShape,
    contact_of,
    may_read,
    may_write,
    type_shape,
)
from penstock.api.identifying import number
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.records import subscriptions
from penstock.records.errors import RecordNotFound
from penstock.records.subscriptions import WHOLE, LegalBasis, Said, Status, SubscriptionType

router = Router("communication_preferences", "Communication preferences")

_V3: Final = "/communication-preferences/v3"


class SubscriptionTypes(Wire):
    subscription_definitions: list[SubscriptionTypeShape]


class NewSubscriptionType(Wire):
    name: str = Field(min_length=1, max_length=200)
    description: str = Field("", max_length=2000)
    purpose: str = Field("Marketing", max_length=200)


class StatusShape(Wire):
    id: str
    name: str
    description: str
    status: Literal["SUBSCRIBED", "NOT_SUBSCRIBED"]
    source_of_status: Literal["PORTAL_WIDE_STATUS", "SUBSCRIPTION_STATUS"]
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None


class Statuses(Wire):
    recipient: str
    subscription_statuses: list[StatusShape]


class StatusChange(Wire):
    email_address: str
    subscription_id: str
    legal_basis: LegalBasis | None = None
    legal_basis_explanation: str | None = Field(None, max_length=5000)


@router.get(f"{_V3}/definitions", model=SubscriptionTypes)
async def list_types(call: ThisCall) -> dict[str, Any]:
    """The kinds of mail that people can subscribe to."""
    may_read(call)
    found = await subscriptions.types(call.conn)
    return {"subscriptionDefinitions": [type_shape(type) for type in found]}


@router.post("/api/subscription-types", model=SubscriptionTypeShape, status=201)
async def create_type(call: ThisCall, body: NewSubscriptionType) -> dict[str, Any]:
    """Make a kind of mail that people can subscribe to."""
    may_write(call)
    made = await subscriptions.add_type(
        call.conn, body.name, body.description, body.purpose, call.now
    )
    await call.audit("subscription_types_create", f"subscription-types/{made.id}")
    return type_shape(made)


@router.get(f"{_V3}/status/email/{{email_address}}", model=Statuses)
async def read_statuses(call: ThisCall, email_address: str) -> dict[str, Any]:
    """What the contact with this address said of each kind of mail."""
    may_read(call)
    found = await subscriptions.types(call.conn)
    contact = await contact_of(call, email_address)
    said: dict[int, Said] = {}
    out = False
    if contact is not None:
        every = (await subscriptions.of_contacts(call.conn, [contact.id]))[contact.id]
        said = {one.type: one for one in every if one.channel == "EMAIL"}
        out = contact.properties.get("hs_email_optout") is True
    return {
        "recipient": email_address,
        "subscriptionStatuses": [_status(type, said, out=out) for type in found],
    }


@router.post(f"{_V3}/subscribe", model=StatusShape)
async def subscribe(call: ThisCall, body: StatusChange) -> dict[str, Any]:
    """Note that a contact wants a kind of mail; who wants no mail at all still gets none."""
    return await _say(call, body, "SUBSCRIBED")


@router.post(f"{_V3}/unsubscribe", model=StatusShape)
async def unsubscribe(call: ThisCall, body: StatusChange) -> dict[str, Any]:
    """Note that a contact does not want a kind of mail: none of it leaves any more."""
    return await _say(call, body, "UNSUBSCRIBED")


async def _say(call: Call, body: StatusChange, status: Status) -> dict[str, Any]:
    may_write(call)
    id = number(body.subscription_id)
    types = await subscriptions.known(call.conn, [id])
    contact = await contact_of(call, body.email_address)
    if contact is None:
        raise RecordNotFound(type="contact", key="email", value=body.email_address)
    said = Said(contact.id, id, status, "EMAIL", body.legal_basis, body.legal_basis_explanation)
    await subscriptions.say(call.conn, call.schema, [said], call.write)
    details = {"type": id, "status": status}
    await call.audit("communication_preferences_say", f"contacts/{contact.id}", details)
    out = contact.properties.get("hs_email_optout") is True
    return _status(types[id], {id: said}, out=out)


def _status(type: SubscriptionType, said: dict[int, Said], *, out: bool) -> dict[str, Any]:
    """Who wants no mail at all is subscribed to none, whatever they said of one kind."""
    whole, own = said.get(WHOLE), said.get(type.id)
    out = out or (whole is not None and whole.status == "UNSUBSCRIBED")
    one = None if out else own or whole
    shape: dict[str, Any] = {
        "id": str(type.id),
        "name": type.name,
        "description": type.description,
        "status": "SUBSCRIBED" if one and one.status == "SUBSCRIBED" else "NOT_SUBSCRIBED",
        "sourceOfStatus": "PORTAL_WIDE_STATUS"
        if out or (one is not None and one.type == WHOLE)
        else "SUBSCRIPTION_STATUS",
    }
    if one is not None and one.legal_basis:
        shape["legalBasis"] = one.legal_basis
        if one.explanation:
            shape["legalBasisExplanation"] = one.explanation
    return shape
