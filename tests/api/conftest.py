"""A real service: the application under uvicorn on a loopback port, over this test's database."""

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
import uvloop
from hubspot import HubSpot

from penstock.accounts import keys
from penstock.api.app import create_app
from penstock.kernel.clock import Clock, DatabaseClock
from penstock.kernel.db import Database
from penstock.kernel.settings import Settings
from penstock.records.schema import Schemas


@dataclass
class Service:
    """A running service: where it is, a key that may do all, and how often it woke the engine."""

    base: str
    url: str
    key: str = ""
    wakes: list[None] = field(default_factory=list)

    @property
    def client(self) -> Any:
        """HubSpot's own client, which refuses answers that lack what its models require."""
        return HubSpot(
            access_token=self.key, host=self.base, base_url=self.base, client_side_validation=True
        )

    def wire(self, key: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A bare HTTP client with this key, or the one that may do all."""
        headers = {"Authorization": f"Bearer {key or self.key}"} | headers
        return httpx.AsyncClient(base_url=self.base, headers=headers, timeout=60)


SECRET_KEY = "a key that only these tests have, long enough"


async def make_key(url: str, *scopes: str) -> str:
    """A new key with these scopes."""
    async with Database(url, size=1) as database, database.unit() as conn:
        now = await DatabaseClock().now(conn)
        _, secret = await keys.create(conn, "test", scopes, now)
    return secret


@contextmanager
def running(
    url: str, settings: Settings | None = None, clock: Clock | None = None
) -> Iterator[Service]:
    """The service in a thread of its own, on uvloop as it runs in production."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        service = Service(base, url)
        servers: list[uvicorn.Server] = []
        failures: list[BaseException] = []
        ready = threading.Event()

        async def serve() -> None:
            service.key = await make_key(url, "all")
            async with Database(url) as database:
                app = create_app(
                    database,
                    Schemas(),
                    clock or DatabaseClock(),
                    settings or Settings(secret_key=SECRET_KEY),
                    wake=lambda: service.wakes.append(None),
                )
                config = uvicorn.Config(app, log_level="warning", lifespan="off")
                servers.append(uvicorn.Server(config))
                ready.set()
                await servers[0].serve(sockets=[listener])

        def run() -> None:
            try:
                uvloop.run(serve())
            except BaseException as error:  # noqa: BLE001 - told to the test
                failures.append(error)
            finally:
                ready.set()

        thread = threading.Thread(target=run, name="service")
        thread.start()
        ready.wait()
        try:
            if failures:
                raise failures[0]
            yield service
        finally:
            for server in servers:
                server.should_exit = True
            thread.join()
    if failures:
        raise failures[0]


@pytest.fixture
def service(url: str) -> Iterator[Service]:
    with running(url) as service:
        yield service


@pytest.fixture
async def wire(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.wire() as client:
        yield client
