"""Letters: from an effect's payload to what one person gets, if that person may still get it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

import structlog
from pydantic import BaseModel

from penstock.delivery.base import Effect, Key, Outcome
from penstock.delivery.errors import SenderInvalid
from penstock.delivery.payloads import understand
from penstock.emails import checking, rendering, store
from penstock.emails.model import Content, Rendered
from penstock.kernel.db import Connection
from penstock.kernel.errors import PenstockError
from penstock.kernel.queries import load
from penstock.kernel.settings import Settings

_queries = load("penstock.delivery")
_log = structlog.get_logger(__name__)


class Payload(BaseModel):
    """What an effect of the kind mail says: which revision of a mail, to whom, with what values.

    `tokens` are values by path, as `rendering.tokens` gives the paths.
    """

    email: int
    revision: int
    to: str
    tokens: dict[str, str | None]


@dataclass(frozen=True)
class Letter:
    """A rendered mail in its envelope."""

    effect: Effect
    email_id: int | None
    from_name: str
    from_address: str
    reply_to: str
    to: str
    body: Rendered

    @property
    def message_id(self) -> str:
        """Made from the key, so that however often it is sent, it is one message."""
        return f"<{self.effect.key.id}@{domain(self.from_address)}>"


def sender(settings: Settings) -> tuple[str, str]:
    """Name and address of the installation's own sender. Raises SenderInvalid."""
    name, address = parseaddr(settings.mail_from)
    if not checking.is_address(address):
        raise SenderInvalid
    return name, address


def domain(address: str) -> str:
    """The domain of an address in the form that headers take."""
    name = address.rpartition("@")[2]
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name


async def prepare(
    conn: Connection, effects: Sequence[Effect], settings: Settings
) -> Mapping[Key, Letter | Outcome]:
    """Look again whether each mail may leave: its workflow on, its record alive, its recipient
    still at the address and willing; and render it."""
    own = sender(settings)
    payloads, failed = understand(effects, Payload)
    prepared: dict[Key, Letter | Outcome] = {**failed}
    revisions = {(payload.email, payload.revision) for payload in payloads.values()}
    contents = await store.contents(conn, revisions)
    refusals = await _refusals(conn, payloads, contents)
    for effect, payload in payloads.items():
        reason = refusals.get(effect.key)
        content = contents.get((payload.email, payload.revision))
        if reason is not None:
            prepared[effect.key] = Outcome("failed", reason)
        elif content is None:
            prepared[effect.key] = Outcome("failed", "email_gone")
        else:
            told = (payload.email, payload.to, payload.tokens)
            prepared[effect.key] = render(effect, told, content, own)
    return prepared


def render(
    effect: Effect,
    told: tuple[int | None, str, Mapping[str, str | None]],
    content: Content,
    own: tuple[str, str],
) -> Letter | Outcome:
    """The letter of an effect, or why there is none. `told` is the mail's id, if it has one, its
    recipient and the values of its tokens; `own` is the installation's sender.
    """
    email_id, to, tokens = told
    try:
        body = rendering.render(content, tokens)
    except PenstockError as error:
        return Outcome("failed", "template_failed", str(error))
    except Exception as error:  # noqa: BLE001 - one mail must not hold up all the others
        _log.exception("a mail cannot be rendered", effect=effect.key.id)
        return Outcome("failed", "template_failed", repr(error))
    return Letter(
        effect,
        email_id,
        content.from_name or ("" if content.from_address else own[0]),
        content.from_address or own[1],
        content.reply_to,
        to,
        body,
    )


async def _refusals(
    conn: Connection,
    payloads: Mapping[Effect, Payload],
    contents: Mapping[store.Revision, Content],
) -> dict[Key, str]:
    keys = [effect.key for effect in payloads]
    said = [contents.get((payload.email, payload.revision)) for payload in payloads.values()]
    rows = await _queries.rows(
        conn,
        "mail_refusals",
        workflow_ids=[effect.workflow_id for effect in payloads],
        record_ids=[effect.record_id for effect in payloads],
        addresses=[payload.to.lower() for payload in payloads.values()],
        # 0 stands for mail of no kind in particular, and is asked about in any case.
        subscriptions=[int(content.subscription or 0) if content else 0 for content in said],
    )
    return {keys[row.place - 1]: row.reason for row in rows}
