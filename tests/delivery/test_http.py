"""Webhooks: what each answer leads to, when they are tried again, and as what they go out."""

import asyncio
import json
from datetime import timedelta
from itertools import pairwise

import pytest
from aiohttp import web

from penstock.delivery.request import Patience
from penstock.records import store
from tests.conftest import NOW
from tests.delivery.desk import Desk
from tests.delivery.hooks import Hook, allowing, by_way, send_to


async def test_a_webhook_that_is_taken_is_done_and_its_answer_kept(desk: Desk, hook: Hook) -> None:
    hook.says(201, {"score": 7, "grade": "A", "nested": {"no": 1}, "ok": True, "none": None})
    (key,) = await send_to(desk, hook.url(), query=[("who", "Åsa & co")], body={"id": "7"})
    assert await desk.deliverer(**allowing()).deliver() == 1
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("done", None)
    assert json.loads(effect.reply) == {
        "status": 201,
        "body": {"score": 7, "grade": "A", "ok": True},
    }
    (taken,) = hook.taken
    assert (taken.method, taken.body) == ("POST", b'{"id":"7"}')
    assert taken.uri == hook.url("/hook?who=%C3%85sa+%26+co")
    assert taken.headers["Content-Type"] == "application/json"
    assert taken.headers["Idempotency-Key"] == key.id
    (change,) = await desk.announced()
    assert (change.details["kind"], change.details["state"]) == ("http", "done")


async def test_a_get_has_no_body(desk: Desk, hook: Hook) -> None:
    await send_to(desk, hook.url("/look?at=it"), method="GET", body=None, query=[("a", "1")])
    await desk.deliverer(**allowing()).deliver()
    (taken,) = hook.taken
    assert (taken.method, taken.body) == ("GET", b"")
    assert taken.uri == hook.url("/look?at=it&a=1")
    assert "Content-Type" not in taken.headers


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (200, "done", None),
        (204, "done", None),
        (304, "failed", "refused"),
        (400, "failed", "refused"),
        (404, "failed", "refused"),
        (410, "failed", "refused"),
        (429, "pending", "asked_to_wait"),
        (500, "pending", "server_error"),
        (503, "pending", "server_error"),
    ],
)
async def test_an_answer_decides_what_becomes_of_it(
    desk: Desk, hook: Hook, status: int, state: str, reason: str | None
) -> None:
    hook.says(status)
    (key,) = await send_to(desk, hook.url())
    await desk.deliverer(**allowing()).deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == (state, reason)
    assert json.loads(effect.reply)["status"] == status


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("90000", timedelta(seconds=90)),  # milliseconds, as HubSpot reads it
        ("1000", timedelta(seconds=1)),
        ("120", timedelta(minutes=2)),  # seconds: nobody means a tenth of a second
        ("0", timedelta(seconds=1)),
        ("Mon, 02 Mar 2026 10:07:00 GMT", timedelta(minutes=7)),
        ("Mon, 02 Mar 2020 10:07:00 GMT", timedelta()),
        ("soon", timedelta(minutes=1)),
        ("-5", timedelta(minutes=1)),
    ],
)
async def test_a_receiver_says_when_it_wants_it_again(
    desk: Desk, hook: Hook, said: str, after: timedelta
) -> None:
    hook.says(429, Retry_After=said)
    (key,) = await send_to(desk, hook.url())
    effect_is_due = NOW + after
    deliverer = desk.deliverer(**allowing())
    if after:
        assert await deliverer.deliver() == 1
    else:
        # Due again at once, and again: it is taken the second time.
        async def twice(request: web.Request) -> web.StreamResponse:
            late = len(hook.taken) > 1
            return web.Response(status=200 if late else 429, headers={"Retry-After": said})

        hook.answer = twice
        assert await deliverer.deliver() == 2
    effect = await desk.effect(key)
    assert effect.state == ("pending" if after else "done")
    assert effect.next_at == effect_is_due


async def test_it_is_tried_for_three_days_with_one_key(desk: Desk, hook: Hook) -> None:
    hook.says(500)
    (key,) = await send_to(desk, hook.url())
    deliverer = desk.deliverer(**allowing())
    times = []
    while True:
        assert await deliverer.deliver() == 1
        times.append(desk.clock._now - NOW)
        effect = await desk.effect(key)
        if effect.state != "pending":
            break
        desk.clock.go_to(effect.next_at)
    assert (effect.state, effect.reason, effect.attempts) == ("failed", "gave_up", len(times))
    assert times[1] == timedelta(minutes=1)
    assert max(b - a for a, b in pairwise(times)) == timedelta(hours=8)
    assert timedelta(days=2, hours=16) < times[-1] <= timedelta(days=3)
    assert {taken.headers["Idempotency-Key"] for taken in hook.taken} == {key.id}
    assert len(hook.taken) == len(times)


