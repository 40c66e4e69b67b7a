"""Marketing mail is queued: its revision and the values of its tokens, one effect per recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.emails import rendering
from penstock.emails import store as emails
from penstock.emails.model import Email
from penstock.engine.tokens import Tokens
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.engine.batch import EngineBatch

_CONTACT = "0-1"


@dataclass(frozen=True)
class Recipient:
    """An address, with the values of its contact's own tokens."""

    address: str
    values: Mapping[str, str | None]


class Mailing:
    """Sends one marketing e-mail for a batch: to the enrolled contacts, or to the associated ones."""

    def __init__(self, batch: EngineBatch) -> None:
        self.batch = batch

    async def queue(self, content_id: str) -> Mapping[int, Text]:
        """Queue the mail; returns the records it cannot be sent for, with reasons."""
        batch = self.batch
        email = await self._published(content_id)
        if email is None:
            reason = Text("there is no published e-mail with the id {id}", id=content_id)
            return dict.fromkeys(batch.record_ids, reason)
        paths = rendering.tokens(email.content)
        own = {path for path in paths if path.startswith("contact.")}
        shared = await Tokens(batch).of_records(
            paths if batch.type.id == _CONTACT else paths - own
        )
        recipients = await self._recipients(own)
        refused: dict[int, Text] = {}
        for member in batch.members:
            people = recipients.get(member.record_id)
            if not people:
                refused[member.record_id] = Text("nobody with an e-mail address to send to")
                continue
            for person in people:
                payload = {
                    "email": email.id,
                    "revision": email.revision,
                    "to": person.address,
                    "tokens": {**shared[member.record_id], **person.values},
                }
                batch.effects.queue(
                    "mail",
                    person.address,
                    payload,
                    (member.enrollment_id, member.record_id, member.visit),
                    (batch.plan.workflow_id, batch.step),
                )
            batch.kinds[member.enrollment_id] = "queued"
        return refused

    async def _published(self, content_id: str) -> Email | None:
        if not content_id.isdecimal():
            return None
        email = (await emails.read(self.batch.turn.conn, [int(content_id)])).get(int(content_id))
        return email if email is not None and email.state == "PUBLISHED" else None

    async def _recipients(self, own: set[str]) -> dict[int, list[Recipient]]:
        batch = self.batch
        if batch.type.id == _CONTACT:
            values = await batch.values(["email"])
            return {
                id: [Recipient(str(of_record["email"]), {})]
                for id, of_record in values.items()
                if of_record.get("email")
            }
        contact = batch.schema.types[_CONTACT]
        ends = await Tokens(batch).ends(contact)
        names = sorted({"email", *(path.partition(".")[2] for path in own)})
        everybody = [id for others in ends.values() for id in others]
        people = await Tokens(batch).far(contact, everybody, names)
        recipients: dict[int, list[Recipient]] = {}
        for id, others in ends.items():
            by_address: dict[str, Recipient] = {}
            for other in others:
                known = people.get(other, {})
                address = known.get("email")
                if address and address not in by_address:
                    tokens = {path: known.get(path.partition(".")[2]) for path in own}
                    by_address[address] = Recipient(address, tokens)
            recipients[id] = list(by_address.values())
        return recipients
