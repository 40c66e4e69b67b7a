"""Letters to people of the team and to fixed addresses: looked at once more, and rendered."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from penstock.delivery.base import Effect, Key, Outcome
from penstock.delivery.mail import Letter, render, sender
from penstock.delivery.payloads import understand
from penstock.emails import store
from penstock.emails.model import Content, plain
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.settings import Settings

_queries = load("penstock.delivery")


class Payload(BaseModel):
    """What an effect of the kind internal_mail says: a text of its own or the revision of a mail,
    to whom, with what values. `team`: the recipient is one of the team.
    """

    to: str
    tokens: dict[str, str | None]
    team: bool
    subject: str = ""
    body: str = ""
    email: int | None = None
    revision: int | None = None


async def prepare(
    conn: Connection, effects: Sequence[Effect], settings: Settings
) -> Mapping[Key, Letter | Outcome]:
    """Look again whether each mail may leave: its workflow on, its record alive, its recipient
    still one of the team, or willing; and render it."""
    own = sender(settings)
    payloads, failed = understand(effects, Payload)
    prepared: dict[Key, Letter | Outcome] = {**failed}
    refusals = await _refusals(conn, payloads)
    revisions = {
        (payload.email, payload.revision)
        for payload in payloads.values()
        if payload.email is not None and payload.revision is not None
    }
    contents = await store.contents(conn, revisions)
    for effect, payload in payloads.items():
        reason = refusals.get(effect.key)
        content: Content | None = plain(payload.subject, payload.body)
        if payload.email is not None:
            content = contents.get((payload.email, payload.revision or 0))
        if reason is not None:
            prepared[effect.key] = Outcome("failed", reason)
        elif content is None:
            prepared[effect.key] = Outcome("failed", "email_gone")
        else:
            told = (payload.email, payload.to, payload.tokens)
            prepared[effect.key] = render(effect, told, content, own)
    return prepared


async def _refusals(conn: Connection, payloads: Mapping[Effect, Payload]) -> dict[Key, str]:
    keys = [effect.key for effect in payloads]
    rows = await _queries.rows(
        conn,
        "internal_refusals",
        workflow_ids=[effect.workflow_id for effect in payloads],
        record_ids=[effect.record_id for effect in payloads],
        addresses=[payload.to.lower() for payload in payloads.values()],
        team=[payload.team for payload in payloads.values()],
    )
    return {keys[row.place - 1]: row.reason for row in rows}
