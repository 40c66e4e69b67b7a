"""Marketing mail is addressed: to the enrolled contacts, or to those associated with the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from penstock.emails import rendering
from penstock.emails import store as emails
from penstock.emails.model import Email
from penstock.engine.reading import Reading
from penstock.kernel.db import Connection

_CONTACT = "0-1"
_ADDRESS = "contact.email"


@dataclass(frozen=True)
class Letter:
    """A mail to one person: the address, and what to send (its revision, the tokens' values)."""

    address: str
    payload: dict[str, Any]


async def published(conn: Connection, content_id: str) -> Email | None:
    """The mail with this id, if it may be sent."""
    if not content_id.isdecimal():
        return None
    email = (await emails.read(conn, [int(content_id)])).get(int(content_id))
    return email if email is not None and email.state == "PUBLISHED" else None


async def letters(reading: Reading, email: Email) -> dict[int, list[Letter]]:
    """One letter for each person to be written to, by record; none where there is nobody."""
    paths, crowd = rendering.tokens(email.content), reading.crowd
    if crowd.type.id == _CONTACT:
        shared = await reading.texts({*paths, _ADDRESS})
        spare = _ADDRESS not in paths
        return {
            id: [_letter(email, address, values)]
            for id, values in shared.items()
            if (address := values.pop(_ADDRESS) if spare else values[_ADDRESS])
        }
    own = {path for path in paths if path.startswith("contact.")}
    shared = await reading.texts(paths - own)
    contact = crowd.turn.schema.types[_CONTACT]
    ends = await crowd.ends(contact)
    names = sorted({"email", *(path.partition(".")[2] for path in own)})
    people = await crowd.far(contact, [id for ids in ends.values() for id in ids], names)
    found: dict[int, list[Letter]] = {}
    for id, others in ends.items():
        by_address: dict[str, Letter] = {}
        for other in others:
            known = people.get(other, {})
            address = known.get("email")
            if address:
                personal = {path: known.get(path.partition(".")[2]) for path in own}
                by_address.setdefault(address, _letter(email, address, {**shared[id], **personal}))
        found[id] = list(by_address.values())
    return found


def _letter(email: Email, address: str, values: Mapping[str, str | None]) -> Letter:
    payload = {"email": email.id, "revision": email.revision, "to": address, "tokens": values}
    return Letter(address, payload)
