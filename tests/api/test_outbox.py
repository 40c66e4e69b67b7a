"""Captured mail and the outcomes of effects over HTTP."""

import json
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest

from tests.api.conftest import Service, make_key
from tests.conftest import House
from tests.delivery.desk import Desk, open_desk, open_post
from tests.delivery.hooks import allowing, open_hook, send_to


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    async with open_desk(house) as desk:
        yield desk


async def test_captured_mail_is_listed_and_read(desk: Desk, wire: httpx.AsyncClient) -> None:
    ada, bo = await desk.contacts("ada@x.test", "bo@x.test")
    await desk.queue([ada])
    await desk.queue([bo])
    await desk.until_idle(desk.deliverer())
    answer = (await wire.get("/api/outbox", params={"limit": 1})).json()
    (first,) = answer["results"]
    (second,) = (await wire.get(answer["paging"]["next"]["link"])).json()["results"]
    assert int(second["id"]) < int(first["id"])
    assert {first["recipient"], second["recipient"]} == {"ada@x.test", "bo@x.test"}
    for query, found in (
        ({"q": "ADA@"}, ["ada@x.test"]),
        ({"q": "hello bo"}, ["bo@x.test"]),
        ({"recipient": "bo@x.test"}, ["bo@x.test"]),
        ({"recordId": ada}, ["ada@x.test"]),
        ({"workflowId": desk.workflow_id, "q": "ada"}, ["ada@x.test"]),
        ({"workflowId": "none"}, []),
    ):
        results = (await wire.get("/api/outbox", params=query)).json()["results"]
        assert [mail["recipient"] for mail in results] == found, query
    (listed,) = (await wire.get("/api/outbox", params={"q": "ada"})).json()["results"]
    mail = (await wire.get(f"/api/outbox/{listed['id']}")).json()
    assert mail == {**listed, "html": mail["html"], "text": "Hi ada"}
    assert "<p>Hi ada</p>" in mail["html"]
    assert (await wire.get("/api/outbox/none")).status_code == 404


async def uncertain(desk: Desk, *addresses: str) -> None:
    async with open_post() as post:

        def take_and_cut(envelope) -> str:
            post.hang_up()
            return "250 OK"

        post.on_data = take_and_cut
        await desk.queue(await desk.contacts(*addresses))
        deliverer = desk.deliverer("lost", smtp_url=post.url, smtp_connections=1)
        await desk.until_idle(deliverer)


async def test_uncertain_effects_are_decided_by_people(desk: Desk, wire: httpx.AsyncClient) -> None:
    await uncertain(desk, "ada@x.test", "bo@x.test", "cleo@x.test")
    answer = (await wire.get("/api/effects", params={"limit": 2})).json()
    more = (await wire.get(answer["paging"]["next"]["link"])).json()
    listed = answer["results"] + more["results"]
    assert {effect["part"] for effect in listed} == {"ada@x.test", "bo@x.test", "cleo@x.test"}
    first, second, _ = listed
    assert (first["state"], first["reason"], first["visit"]) == ("uncertain", "no_answer", 2)
    assert first["message"]
    again = await wire.post(f"/api/effects/{first['id']}/send-again")
    assert (again.status_code, again.json()["state"]) == (200, "pending")
    counted = await wire.post(f"/api/effects/{second['id']}/count-as-sent")
    assert (counted.status_code, counted.json()["state"]) == (200, "done")
    twice = await wire.post(f"/api/effects/{second['id']}/count-as-sent")
    assert twice.status_code == 409
    left = (await wire.get("/api/effects", params={"state": "uncertain"})).json()["results"]
    assert len(left) == 1
    (pending,) = (await wire.get("/api/effects", params={"state": "pending"})).json()["results"]
    assert pending == (await wire.get(f"/api/effects/{first['id']}")).json()
    rows = await desk.query("SELECT operation, target FROM audit ORDER BY id")
    assert [(row.operation, row.target) for row in rows] == [
        ("effects_send_again", f"effects/{first['id']}"),
        ("effects_count_as_sent", f"effects/{second['id']}"),
    ]


async def test_what_is_not_there_is_not_found(wire: httpx.AsyncClient) -> None:
    for path in ("/api/effects/x", "/api/effects/1.2.3", "/api/effects?after=1.2.3"):
        assert (await wire.get(path)).status_code == 404
    for verb in ("send-again", "count-as-sent"):
        assert (await wire.post(f"/api/effects/1.2.3/{verb}")).status_code == 404
    assert (await wire.get("/api/effects?state=lost")).status_code == 400


async def test_a_key_without_the_scope_may_not(service: Service) -> None:
    key = await make_key(service.url, "content")
    async with service.wire(key) as wire:
        for path in ("/api/outbox", "/api/outbox/1", "/api/effects", "/api/effects/1.1.1"):
            assert (await wire.get(path)).status_code == 403


async def test_a_webhook_is_shown_like_a_mail_and_sent_again(
    desk: Desk, wire: httpx.AsyncClient
) -> None:
    async with open_hook() as hook:
        hook.says(410, {"why": "moved"})
        (key,) = await send_to(desk, hook.url())
        deliverer = desk.deliverer(**allowing())
        await desk.until_idle(deliverer)
        (shown,) = (await wire.get("/api/effects", params={"state": "failed"})).json()["results"]
        assert (shown["kind"], shown["part"]) == ("http", hook.url())
        assert (shown["reason"], shown["message"]) == ("refused", "the receiver refused it")
        assert json.loads(shown["reply"]) == {"status": 410, "body": {"why": "moved"}}
        hook.says(200)
        again = await wire.post(f"/api/effects/{key.id}/send-again")
        assert (again.status_code, again.json()["state"]) == (200, "pending")
        desk.clock.go_to(datetime.fromisoformat(again.json()["nextAt"]))
        await desk.until_idle(deliverer)
        assert (await wire.get(f"/api/effects/{key.id}")).json()["state"] == "done"
        assert len({taken.headers["Idempotency-Key"] for taken in hook.taken}) == 1
