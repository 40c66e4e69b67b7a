"""Deliverers die at any moment: what they were sending is settled once; mail never goes twice."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import AsyncConnection

from penstock.delivery.base import DELIVERIES, Key
from tests.delivery.desk import Desk, Post

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def process(url: str, post: Post, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    script = Path(__file__).with_name("run_deliverer.py")
    child = await asyncio.create_subprocess_exec(sys.executable, str(script), url, post.url, name)
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def until(desk: Desk, sql: str, *parameters: object) -> None:
    """Wait until a query finds something."""
    async with asyncio.timeout(60):
        while not await desk.query(sql, *parameters):  # noqa: ASYNC110 - another process answers
            await asyncio.sleep(0.01)


async def test_killed_between_the_servers_yes_and_the_commit_it_is_uncertain_and_not_sent_again(
    desk: Desk, post: Post, url: str
) -> None:
    (key,) = await desk.queue(await desk.contacts("ada@x.test"), at=LONG_AGO)
    async with await AsyncConnection.connect(url) as holder, process(url, post, "doomed") as child:

        async def take_and_hold() -> str:
            # The server has taken the mail; its outcome cannot be written down from here on.
            await holder.execute("SELECT FROM effects FOR UPDATE")
            return "250 OK"

        post.on_data = lambda envelope: take_and_hold()
        await until(
            desk,
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND query LIKE '%%settled%%' AND datname = current_database()",
        )
        child.kill()
        await child.wait()
        await holder.rollback()
    assert len(post.taken) == 1
    assert (await desk.effect(key)).state == "sending"
    survivor = desk.deliverer("survivor", smtp_url=post.url)
    await until_free(desk, "doomed")
    assert await survivor.deliver() == 1
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("uncertain", "interrupted")
    (change,) = await desk.announced()
    assert (change.details["state"], change.details["reason"]) == ("uncertain", "interrupted")
    desk.clock.forward(days=30)
    assert await survivor.deliver() == 0
    assert len(post.taken) == 1


async def test_killed_while_sending_all_else_goes_out_once(
    desk: Desk, post: Post, url: str
) -> None:
    people = await desk.contacts(*[f"p{n}@x.test" for n in range(20)])
    await desk.queue(people, at=LONG_AGO)
    async with process(url, post, "doomed") as child:
        stuck = asyncio.Event()

        async def third_hangs() -> str:
            if len(post.taken) == 2:
                stuck.set()
                await asyncio.Event().wait()
            return "250 OK"

        post.on_data = lambda envelope: third_hangs()
        await stuck.wait()
        child.kill()
        await child.wait()
    post.on_data = None
    await until_free(desk, "doomed")
    survivor = desk.deliverer("survivor", smtp_url=post.url)
    await desk.until_idle(survivor)
    # The portion that was claimed is uncertain, and nothing else.
    assert await desk.states() == {"done": 17, "uncertain": 3}
    assert len(post.recipients()) == len(set(post.recipients())) == 17


async def until_free(desk: Desk, name: str) -> None:
    """Until the server has noticed that the process is gone."""
    lock = (
        "SELECT 1 WHERE pg_try_advisory_xact_lock(hashtextextended('penstock.deliverer/' || %s, 0))"
    )
    await until(desk, lock, name)


async def leave_sending(desk: Desk, worker: str, *keys: Key) -> None:
    for key in keys:
        await desk.query(
            "UPDATE effects SET state = 'sending', worker = %s, attempts = 1"
            " WHERE enrollment_id = %s AND part = %s",
            worker,
            key.enrollment_id,
            key.part,
        )


async def test_what_a_living_deliverer_is_sending_is_left_alone(desk: Desk) -> None:
    dead, alive = await desk.queue(await desk.contacts("ada@x.test", "bo@x.test"))
    colleague = desk.deliverer("alive")
    await colleague.deliver()
    await leave_sending(desk, "dead", dead)
    await leave_sending(desk, "alive", alive)
    assert await desk.deliverer("other").deliver() == 1
    assert (await desk.effect(dead)).state == "uncertain"
    assert (await desk.effect(alive)).state == "sending"


async def test_two_that_find_the_dead_settle_it_once(desk: Desk) -> None:
    keys = await desk.queue(await desk.contacts(*[f"p{n}@x.test" for n in range(50)]))
    await leave_sending(desk, "dead", *keys)
    found = await asyncio.gather(
        *(desk.until_idle(desk.deliverer(name)) for name in ("one", "two", "three"))
    )
    assert sum(found) == 50
    assert len(await desk.announced()) == 50


async def test_one_that_comes_back_under_its_name_settles_its_own(desk: Desk) -> None:
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    await leave_sending(desk, "same", key)
    assert await desk.deliverer("same").deliver() == 1
    assert (await desk.effect(key)).state == "uncertain"


async def test_an_outcome_that_comes_late_is_still_taken(desk: Desk, post: Post) -> None:
    """The session was cut while a mail was on its way; its deliverer lives and knows the end."""
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> str:
        begun.set()
        await go_on.wait()
        return "250 OK"

    post.on_data = lambda envelope: slowly()
    sending = asyncio.create_task(desk.deliverer("cut", smtp_url=post.url).deliver())
    await begun.wait()
    await desk.cut_sessions()
    assert await desk.deliverer("other").deliver() == 1
    assert (await desk.effect(key)).state == "uncertain"
    go_on.set()
    await sending
    assert (await desk.effect(key)).state == "done"
    assert [change.details["state"] for change in await desk.announced()] == ["uncertain", "done"]


@pytest.fixture
def _repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue with mail whose receiver recognises a repeat."""
    entry = replace(DELIVERIES["mail"], repeatable=True)
    monkeypatch.setattr(DELIVERIES, "_entries", {"mail": entry})


@pytest.mark.usefixtures("_repeatable")
async def test_what_may_be_repeated_goes_out_again(desk: Desk) -> None:
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    await leave_sending(desk, "dead", key)
    deliverer = desk.deliverer("other")
    assert await deliverer.deliver() == 1
    assert (await desk.effect(key)).state == "pending"
    desk.clock.forward(minutes=1)
    assert await deliverer.deliver() == 1
    assert (await desk.effect(key)).state == "done"
