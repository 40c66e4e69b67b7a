"""The supervisor: it starts the database server and the child processes, and ends with them."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from penstock.bootstrap.children import Child
from penstock.bootstrap.preparing import prepare
from penstock.bootstrap.servers import Server
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.errors import PenstockError

_log = structlog.get_logger(__name__)

_LOOK_EVERY: Final = 1.0
"""Seconds between two looks at the database server."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""What tells us to stop, unless we were started so as to ignore it (nohup)."""


@dataclass(frozen=True)
class Crew:
    """Which processes are wanted; web processes share the listening socket."""

    web: int
    workers: int
    listener: socket.socket | None = None
    debug: bool = False

    def children(self) -> Iterator[Child]:
        """All of them, not started."""
        listener = None if self.listener is None else self.listener.fileno()
        for number in range(1, self.web + 1):
            yield Child("web", f"web {number}", listener=listener, debug=self.debug)
        for number in range(1, self.workers + 1):
            yield Child("worker", f"worker {number}", listener=None, debug=self.debug)


Ready = Callable[[str], Awaitable[None]]
"""Told the conninfo of the database when all processes are ready."""


async def supervise(server: Server, crew: Crew, ready: Ready) -> None:
    """Run the crew on the server until SIGTERM, SIGINT or SIGHUP; then end both.

    Children finish what they began; a second signal kills them. Raises ChildFailed, and what
    starting and preparing the database raise.
    """
    stop = asyncio.Event()
    children: list[Child] = []
    keeping: list[asyncio.Task[None]] = []
    with _signals(stop, children):
        try:
            # At once, so that they load their code while the database starts.
            children += crew.children()
            keeping += [asyncio.create_task(child.keep()) for child in children]
            await _until(stop, _run(server, children, ready, stop))
        finally:
            if crew.listener is not None:
                crew.listener.close()
            try:
                await asyncio.gather(*(child.end() for child in children))
                await asyncio.gather(*keeping)
            finally:
                await asyncio.to_thread(server.stop)


async def _run(server: Server, children: list[Child], ready: Ready, stop: asyncio.Event) -> None:
    url = await asyncio.to_thread(server.start)
    if stop.is_set():
        return
    await prepare(url, DatabaseClock())
    for child in children:
        child.employ(url)
    await asyncio.gather(*(child.ready for child in children))
    await ready(url)
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        url = await _look_after(server, children, url)


async def _look_after(server: Server, children: list[Child], url: str) -> str:
    """See that the server is alive, and that the children work on it wherever it is now."""
    try:
        if await asyncio.to_thread(server.ensure_alive):
            _log.warning("the database had ended, and runs again")
    except (PenstockError, OSError) as error:
        _log.error("the database does not run; trying again", reason=str(error))
        return url
    current = server.conninfo()
    if current != url:
        for child in children:
            child.employ(current)
    return current


async def _until(stop: asyncio.Event, work: Awaitable[None]) -> None:
    """Work until it ends by itself, or `stop` is set."""
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        working.cancel()
    try:
        await working
    except asyncio.CancelledError:
        if not stop.is_set():
            raise


@contextmanager
def _signals(stop: asyncio.Event, children: list[Child]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def hear() -> None:
        if stop.is_set():
            for child in children:
                child.kill()
        else:
            _log.info("stopping")
            stop.set()

    heard = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    for number in heard:
        loop.add_signal_handler(number, hear)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
