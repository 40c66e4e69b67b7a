"""What people said about being written to: of a kind of mail, or of a channel as a whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records import events, store
from penstock.records.changes import Write
from penstock.records.errors import DefinitionExists, DefinitionNotFound
from penstock.records.events import CONTACT, Happening
from penstock.records.schema import Schema

_queries = load("penstock.records", "subscriptions.sql")

Channel = Literal["EMAIL", "WHATSAPP", "SMS"]
Status = Literal["SUBSCRIBED", "UNSUBSCRIBED"]
LegalBasis = Literal[
    "LEGITIMATE_INTEREST_PQL",
    "LEGITIMATE_INTEREST_CLIENT",
    "PERFORMANCE_OF_CONTRACT",
    "CONSENT_WITH_NOTICE",
    "NON_GDPR",
    "PROCESS_AND_STORE",
    "LEGITIMATE_INTEREST_OTHER",
]

WHOLE: Final = 0
"""The type that stands for all of a channel."""

_OPTED_OUT: Final = "hs_email_optout"
_UPDATED: Final = "e_subscription_updated"


@dataclass(frozen=True)
class SubscriptionType:
    """A kind of mail that a person can want or not want."""

    id: int
    name: str
    description: str
    purpose: str
    method: str
    is_default: bool
    active: bool
    created_at: datetime
    updated_at: datetime


class Said(NamedTuple):
    """What one person said of one kind of mail, or of a channel (`type` is WHOLE)."""

    record_id: int
    type: int
    status: Status
    channel: Channel = "EMAIL"
    legal_basis: str | None = None
    explanation: str | None = None
    source: str = ""
    """Who wrote it down; known of what is kept."""


async def types(conn: Connection) -> list[SubscriptionType]:
    """All kinds of mail, in the order of their ids."""
    return [_type(row) for row in await _queries.rows(conn, "types")]


async def known(conn: Connection, wanted: Iterable[int]) -> dict[int, SubscriptionType]:
    """The kinds of mail with these ids. Raises DefinitionNotFound when one is missing."""
    found = {type.id: type for type in await types(conn)}
    missing = [id for id in wanted if id not in found]
    if missing:
        raise DefinitionNotFound(what="subscription type", name=missing[0])
    return found


async def add_type(
    conn: Connection, name: str, description: str, purpose: str, now: datetime
) -> SubscriptionType:
    """Make a kind of mail. Raises DefinitionExists."""
    row = await _queries.one(
        conn,
        "add_type",
        name=name,
        description=description,
        purpose=purpose,
        method="Email",
        now=now,
    )
    if row is None:
        raise DefinitionExists(what="subscription type", name=name)
    return _type(row)


async def of_contacts(conn: Connection, ids: Sequence[int]) -> dict[int, list[Said]]:
    """All that these contacts said, by id."""
    found: dict[int, list[Said]] = {id: [] for id in ids}
    for row in await _queries.rows(conn, "of_records", ids=list(ids)):
        found[row.record_id].append(
            Said(
                row.record_id,
                row.subscription_type,
                row.status,
                row.channel,
                row.legal_basis,
                row.legal_basis_explanation,
                row.source,
            )
        )
    return found


async def say(conn: Connection, schema: Schema, said: Sequence[Said], write: Write) -> None:
    """Keep what contacts said; the later of two that are about the same counts.

    What is said of all e-mail is kept in the contact's own property, too. What is new is an event
    and a change. The contacts have to be live.
    """
    if not said:
        return
    changed = await _queries.rows(
        conn,
        "say",
        record_ids=[one.record_id for one in said],
        channels=[one.channel for one in said],
        types=[one.type for one in said],
        statuses=[one.status for one in said],
        bases=[one.legal_basis for one in said],
        explanations=[one.explanation for one in said],
        type=CONTACT,
        **write.bound,
    )
    whole = {
        one.record_id: one.status for one in said if one.type == WHOLE and one.channel == "EMAIL"
    }
    if whole:
        patches = [
            store.Patch(id, {_OPTED_OUT: str(status == "UNSUBSCRIBED").lower()})
            for id, status in whole.items()
        ]
        await store.update(conn, schema, schema.types[CONTACT], patches, write)
    happened = [
        Happening(
            _UPDATED,
            {
                "hs_subscription_id": str(row.subscription_type or ""),
                "hs_subscription_status": row.status,
            },
            record=row.record_id,
        )
        for row in changed
        if row.channel == "EMAIL"
    ]
    if happened:
        await events.record(conn, schema, happened, write)


def _type(row: Any) -> SubscriptionType:
    return SubscriptionType(
        row.id,
        row.name,
        row.description,
        row.purpose,
        row.method,
        row.is_default,
        row.active,
        row.created_at.astimezone(UTC),
        row.updated_at.astimezone(UTC),
    )
