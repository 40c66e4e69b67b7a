"""Send a webhook."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from penstock.actions.authorizing import AuthKey, Authorization
from penstock.actions.base import ONWARD, Action, Batch, Departures, Place, Settled
from penstock.actions.inputs import Input
from penstock.filters.mentions import Mention
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text

BODILESS: Final = ("GET", "HEAD", "OPTIONS")
METHODS: Final = (*BODILESS, "POST", "PUT", "PATCH", "DELETE")

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS: Final = frozenset(
    "accept accept-encoding connection content-length content-type expect host idempotency-key te"
    " trailer transfer-encoding upgrade user-agent".split()
)
"""Headers that say what the request is, not whose."""


class Parameter(BaseModel):
    """One field of the address."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, frozen=True)

    name: str
    value: Input


class SendWebhook(
    Action,
    type_id="WEBHOOK",
    label="Send a webhook",
    summary="Send a webhook to {webhook_url}",
    icon="webhook",
    category="Operations",
):
    """Send every enrolled record to an address on the web, and wait for the answer: what it says
    can be used by later steps. GET sends the fields alone.
    """

    method: str = field("Method", widget="select", options=list(METHODS))
    webhook_url: str = field("Address", alias="webhookUrl")
    query_params: tuple[Parameter, ...] = field(
        "Fields of the address", widget="parameters", default=(), alias="queryParams"
    )
    auth_settings: Authorization | None = field(
        "Authorization", widget="authorization", default=None, alias="authSettings"
    )

    async def run(self, batch: Batch) -> Departures:
        columns = [(one.name, await batch.resolve(one.value)) for one in self.query_params]
        bodies = {} if self.method in BODILESS else await batch.records()
        auth = self.auth_settings
        payloads: dict[int, dict[str, Any]] = {}
        for member in batch.members:
            record = member.record_id
            payloads[record] = {
                "method": self.method,
                "url": self.webhook_url,
                "query": [
                    (name, _wire(column[record]))
                    for name, column in columns
                    if column.get(record) is not None
                ],
                "body": bodies.get(record),
                "auth": None if auth is None else auth.model_dump(by_alias=True),
            }
        batch.queue("http", self.webhook_url, payloads)
        return Departures().hold(batch.members)

    async def settle(self, batch: Batch) -> Departures:
        departures = Departures()
        for member in batch.members:
            (settled,) = batch.settled(member)
            if settled.done:
                departures.leave(ONWARD, [member])
                departures.outputs[member.enrollment_id] = dict(_answer(settled, "body") or {})
            else:
                departures.fail(_reason(settled), member)
        return departures

    def puts_out(self) -> None:
        """Whatever is in the answer."""

    def problems(self, place: Place) -> list[Problem]:
        problems: list[Problem] = []
        if self.method not in METHODS:
            text = Text("{method} is no method of a webhook", method=self.method)
            problems.append(Problem(text, f"{place.where}.method", "METHOD_UNSUPPORTED"))
        if not _on_the_web(self.webhook_url):
            text = Text("this is no address that begins with https://")
            problems.append(Problem(text, f"{place.where}.webhookUrl", "URL_INVALID"))
        auth = self.auth_settings
        if isinstance(auth, AuthKey):
            unfit = not _TOKEN.fullmatch(auth.name) or auth.name.lower() in _OURS
            if not auth.name or (unfit and auth.location == "HEADER"):
                text = Text('no header for a key can be called "{name}"', name=auth.name)
                problems.append(Problem(text, f"{place.where}.authSettings.name", "NAME_INVALID"))
        return problems

    def mentions(self, where: str) -> Iterator[Mention]:
        auth = self.auth_settings
        if auth is not None:
            yield Mention("secret", auth.secret, f"{where}.authSettings.{auth.named_by}")


def _on_the_web(url: str) -> bool:
    """Whether it can be an address: http is for networks that the installation allows."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return named and parts.scheme in ("https", "http") and not (parts.username or parts.password)


def _answer(settled: Settled, key: str) -> Any:
    return settled.reply.get(key) if isinstance(settled.reply, Mapping) else None


def _reason(settled: Settled) -> Text:
    status = _answer(settled, "status")
    if status is not None:
        return Text("the receiver answered with the status {status}", status=status)
    return settled.reason or Text("it could not be done")


def _wire(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ";".join(_wire(each) for each in value)
    return str(value)
