"""The outbox: mail that was captured because no mail server is set, for people to look at."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from penstock.delivery.errors import MailNotFound
from penstock.delivery.mail import Letter
from penstock.delivery.message import address
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.delivery")


class Outbox:
    """Keeps letters instead of sending them."""

    async def keep(self, conn: Connection, parcels: Sequence[Letter], now: datetime) -> None:
        await _queries.run(
            conn,
            "capture",
            message_ids=[letter.message_id for letter in parcels],
            enrollment_ids=[letter.effect.key.enrollment_id for letter in parcels],
            visits=[letter.effect.key.visit for letter in parcels],
            workflow_ids=[letter.effect.workflow_id for letter in parcels],
            record_ids=[letter.effect.record_id for letter in parcels],
            email_ids=[letter.email_id for letter in parcels],
            senders=[str(address(letter.from_name, letter.from_address)) for letter in parcels],
            recipients=[letter.to for letter in parcels],
            subjects=[letter.body.subject for letter in parcels],
            htmls=[letter.body.html for letter in parcels],
            texts=[letter.body.text for letter in parcels],
            now=now,
        )


@dataclass(frozen=True)
class Mail:
    """A captured mail. `html` and `text` are None in a list."""

    id: int
    message_id: str
    enrollment_id: int
    visit: int
    workflow_id: int
    record_id: int
    email_id: int | None
    sender: str
    recipient: str
    subject: str
    sent_at: datetime
    html: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Search:
    """Which mails to list: words that recipient or subject contain, and what they belong to."""

    words: str | None = None
    recipient: str | None = None
    workflow_id: int | None = None
    record_id: int | None = None


async def page(
    conn: Connection, search: Search, *, before: int | None = None, limit: int = 50
) -> list[Mail]:
    """Up to `limit` mails with ids below `before`, newest first, without their bodies."""
    rows = await _queries.rows(conn, "outbox_page", before=before, limit=limit, **asdict(search))
    return [_mail(row) for row in rows]


async def read(conn: Connection, id: int) -> Mail:
    """One mail, as its recipient would have got it. Raises MailNotFound."""
    row = await _queries.one(conn, "outbox_read", id=id)
    if row is None:
        raise MailNotFound(id=id)
    return _mail(row)


def _mail(row: Any) -> Mail:
    values = row._asdict()
    return Mail(**{**values, "sent_at": row.sent_at.astimezone(UTC)})
