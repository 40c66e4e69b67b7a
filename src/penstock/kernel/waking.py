"""Wake-ups: who gave the engine work says so after the commit, and the workers look at once."""

import asyncio
from typing import Final, Self

import psycopg

from penstock.kernel.db import connect

INTERVAL: Final = 0.02
"""Seconds between two notifications of one process, at least."""

_BACK_OFF: Final = 1.0
"""Seconds until a lost connection is made anew. Meanwhile workers look by themselves."""


class Waker:
    """One process's wake-ups, over a connection of its own: a NOTIFY in a transaction that writes
    would end group commit.

    Usage: ``async with Waker(url) as waker: waker.wake()``, in the thread of the event loop.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._telling = asyncio.create_task(self._tell())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._telling.cancel()
        await asyncio.gather(self._telling, return_exceptions=True)

    def wake(self) -> None:
        """Wake all workers; many calls within INTERVAL are one notification."""
        self._wanted.set()

    async def listen(self, event: asyncio.Event) -> None:
        """Set `event` at every wake-up of any process, until cancelled."""
        while True:
            try:
                async with await connect(self._url) as conn:
                    await conn.execute("LISTEN penstock_wake")
                    event.set()  # for what came while nobody listened
                    async for _ in conn.notifies():
                        event.set()
            except psycopg.OperationalError:
                await asyncio.sleep(_BACK_OFF)

    async def _tell(self) -> None:
        while True:
            try:
                async with await connect(self._url) as conn:
                    await self._tell_over(conn)
            except psycopg.OperationalError:
                self._wanted.set()
                await asyncio.sleep(_BACK_OFF)

    async def _tell_over(self, conn: psycopg.AsyncConnection[object]) -> None:
        while True:
            await self._wanted.wait()
            # Cleared first: what is committed while this is under way needs another one.
            self._wanted.clear()
            await conn.execute("NOTIFY penstock_wake")
            await asyncio.sleep(INTERVAL)
