"""A real service: the application under uvicorn on a loopback port, over this test's database."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from hubspot import HubSpot

from penstock.accounts import keys
from penstock.api.app import create_app
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.kernel.settings import Settings
from penstock.records.schema import Schemas


@dataclass
class Service:
    """A running service: where it is, a key that may do all, and clients that use it."""

    base: str
    key: str
    url: str
    settings: Settings
    wakes: list[None] = field(default_factory=list)

    @property
    def client(self) -> Any:
        """HubSpot's own client, which refuses answers that lack what its models require."""
        return HubSpot(
            access_token=self.key,
            host=self.base,
            base_url=self.base,
            client_side_validation=True,
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def wire(self, **options: Any) -> httpx.AsyncClient:
        """A bare HTTP client with the key."""
        headers = self.headers | options.pop("headers", {})
        return httpx.AsyncClient(base_url=self.base, headers=headers, timeout=60, **options)


async def make_key(url: str, *scopes: str) -> str:
    """A new key with these scopes."""
    async with Database(url, size=1) as database, database.unit() as conn:
        now = await DatabaseClock().now(conn)
        _, secret = await keys.create(conn, "test", scopes, now)
    return secret


@contextmanager
def running(url: str, settings: Settings, *, size: int = 8) -> Iterator[Service]:
    """The service in a thread of its own, with uvloop as it runs in production."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    key = asyncio.run(make_key(url, "all"))
    service = Service(f"http://127.0.0.1:{port}", key, url, settings)
    started = threading.Event()

    async def serve() -> None:
        async with Database(url, size=size) as database:
            app = create_app(
                database,
                Schemas(),
                DatabaseClock(),
                settings,
                wake=lambda: service.wakes.append(None),
            )
            server = uvicorn.Server(
                uvicorn.Config(app, log_level="warning", lifespan="off", loop="uvloop")
            )
            stopping.append(server)
            started.set()
            await server.serve(sockets=[listener])

    stopping: list[uvicorn.Server] = []
    failures: list[BaseException] = []

    def run() -> None:
        import uvloop

        try:
            uvloop.run(serve())
        except BaseException as error:
            failures.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run, name="service")
    thread.start()
    started.wait()
    try:
        if failures:
            raise failures[0]
        yield service
    finally:
        for server in stopping:
            server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture
def service(url: str) -> Iterator[Service]:
    with running(url, Settings()) as service:
        yield service


@pytest.fixture
async def wire(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.wire() as client:
        yield client
