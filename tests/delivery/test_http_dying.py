"""A deliverer dies after its webhook was taken: it goes out again, with the key it had."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from psycopg import AsyncConnection

from tests.conftest import NOW
from tests.delivery.desk import Desk
from tests.delivery.hooks import LOOPBACK, Hook, allowing, send_to
from tests.delivery.test_dying import LONG_AGO, leave_sending, until, until_free


@asynccontextmanager
async def process(url: str, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    script = Path(__file__).with_name("run_deliverer.py")
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(script), url, "smtp://127.0.0.1:1", name, LOOPBACK
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def test_killed_between_the_answer_and_the_commit_it_is_sent_again_with_the_same_key(
    desk: Desk, hook: Hook, url: str
) -> None:
    (key,) = await send_to(desk, hook.url())
    await desk.query("UPDATE effects SET next_at = %s", LONG_AGO)
    async with await AsyncConnection.connect(url) as holder, process(url, "doomed") as child:

        async def take_and_hold(request: web.Request) -> web.StreamResponse:
            # It is taken; its outcome cannot be written down from here on.
            await holder.execute("SELECT FROM effects FOR UPDATE")
            return web.json_response({})

        hook.answer = take_and_hold
        await until(
            desk,
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND query LIKE '%%settled%%' AND datname = current_database()",
        )
        child.kill()
        await child.wait()
        await holder.rollback()
    hook.answer = None
    assert (await desk.effect(key)).state == "sending"
    await until_free(desk, "doomed")
    survivor = desk.deliverer("survivor", **allowing())
    assert await survivor.deliver() == 1
    effect = await desk.effect(key)
    assert (effect.state, effect.reason, effect.attempts) == ("pending", "interrupted", 1)
    desk.clock.go_to(effect.next_at)
    assert await survivor.deliver() == 1
    assert (await desk.effect(key)).state == "done"
    assert [taken.headers["Idempotency-Key"] for taken in hook.taken] == [key.id, key.id]
    (change,) = await desk.announced()
    assert change.details["state"] == "done"


async def test_what_a_dead_one_had_claimed_goes_out_after_a_minute(desk: Desk, hook: Hook) -> None:
    (key,) = await send_to(desk, hook.url())
    await leave_sending(desk, "dead", key)
    deliverer = desk.deliverer(**allowing())
    assert await deliverer.deliver() == 1
    assert (await desk.effect(key)).next_at == NOW + timedelta(minutes=1)
    desk.clock.forward(minutes=1)
    assert await deliverer.deliver() == 1
    assert len(hook.taken) == 1
