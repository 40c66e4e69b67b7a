"""A receiver of webhooks: a real HTTP server on a loopback port, and effects that go to it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web
from psycopg.types.json import Jsonb

from penstock.delivery.base import DELIVERIES, Key
from penstock.delivery.http import Http
from penstock.delivery.request import Patience
from penstock.delivery.targets import Targets
from penstock.kernel.settings import Settings
from tests.delivery.desk import Desk

LOOPBACK = "127.0.0.0/8"
SECRET_KEY = "a key that only this test has, long enough"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Taken:
    """A request as it came."""

    method: str
    uri: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hook:
    """Keeps what it takes, and answers as it is told."""

    answer: Answer | None = None
    taken: list[Taken] = field(default_factory=list)
    scheme: str = "http"
    port: int = 0

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def says(self, status: int, body: Any = None, **headers: str) -> None:
        """Answer with this from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.json_response(body, status=status, headers=named)

        self.answer = answer

    async def take(self, request: web.Request) -> web.StreamResponse:
        uri = f"{self.scheme}://{request.headers['Host']}{request.raw_path}"
        body = await request.read()
        self.taken.append(Taken(request.method, uri, dict(request.headers), body))
        return await self.answer(request) if self.answer else web.json_response({})


@asynccontextmanager
async def open_hook(tls: ssl.SSLContext | None = None) -> AsyncIterator[Hook]:
    hook = Hook(scheme="https" if tls else "http")
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", hook.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        hook.port = runner.addresses[0][1]
        yield hook
    finally:
        await runner.cleanup()


async def send_to(
    desk: Desk, url: str, *, count: int = 1, record: int | None = None, **payload: Any
) -> list[Key]:
    """Queue webhooks of records of their own, as a turn does."""
    given = {
        "method": "POST",
        "url": url,
        "query": [],
        "body": {"id": "7"},
        "auth": None,
        **payload,
    }
    records = (
        [record]
        if record is not None
        else await desk.create("contacts", *[{"firstname": f"N{n}"} for n in range(count)])
    )
    keys = await desk.queue(records, to=url)
    await desk.query(
        "UPDATE effects SET kind = 'http', payload = %s WHERE part = %s", Jsonb(given), url
    )
    return keys


def allowing(*networks: str, **settings: Any) -> dict[str, Any]:
    return {
        "allowed_targets": ",".join(networks or (LOOPBACK,)),
        "secret_key": SECRET_KEY,
        **settings,
    }


def by_way(
    monkeypatch: pytest.MonkeyPatch,
    *,
    names: dict[str, Sequence[Sequence[str]]] | None = None,
    patience: Patience | None = None,
    tls: ssl.SSLContext | None = None,
) -> list[str]:
    """Have deliverers use this way out: names that mean what they are told to, one meaning after
    another, and less patience. Returns the names that will be looked up."""
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        meanings = (names or {})[host]
        asked.append(host)
        return meanings[min(asked.count(host), len(meanings)) - 1]

    def carrier(settings: Settings) -> Http:
        targets = Targets(settings.allowed_targets, resolve)
        return Http(targets, settings.webhook_connections, patience or Patience(), tls)

    entry = replace(DELIVERIES["http"], carrier=carrier)
    monkeypatch.setattr(DELIVERIES, "_entries", {**DELIVERIES._entries, "http": entry})
    return asked
