"""What people want to be written about, in the newer dialect: `/communication-preferences/v4`."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import Query
from pydantic import Field

from penstock.api.batches import Batch
from penstock.api.call import Call, ThisCall
from penstock.api.communication_preferences_wire import (
    SubscriptionTypeShape,
    contact_of,
    may_read,
    may_write,
    type_shape,
)
from penstock.api.models import Wire
from penstock.api.routing import Router
from penstock.records import subscriptions
from penstock.records.errors import RecordNotFound
from penstock.records.reading import Record
from penstock.records.subscriptions import WHOLE, Channel, LegalBasis, Said, SubscriptionType

router = Router("communication_preferences_v4", "Communication preferences")

_V4: Final = "/communication-preferences/v4"
_ONE: Final = _V4 + "/statuses/{subscriber}"

State = Literal["SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED"]
Asked = Annotated[Channel, Query()]


class _Envelope(Wire):
    status: str
    started_at: str
    completed_at: str


class TypesAnswer(_Envelope):
    results: list[SubscriptionTypeShape]


class StateShape(Wire):
    """What somebody said of a kind of mail."""

    subscriber_id_string: str
    channel: Channel
    subscription_id: int
    subscription_name: str
    status: State
    source: str
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None


class StatesAnswer(_Envelope):
    results: list[StateShape]


class WholeShape(Wire):
    """What somebody said of a channel as a whole."""

    subscriber_id_string: str
    channel: Channel
    status: State
    wide_status_type: Literal["PORTAL_WIDE"]


class WholeAnswer(_Envelope):
    results: list[WholeShape]


class StateChange(Wire):
    subscription_id: int = Field(ge=0, le=2**63 - 1)
    status_state: Literal["SUBSCRIBED", "UNSUBSCRIBED"]
    channel: Channel = "EMAIL"
    legal_basis: LegalBasis | None = None
    legal_basis_explanation: str | None = Field(None, max_length=5000)


@router.get(f"{_V4}/definitions", model=TypesAnswer)
async def list_types(call: ThisCall) -> Any:
    """The kinds of mail that people can subscribe to."""
    may_read(call)
    types = await subscriptions.types(call.conn)
    return _answer(call, [type_shape(type) for type in types])


@router.get(_ONE, model=StatesAnswer)
async def read_states(call: ThisCall, subscriber: str, channel: Asked = "EMAIL") -> Any:
    """What the contact with this address said of each kind of mail."""
    may_read(call)
    types = await subscriptions.types(call.conn)
    said = await _said(call, await contact_of(call, subscriber), channel)
    return _answer(call, [_state(subscriber, channel, type, said.get(type.id)) for type in types])


@router.post(_ONE, model=StateShape)
async def change_state(call: ThisCall, subscriber: str, body: StateChange) -> dict[str, Any]:
    """Keep what a contact says of a kind of mail."""
    may_write(call)
    id = body.subscription_id
    types = await subscriptions.known(call.conn, [id])
    contact = await _contact(call, subscriber)
    said = Said(
        contact.id,
        id,
        body.status_state,
        body.channel,
        body.legal_basis,
        body.legal_basis_explanation,
        str(call.write.source),
    )
    await _say(call, said)
    return _state(subscriber, body.channel, types[id], said)


@router.get(f"{_ONE}/unsubscribe-all", model=WholeAnswer)
async def read_whole(call: ThisCall, subscriber: str, channel: Asked = "EMAIL") -> Any:
    """Whether the contact with this address wants no messages of the channel at all."""
    may_read(call)
    contact = await contact_of(call, subscriber)
    said = (await _said(call, contact, channel)).get(WHOLE)
    state: State = "NOT_SPECIFIED" if said is None else said.status
    if channel == "EMAIL" and contact is not None and contact.properties.get("hs_email_optout"):
        state = "UNSUBSCRIBED"
    return _answer(call, [_whole(subscriber, channel, state)])


@router.post(f"{_ONE}/unsubscribe-all", model=WholeAnswer)
async def leave_whole(call: ThisCall, subscriber: str, channel: Asked = "EMAIL") -> Any:
    """Note that a contact wants no messages of the channel at all: none leave any more."""
    may_write(call)
    contact = await _contact(call, subscriber)
    await _say(call, Said(contact.id, WHOLE, "UNSUBSCRIBED", channel))
    return _answer(call, [_whole(subscriber, channel, "UNSUBSCRIBED")])


async def _say(call: Call, said: Said) -> None:
    await subscriptions.say(call.conn, call.schema, [said], call.write)
    details = {"type": said.type, "status": said.status, "channel": said.channel}
    target = f"contacts/{said.record_id}"
    await call.audit("communication_preferences_say", target, details)


async def _contact(call: Call, address: str) -> Record:
    contact = await contact_of(call, address)
    if contact is None:
        raise RecordNotFound(type="contact", key="email", value=address)
    return contact


async def _said(call: Call, contact: Record | None, channel: Channel) -> dict[int, Said]:
    if contact is None:
        return {}
    every = (await subscriptions.of_contacts(call.conn, [contact.id]))[contact.id]
    return {one.type: one for one in every if one.channel == channel}


def _answer(call: Call, results: Sequence[dict[str, Any]]) -> Any:
    return Batch(call, results=list(results)).answer()


def _state(
    subscriber: str, channel: Channel, type: SubscriptionType, said: Said | None
) -> dict[str, Any]:
    shape = {
        "subscriberIdString": subscriber,
        "channel": channel,
        "subscriptionId": type.id,
        "subscriptionName": type.name,
        "status": "NOT_SPECIFIED" if said is None else said.status,
        "source": "" if said is None else said.source.partition("/")[0],
        "legalBasis": said and said.legal_basis,
        "legalBasisExplanation": said and said.explanation,
    }
    return {name: value for name, value in shape.items() if value is not None}


def _whole(subscriber: str, channel: Channel, state: State) -> dict[str, Any]:
    return {
        "subscriberIdString": subscriber,
        "channel": channel,
        "status": state,
        "wideStatusType": "PORTAL_WIDE",
    }