async def test_who_does_not_answer_in_time_is_asked_again(
    desk: Desk, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_way(monkeypatch, patience=Patience(connecting=0.2, answering=0.2))

    async def never(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError

    hook.answer = never
    (key,) = await send_to(desk, hook.url())
    assert await desk.deliverer(**allowing()).deliver() == 1
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("pending", "no_response")
    assert effect.next_at == NOW + timedelta(minutes=1)


async def test_who_answers_drop_by_drop_is_not_waited_for(
    desk: Desk, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_way(monkeypatch, patience=Patience(connecting=0.2, answering=0.4))

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    hook.answer = drip
    (key,) = await send_to(desk, hook.url())
    await desk.deliverer(**allowing()).deliver()
    assert (await desk.effect(key)).reason == "no_response"


async def test_who_cannot_be_reached_or_hangs_up_is_tried_again(desk: Desk, hook: Hook) -> None:
    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    hook.answer = hang_up
    (key,) = await send_to(desk, hook.url())
    (nobody,) = await send_to(desk, "http://127.0.0.1:1/hook")
    await desk.deliverer(**allowing()).deliver()
    for one in (key, nobody):
        effect = await desk.effect(one)
        assert (effect.state, effect.reason) == ("pending", "unreachable")


async def test_of_a_long_answer_nothing_is_kept_but_that_it_came(desk: Desk, hook: Hook) -> None:
    hook.says(200, {"long": "x" * 2_000_000})
    (key,) = await send_to(desk, hook.url())
    await desk.deliverer(**allowing()).deliver()
    effect = await desk.effect(key)
    assert (effect.state, json.loads(effect.reply)) == ("done", {"status": 200})


async def test_texts_of_an_answer_are_kept_up_to_65000_characters(desk: Desk, hook: Hook) -> None:
    hook.says(200, {"long": "å" * 70_000, "zero": "a\0b", "tricky": "\\u0000"})
    (key,) = await send_to(desk, hook.url())
    await desk.deliverer(**allowing()).deliver()
    body = json.loads((await desk.effect(key)).reply)["body"]
    assert body == {"long": "å" * 65_000, "zero": "ab", "tricky": "\\u0000"}


async def test_what_became_invalid_meanwhile_does_not_leave(desk: Desk, hook: Hook) -> None:
    keep, gone = await desk.contacts("ada@x.test", "bo@x.test")
    (kept,) = await send_to(desk, hook.url("/1"), record=keep)
    (lost,) = await send_to(desk, hook.url("/2"), record=gone)
    async with desk.house.database.unit() as conn:
        schema = await desk.house.schemas.current(conn)
        await store.archive(conn, schema.type("contacts"), [gone], desk.house.write)
    deliverer = desk.deliverer(**allowing())
    await deliverer.deliver()
    assert (await desk.effect(kept)).state == "done"
    assert (await desk.effect(lost)).reason == "record_gone"
    await desk.query("UPDATE workflows SET state = 'off'")
    (off,) = await send_to(desk, hook.url("/3"), record=keep)
    await deliverer.deliver()
    assert (await desk.effect(off)).reason == "workflow_off"
    assert [taken.uri for taken in hook.taken] == [hook.url("/1")]


async def test_a_slow_receiver_does_not_hold_up_the_others(desk: Desk, hook: Hook) -> None:
    """One line is busy for long; what comes meanwhile goes over another."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        begun.set()
        if request.path == "/slow":
            await go_on.wait()
        return web.json_response({})

    hook.answer = slow
    await send_to(desk, hook.url("/slow"))
    told = asyncio.Event()
    deliverer = desk.deliverer(**allowing())
    deliverer._told = told.set
    delivering = asyncio.create_task(deliverer.deliver())
    await begun.wait()
    (quick,) = await send_to(desk, hook.url("/quick"))
    await told.wait()
    assert (await desk.effect(quick)).state == "done"
    go_on.set()
    assert await delivering == 2
