"""The loop: turn what has something to do, then say how long to sleep."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from psycopg.errors import QueryCanceled

from penstock.engine import caution
from penstock.engine.automation import Automations
from penstock.engine.journal import ensure_month
from penstock.engine.scheduling import on_time
from penstock.engine.starting import go_live
from penstock.engine.turning import FAILED, ListensNow, Turned, turn
from penstock.kernel.clock import Clock
from penstock.kernel.db import TRANSIENT, Connection, Database
from penstock.kernel.queries import load
from penstock.records.schema import Schemas

_queries = load("penstock.engine")
_log = structlog.get_logger(__name__)

LONGEST_SLEEP = 1.0
"""Seconds after which a worker looks even if nobody woke it."""

_PORTION = 1000
_SMALLEST, _LARGEST = 50, 5000
_AIM = 0.2
"""Seconds that a turn aims at."""

_LOOK_AGAIN = 0.25
"""Seconds after which a worker looks during a round where somebody fresh waits."""

_BACK_OFF = 0.5
"""Seconds of rest after an error that passes by itself."""


class Worker:
    """Turns buckets until it is told to stop; any number may run against one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self._schemas, self._automations = Schemas(), Automations()
        self._month: datetime | None = None
        self._portion = _PORTION

    async def run(
        self, wake: asyncio.Event, stop: asyncio.Event, *, beside: Callable[[], Awaitable[bool]]
    ) -> None:
        """Turn until `stop`. `beside` does other small work and says whether there was any."""
        while not stop.is_set():
            wake.clear()
            try:
                busy = await self.turn_all(stop)
                busy = await beside() or busy
            except TRANSIENT as error:
                _log.warning("the database is away; trying again", error=str(error).strip())
                await _sleep(_BACK_OFF, stop)
                continue
            if not busy:
                await _sleep(await self.pause(), wake, stop)

    async def turn_all(self, stop: asyncio.Event | None = None) -> bool:
        """Turn every bucket that has something to do. Returns whether there was anything.

        Buckets where somebody fresh waits come first, also those where somebody comes meanwhile. No
        further bucket is begun once `stop` is set.
        """
        async with self.database.unit() as conn:
            now = await self.clock.now(conn)
            await self._prepare(conn, now)
            buckets = await self._look(conn, "busy_buckets", now)
        worked = False
        looked = 0.0
        while buckets:
            following = [buckets.pop()]
            if time.monotonic() - looked > _LOOK_AGAIN:
                # A round over many full buckets is long: whoever comes meanwhile is not to wait.
                async with self.database.unit() as conn:
                    fresh = await self._look(conn, "fresh_buckets", await self.clock.now(conn))
                following = [*fresh, *(set(following) - set(fresh))]
                buckets = [bucket for bucket in buckets if bucket not in fresh]
                looked = time.monotonic()
            for bucket in following:
                if stop is not None and stop.is_set():
                    return worked
                turned = await self.turn_one(bucket)
                worked = worked or (turned is not None and not turned.idle)
        async with self.database.unit() as conn:
            now = await self.clock.now(conn)
            went_live = await go_live(conn, now)
            acted = await on_time(conn, await self._schemas.current(conn), now)
        return worked or went_live or acted

    async def _look(self, conn: Connection, where: str, now: datetime) -> list[int]:
        buckets = [row.bucket for row in await _queries.rows(conn, where, now=now)]
        random.shuffle(buckets)  # so that workers start at different ones
        return buckets

    async def turn_one(self, bucket: int) -> Turned | None:
        """One turn of one bucket; None if somebody else has it. Its portion adapts to its time.

        Whatever goes wrong in it is rolled back, and the next turns of the bucket are careful.
        """
        began = asyncio.get_running_loop().time()
        try:
            turned = await self._turn_listening(bucket)
        except QueryCanceled:
            raise  # less of it may be done in time
        except TRANSIENT:
            await self._take_back(bucket)
            raise
        except Exception:  # noqa: BLE001 - whatever it was, the other buckets go on
            _log.exception("a turn failed; the next ones are careful", bucket=bucket)
            return FAILED
        if turned is not None and turned.full:
            spent = asyncio.get_running_loop().time() - began
            ideal = self._portion * _AIM / max(spent, 0.001)
            # Half of the way at a time: one slow turn says little.
            self._portion = round(min(max((self._portion + ideal) / 2, _SMALLEST), _LARGEST))
        return turned

    async def _turn_listening(self, bucket: int) -> Turned | None:
        try:
            return await self._turn(bucket)
        except ListensNow:
            await self._take_back(bucket)
            return await self._turn(bucket)

    async def _turn(self, bucket: int) -> Turned | None:
        async with self.database.unit() as conn:
            begun = await caution.begin(conn, bucket, self._portion)
        if begun is None:
            return None
        async with self.database.unit() as conn:
            turned = await turn(
                conn,
                bucket,
                self.clock,
                self._schemas,
                self._automations,
                begun=begun,
                aside=self.database.unit,
            )
        if turned is None:
            await self._take_back(bucket)
        return turned

    async def _take_back(self, bucket: int) -> None:
        # If that fails too, the next turns are more careful than they need be.
        with suppress(*TRANSIENT):
            async with self.database.unit() as conn:
                await caution.take_back(conn, bucket)

    async def pause(self) -> float:
        """Seconds until something is due, at most LONGEST_SLEEP."""
        async with self.database.unit() as conn:
            now = await self.clock.now(conn)
            due: datetime | None = await _queries.value(conn, "next_due")
        if due is None:
            return LONGEST_SLEEP
        return min(max((due - now).total_seconds(), 0.0), LONGEST_SLEEP)

    async def _prepare(self, conn: Connection, now: datetime) -> None:
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if self._month != month:
            await ensure_month(conn, now)
            # The next one too, so that the first turn of a month finds it.
            await ensure_month(conn, month + timedelta(days=32))
            self._month = month


async def _sleep(seconds: float, *until: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in until]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
