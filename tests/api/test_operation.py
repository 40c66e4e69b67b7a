"""One request is one transaction: committed before its answer, audited, tried again, timed."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import httpx
import psycopg
import pytest
from fastapi import File
from psycopg.errors import SerializationFailure

from penstock.accounts import audit
from penstock.api import app
from penstock.api.call import ThisCall
from penstock.api.incoming import LARGEST_BODY
from penstock.api.models import Wire
from penstock.api.operation import ATTEMPTS
from penstock.api.routing import Router
from penstock.kernel.clock import VirtualClock
from penstock.kernel.db import Database, connect
from tests.api.conftest import Service, make_key, running

CONTACTS = "/crm/v3/objects/contacts"


async def trail(service: Service) -> list[audit.Entry]:
    async with Database(service.url, size=1) as database, database.unit() as conn:
        return await audit.trail(conn)


async def test_a_write_leaves_an_audit_row_and_wakes_the_engine(
    service: Service, wire: httpx.AsyncClient
) -> None:
    made = await wire.post(CONTACTS, json={"properties": {"email": "ada@example.test"}})
    (entry,) = await trail(service)
    assert (entry.actor, entry.operation) == ("key:1", "objects_create")
    assert entry.target == f"contacts/{made.json()['id']}"
    assert "ada" not in str(entry.details)
    assert len(service.wakes) == 1


async def test_a_read_leaves_nothing(service: Service, wire: httpx.AsyncClient) -> None:
    await wire.get(CONTACTS)
    await wire.post(f"{CONTACTS}/batch/read", json={"inputs": [{"id": "1"}]})
    assert (await trail(service), service.wakes) == ([], [])


async def test_a_refused_write_leaves_nothing(service: Service, wire: httpx.AsyncClient) -> None:
    inputs = [{"properties": {"email": "ada@example.test"}}, {"properties": {"email": "none"}}]
    answer = await wire.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
    assert answer.status_code == 400
    assert (await trail(service), service.wakes) == ([], [])
    again = await wire.post(CONTACTS, json=inputs[0])
    assert again.status_code == 201


async def test_every_write_names_its_key_in_the_history(
    service: Service, wire: httpx.AsyncClient
) -> None:
    id = (await wire.post(CONTACTS, json={"properties": {"city": "Rome"}})).json()["id"]
    async with service.wire(await make_key(service.url, "crm.objects.contacts.write")) as other:
        await other.patch(f"{CONTACTS}/{id}", json={"properties": {"city": "Oslo"}})
    read = await wire.get(f"{CONTACTS}/{id}?propertiesWithHistory=city")
    past = read.json()["propertiesWithHistory"]["city"]
    assert [(one["value"], one["sourceType"], one["sourceId"]) for one in past] == [
        ("Oslo", "API", "key:2"),
        ("Rome", "API", "key:1"),
    ]


async def test_the_time_is_the_clocks(url: str) -> None:
    clock = VirtualClock(datetime(2031, 5, 6, 7, 8, 9, 123_000, tzinfo=UTC))
    with running(url, clock=clock) as service:
        async with service.wire() as wire:
            made = await wire.post(CONTACTS, json={"properties": {"city": "Rome"}})
            assert made.json()["createdAt"] == "2031-05-06T07:08:09.123Z"
            clock.forward(days=1)
            path = f"{CONTACTS}/{made.json()['id']}"
            changed = await wire.patch(path, json={"properties": {"city": "Oslo"}})
            assert changed.json()["updatedAt"] == "2031-05-07T07:08:09.123Z"


async def test_a_deadlock_with_somebody_else_is_begun_again(
    service: Service, wire: httpx.AsyncClient
) -> None:
    inputs = [{"properties": {"city": "Rome"}}] * 2
    made = await wire.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
    ids = [int(one["id"]) for one in made.json()["results"]]
    first, second = sorted(ids, key=lambda id: (id & 63, id))
    lock = "SELECT FROM records WHERE bucket = (%s & 63) AND id = %s FOR UPDATE"
    changes = [{"id": str(id), "properties": {"city": "Oslo"}} for id in ids]
    # PostgreSQL sacrifices one of the two; on a busy machine that may be the rival.
    tries, survived = 0, False
    while not survived:
        tries += 1
        assert tries <= 5, "the request was never the victim"
        async with await psycopg.AsyncConnection.connect(service.url) as rival:
            await rival.execute(lock, [second, second])
            request = asyncio.create_task(
                wire.post(f"{CONTACTS}/batch/update", json={"inputs": changes})
            )
            await until_waiting(service.url)
            try:
                # The request holds the first and waits for the second: each waits for the other.
                await rival.execute(lock, [first, first])
                survived = True
            except psycopg.errors.DeadlockDetected:
                survived = False
        answer = await request
        assert answer.status_code == 200
        assert {one["properties"]["city"] for one in answer.json()["results"]} == {"Oslo"}
    assert [entry.operation for entry in await trail(service)] == [
        *["objects_batch_update"] * tries,
        "objects_batch_create",
    ]


async def until_waiting(url: str) -> None:
    """Until a connection to the database waits for a lock."""
    conn = await connect(url)
    try:
        waiting = None
        while not waiting:
            cursor = await conn.execute(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            waiting = await cursor.fetchone()
    finally:
        await conn.close()


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Router:
    """A router of this test's own, which the service has instead of all others."""
    router = Router("probe", "Probe")
    monkeypatch.setattr(app, "routers", lambda: [router])
    return router


