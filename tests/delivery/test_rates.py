"""Rates: so many a second over one connection, whoever sends; nobody is left behind."""

import asyncio
from collections import Counter
from datetime import timedelta

from aiohttp import web

from penstock.delivery.rates import Turnstile
from tests.conftest import NOW
from tests.delivery.desk import Desk, Post
from tests.delivery.hooks import Hook, allowing, send_to


async def until_sent(desk: Desk, hook: Hook, *names: str, **settings: int) -> list[int]:
    """Deliver second by second until all are sent; returns how many were sent in each."""
    deliverers = [desk.deliverer(name, **allowing(**settings)) for name in names]
    counts = []
    while await desk.query("SELECT 1 FROM effects WHERE state = 'pending'"):
        before = len(hook.taken)
        await asyncio.gather(*(desk.until_idle(deliverer) for deliverer in deliverers))
        counts.append(len(hook.taken) - before)
        desk.clock.forward(seconds=1)
        assert len(counts) < 50
    return counts


async def test_one_host_gets_twenty_a_second_from_two_deliverers(desk: Desk, hook: Hook) -> None:
    await send_to(desk, hook.url(), count=70)
    assert await until_sent(desk, hook, "one", "two") == [20, 20, 20, 10]
    rows = await desk.query("SELECT state, attempts, count(*) FROM effects GROUP BY 1, 2")
    assert [tuple(row) for row in rows] == [("done", 1, 70)]
    assert len({taken.headers["Idempotency-Key"] for taken in hook.taken}) == 70


async def test_another_host_does_not_wait_for_a_busy_one(desk: Desk, hook: Hook) -> None:
    await send_to(desk, hook.url(), count=50)
    await send_to(desk, hook.url(host="localhost"), count=5)
    deliverer = desk.deliverer(**allowing("127.0.0.0/8", "::1/128"))
    await desk.until_idle(deliverer)
    hosts = Counter(taken.headers["Host"].partition(":")[0] for taken in hook.taken)
    assert hosts == {"127.0.0.1": 20, "localhost": 5}


async def test_a_host_that_does_not_answer_leaves_lines_to_the_others(
    desk: Desk, hook: Hook
) -> None:
    go_on, done = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.host.startswith("127"):
            await go_on.wait()
        return web.json_response({})

    hook.answer = answer
    await send_to(desk, hook.url(), count=10)
    (quick,) = await send_to(desk, hook.url(host="localhost"))
    settings = allowing("127.0.0.0/8", "::1/128", webhook_connections=5)
    deliverer = desk.deliverer(**settings)
    deliverer._told = done.set
    delivering = asyncio.create_task(deliverer.deliver())
    await done.wait()
    assert await desk.states() == {"done": 1, "sending": 2, "pending": 8}
    assert (await desk.effect(quick)).state == "done"
    go_on.set()
    await delivering


async def test_who_waits_goes_before_who_comes_later(desk: Desk, hook: Hook) -> None:
    await send_to(desk, hook.url("/old"), count=5)
    deliverer = desk.deliverer(**allowing(webhooks_per_second=2))
    await desk.until_idle(deliverer)
    await send_to(desk, hook.url("/new"), count=5)
    seconds = []
    for _ in range(5):
        seconds.append({taken.uri[-3:] for taken in hook.taken})
        assert len(hook.taken) == 2
        hook.taken.clear()
        desk.clock.forward(seconds=1)
        await desk.until_idle(deliverer)
    assert seconds == [{"old"}, {"old"}, {"old", "new"}, {"new"}, {"new"}]


async def test_nobody_was_there_for_an_hour_and_then_it_goes_on_at_the_same_rate(
    desk: Desk, hook: Hook
) -> None:
    await send_to(desk, hook.url(), count=12)
    await desk.until_idle(desk.deliverer("gone", **allowing(webhooks_per_second=3)))
    assert len(hook.taken) == 3
    desk.clock.forward(hours=1)
    assert await until_sent(desk, hook, "new", webhooks_per_second=3) == [3, 3, 3]


async def test_who_has_no_room_has_not_been_tried(desk: Desk, hook: Hook) -> None:
    keys = await send_to(desk, hook.url(), count=3)
    assert await desk.deliverer(**allowing(webhooks_per_second=1)).deliver() == 3
    effects = sorted([await desk.effect(key) for key in keys], key=lambda one: one.next_at)
    assert [(one.state, one.attempts) for one in effects] == [
        ("done", 1),
        ("pending", 0),
        ("pending", 0),
    ]
    assert [(one.next_at - NOW).total_seconds() for one in effects] == [0, 1, 2]
    assert [one.first_at for one in effects] == [NOW, None, None]


async def test_a_mail_server_has_a_rate_too(desk: Desk, post: Post) -> None:
    await desk.queue(await desk.contacts(*[f"p{n}@x.test" for n in range(7)]))
    deliverer = desk.deliverer(smtp_url=post.url, mails_per_second=3)
    counts = []
    for _ in range(3):
        await desk.until_idle(deliverer)
        counts.append(len(post.taken))
        desk.clock.forward(seconds=1)
    assert counts == [3, 6, 7]


def test_a_place_that_was_missed_is_made_up_for_within_the_rate() -> None:
    """Nobody came in one second: those of it and of the next share what follows."""
    stile = Turnstile(2, NOW, NOW, 0)
    let = [stile.let(place) for place in (NOW - timedelta(seconds=1), NOW, NOW)]
    assert let == [True, True, False]
    assert [at for at, _ in stile.moved] == [NOW + timedelta(seconds=1)]


def test_a_rate_that_does_not_divide_a_second_is_not_exceeded() -> None:
    stile = Turnstile(3, NOW, NOW, 3)
    for _ in range(9):
        assert not stile.let(None)
    seconds = Counter((at - NOW).total_seconds() for at, _ in stile.moved)
    assert set(seconds.values()) <= {1, 2, 3}
    assert sum(seconds.values()) == 9
