"""A web process: the application under uvicorn, on the socket that the supervisor opened."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Final

import uvicorn

from penstock.api.app import create_app, routers
from penstock.bootstrap.child import GRACE, Orders
from penstock.bootstrap.wiring import wire
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.kernel.settings import Settings
from penstock.kernel.waking import Waker
from penstock.records.schema import Schemas

_CONNECTIONS: Final = 8
_KEEP_ALIVE: Final = 75
"""Seconds: longer than clients and proxies keep a connection, so that they end it and not we."""


def load() -> None:
    """Import all that answers requests, and wire it."""
    wire()
    list(routers())


async def work(orders: Orders, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Answer requests until `stop`; those that have begun are finished."""
    assert orders.listener is not None
    async with (
        Database(orders.url, size=_CONNECTIONS) as database,
        Waker(orders.url) as waker,
    ):
        app = create_app(database, Schemas(), DatabaseClock(), Settings(), wake=waker.wake)
        server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE,
                # In time for the connections to the database to be closed as well.
                timeout_graceful_shutdown=int(GRACE) - 5,
            ),
            ready,
        )
        stopping = asyncio.create_task(server.stop_at(stop))
        try:
            await server.serve([socket.socket(fileno=orders.listener)])
        finally:
            stopping.cancel()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    def capture_signals(self) -> Any:
        """Signals are the child's; uvicorn would raise them anew after its end."""
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def stop_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.should_exit = True
