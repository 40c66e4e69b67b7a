"""Webhooks: from an effect's payload to a request, if it may still leave, with its secrets."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from pydantic import BaseModel

from penstock.accounts import secrets
from penstock.accounts.errors import KeyFileExposed, SecretKeyMissing, SecretUnreadable
from penstock.accounts.sealing import seal_of
from penstock.actions.authorizing import AuthKey, Authorization, Signature
from penstock.delivery.base import Effect, Key, Limit, Outcome
from penstock.delivery.payloads import understand
from penstock.delivery.request import Request
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.settings import Settings

_queries = load("penstock.delivery")

_ALWAYS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Penstock"}


class Payload(BaseModel):
    """What an effect of the kind http says. `body` None is a request without one.

    Secrets are named, and looked up when it is sent.
    """

    method: str
    url: str
    query: list[tuple[str, str]] = []
    body: Any = None
    auth: Authorization | None = None


def limit(effect: Effect, settings: Settings) -> Limit | None:
    """Of the host that it goes to: a slow one leaves more than half of the lines to others."""
    try:
        host = urlsplit(str(effect.payload.get("url"))).hostname
    except ValueError:
        return None
    at_once = max(1, settings.webhook_connections * 2 // 5)
    return Limit(f"http/{host}", settings.webhooks_per_second, at_once)


async def prepare(
    conn: Connection, effects: Sequence[Effect], settings: Settings
) -> Mapping[Key, Request | Outcome]:
    """Look again whether each may leave: its workflow on, its record alive, its secret there."""
    refusals = await _refusals(conn, effects)
    refused = {key: Outcome("failed", reason) for key, reason in refusals.items()}
    payloads, failed = understand([each for each in effects if each.key not in refused], Payload)
    prepared: dict[Key, Request | Outcome] = {**refused, **failed}
    wanted = {payload.auth.secret for payload in payloads.values() if payload.auth}
    sealed = await secrets.sealed(conn, wanted) if wanted else {}
    for effect, payload in payloads.items():
        prepared[effect.key] = _request(effect.key, payload, sealed, settings)
    return prepared


async def _refusals(conn: Connection, effects: Sequence[Effect]) -> dict[Key, str]:
    rows = await _queries.rows(
        conn,
        "refusals",
        workflow_ids=[effect.workflow_id for effect in effects],
        record_ids=[effect.record_id for effect in effects],
    )
    return {effects[row.place - 1].key: row.reason for row in rows}


def _request(
    key: Key, payload: Payload, sealed: Mapping[str, bytes], settings: Settings
) -> Request | Outcome:
    if payload.auth is None:
        return _bare(key, payload)
    name = payload.auth.secret
    if name not in sealed:
        return Outcome("failed", "secret_gone", name)
    try:
        secret = seal_of(settings).open(name, sealed[name])
    except (SecretKeyMissing, SecretUnreadable, KeyFileExposed, OSError) as error:
        return Outcome("pending", "secret_unreadable", str(error))
    if isinstance(payload.auth, AuthKey) and not secret.isprintable():
        return Outcome("failed", "secret_unusable", name)
    return _bare(key, payload, secret)


def _bare(key: Key, payload: Payload, secret: str | None = None) -> Request:
    headers = {**_ALWAYS, "Idempotency-Key": key.id}
    query, own, signing = list(payload.query), {}, None
    match payload.auth:
        case AuthKey(location="HEADER"):
            own = {payload.auth.name: secret or ""}
        case AuthKey():
            query.append((payload.auth.name, secret or ""))
        case Signature():
            signing = secret
    body = b""
    if payload.body is not None:
        body = orjson.dumps(payload.body)
        headers["Content-Type"] = "application/json"
    url = payload.url.partition("#")[0]
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    return Request(payload.method, url, headers, body, own, signing)