async def test_what_a_handler_does_not_audit_itself_is_audited_by_its_name(
    url: str, probe: Router
) -> None:
    @probe.post("/probe/{name}")
    async def touch(call: ThisCall, name: str) -> None:
        """Touch something."""

    with running(url) as service:
        async with service.wire() as wire:
            assert (await wire.post("/probe/it/")).status_code == 204
        (entry,) = await trail(service)
    assert (entry.operation, entry.target) == ("probe_touch", "/probe/it/")


async def test_what_others_make_impossible_again_and_again_is_put_off(
    url: str, probe: Router
) -> None:
    bodies = []

    @probe.post("/probe", model=dict)
    async def fail(call: ThisCall, body: dict[str, str]) -> None:
        """Fail."""
        bodies.append(body)
        raise SerializationFailure

    with running(url) as service:
        async with service.wire() as wire:
            answer = await wire.post("/probe", json={"a": "b"})
        assert (answer.status_code, answer.json()["category"]) == (503, "SERVICE_UNAVAILABLE")
        assert answer.headers["retry-after"] == "1"
        assert (bodies, service.wakes) == ([{"a": "b"}] * ATTEMPTS, [])


async def test_a_developer_may_send_the_key_in_the_address(url: str, probe: Router) -> None:
    @probe.get("/probe", model=dict, developer=True)
    async def look(call: ThisCall) -> dict[str, str]:
        """Look."""
        return {"actor": call.actor}

    with running(url) as service:
        async with httpx.AsyncClient(base_url=service.base) as wire:
            assert (await wire.get("/probe?hapikey=nonsense")).status_code == 401
            answer = await wire.get("/probe", params={"hapikey": service.key})
    assert answer.json() == {"actor": "key:1"}


async def test_a_stranger_is_refused_before_a_large_body_is_read(url: str, probe: Router) -> None:
    @probe.post("/probe", model=dict, limit=10 * LARGEST_BODY)
    async def take(call: ThisCall, file: Annotated[bytes, File()]) -> dict[str, int]:
        """Take a file."""
        return {"size": len(file)}

    size = 2 * LARGEST_BODY
    with running(url) as service:
        async with service.wire() as wire:
            taken = await wire.post("/probe", files={"file": b"x" * size})
            assert taken.json() == {"size": size}
        head = b"POST /probe HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", int(service.base[-5:]))
        writer.write(head)
        assert (await reader.readline()).split()[1] == b"401"
        writer.close()


async def test_pydantic_shapes_and_exact_numbers_go_out_as_they_are(
    url: str, probe: Router
) -> None:
    class Shape(Wire):
        long_name: str
        nothing: str | None = None

    @probe.get("/probe", model=dict)
    async def look(call: ThisCall) -> dict[str, Any]:
        """Look."""
        return {"shape": Shape(long_name="å"), "number": Decimal("1.10"), "large": 10**30}

    with running(url) as service:
        async with service.wire() as wire:
            answer = await wire.get("/probe")
    assert answer.text == (
        '{"shape":{"longName":"å"},"number":1.10,"large":1000000000000000000000000000000}'
    )
