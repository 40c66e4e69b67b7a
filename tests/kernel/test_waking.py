"""Wake-ups travel between processes, many of them in one notification."""

import asyncio
from contextlib import asynccontextmanager

import psycopg
import pytest

from penstock.kernel.db import connect
from penstock.kernel.waking import Waker


@asynccontextmanager
async def listening(url: str):
    """An event that every wake-up sets, once somebody listens."""
    event = asyncio.Event()
    task = asyncio.create_task(Waker(url).listen(event))
    await event.wait()
    event.clear()
    try:
        yield event
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_wake_up_reaches_every_listener(url: str) -> None:
    async with listening(url) as one, listening(url) as two, Waker(url) as waker:
        waker.wake()
        await asyncio.gather(one.wait(), two.wait())


async def test_many_wake_ups_at_once_are_one_notification(url: str) -> None:
    rounds, heard = 20, 0
    async with await connect(url) as conn, listening(url) as event, Waker(url) as waker:
        await conn.execute("LISTEN penstock_wake")
        for _ in range(rounds):
            for _ in range(1000):
                waker.wake()
            await event.wait()
            event.clear()
        async with await connect(url) as other:
            await other.execute("NOTIFY penstock_wake, 'end'")
        async for notification in conn.notifies():
            if notification.payload == "end":
                break
            heard += 1
    # The event may be heard before the waker knows that its notification has gone out.
    assert rounds <= heard <= 2 * rounds


async def test_a_wake_up_during_a_notification_is_not_lost(url: str) -> None:
    async with listening(url) as event, Waker(url) as waker:
        for _ in range(20):
            waker.wake()
            await event.wait()
            event.clear()


async def test_connections_that_are_cut_are_made_anew(url: str) -> None:
    async with listening(url) as event, Waker(url) as waker:
        waker.wake()
        await event.wait()
        with psycopg.connect(url, autocommit=True) as admin:
            cut = admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).rowcount
        assert cut >= 2
        event.clear()
        # Listening again sets it, because something may have been missed meanwhile.
        await event.wait()
        event.clear()
        waker.wake()
        await event.wait()


async def test_a_waker_ends_while_the_database_is_away() -> None:
    async with Waker("host=/nowhere") as waker:
        waker.wake()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(waker.listen(asyncio.Event()), 0.01)
