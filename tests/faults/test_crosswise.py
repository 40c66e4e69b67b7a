"""Workflows of contacts and of companies write each other's records, and clients write both.

Nothing locks what another waits for; no addition is lost, nor what comes by the API, which cannot
add. Longer: PENSTOCK_TEST_ENROLLMENTS.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from penstock.engine import requests
from penstock.engine.worker import Worker
from penstock.kernel.db import Database
from penstock.records import store
from penstock.workflows.store import Workflow
from tests.api.conftest import running
from tests.crowd import gather, many
from tests.story import Story, step

CONTACTS, COMPANIES = 200, 20
ROUNDS = max(int(os.environ.get("PENSTOCK_TEST_ENROLLMENTS", "400")) // CONTACTS, 1)
TO_COMPANY, TO_CONTACT = 279, 280
BATCH = 60


@pytest.fixture
async def workers(url: str, story: Story) -> AsyncIterator[list[Worker]]:
    databases = [Database(url, size=2) for _ in range(4)]
    for database in databases:
        await database.__aenter__()
    yield [Worker(database, story.clock) for database in databases]
    for database in databases:
        await database.__aexit__(None, None, None)


def add_one(id: str, name: str, type_id: int | None = None) -> dict[str, Any]:
    """Add one to a number of the enrolled record, or of those associated with it."""
    fields: dict[str, Any] = {
        "property_name": name,
        "value": {"type": "INCREMENT", "incrementAmount": "1"},
    }
    if type_id is not None:
        fields["association"] = {
            "associationCategory": "HUBSPOT_DEFINED",
            "associationTypeId": type_id,
        }
    return step(id, "0-5", fields)


async def workflow(story: Story, object_type: str, steps: list[dict[str, Any]]) -> Workflow:
    kind = "CONTACT_FLOW" if object_type == "0-1" else "PLATFORM_FLOW"
    flow = await story.workflow(
        {"type": "MANUAL", "shouldReEnroll": True}, steps, type=kind, objectTypeId=object_type
    )
    await story.turn_on(flow)
    return flow


async def write_as_clients_do(
    story: Story, people: list[int], firms: list[int], seed: int, enough: asyncio.Event
) -> Counter[int]:
    """Batches in any order, of sets and of additions; how often one was added to each record."""
    chance = random.Random(seed)
    schema = await story.house.schema()
    added: Counter[int] = Counter()
    while not enough.is_set():
        for name, ids, number in (
            ("contacts", people, "num_contacted_notes"),
            ("companies", firms, "num_contacted_notes"),
        ):
            chosen = chance.sample(ids, min(BATCH, len(ids)))
            patches = [
                store.Patch(id, {"city": f"City {chance.randrange(1000)}"}, adds={number: 1})
                for id in chosen
            ]
            async with story.house.database.unit() as conn:
                type = schema.type(name)
                outcomes = await store.update(
                    conn, schema, type, patches, story.write, trusted=True
                )
            for outcome in outcomes:
                store.one([outcome])
            added.update(chosen)
    return added


async def write_over_http(
    wire: httpx.AsyncClient, records: dict[str, list[int]], seed: int, enough: asyncio.Event
) -> dict[int, str]:
    """Batch updates in random order; what was written last to each record."""
    chance = random.Random(seed)
    written: dict[int, str] = {}
    while not enough.is_set():
        for name, ids in records.items():
            patches = {
                id: f"Street {chance.randrange(1000)}"
                for id in chance.sample(ids, min(BATCH, len(ids)))
            }
            inputs = [
                {"id": str(id), "properties": {"address": street}} for id, street in patches.items()
            ]
            path = f"/crm/v3/objects/{name}/batch/update"
            answer = await wire.post(path, json={"inputs": inputs})
            assert answer.status_code == 200, answer.text
            written |= patches
    return written


async def numbers(story: Story, name: str) -> Counter[int]:
    rows = await story.query(
        "SELECT id, (properties ->> %s)::integer AS n FROM records WHERE properties ? %s",
        name,
        name,
    )
    return Counter({row.id: row.n for row in rows})


@pytest.fixture
async def wire(url: str, story: Story) -> AsyncIterator[httpx.AsyncClient]:
    with running(url, clock=story.clock) as service:
        async with service.wire() as wire:
            yield wire


async def test_no_deadlock_and_all_sums_right(
    story: Story, workers: list[Worker], wire: httpx.AsyncClient
) -> None:
    people = await many(story, "contacts", CONTACTS)
    firms = await many(story, "companies", COMPANIES)
    for number, firm in enumerate(firms):
        await gather(story, firm, people[number::COMPANIES], TO_COMPANY)
    of_contacts = await workflow(
        story, "0-1", [add_one("1", "numberofemployees", TO_COMPANY), add_one("2", "num_notes")]
    )
    of_companies = await workflow(
        story, "0-2", [add_one("1", "num_notes", TO_CONTACT), add_one("2", "num_notes")]
    )
    schema = await story.house.schema()
    enough = asyncio.Event()
    clients = [
        asyncio.create_task(write_as_clients_do(story, people, firms, seed, enough))
        for seed in range(2)
    ]

    records = {"contacts": people, "companies": firms}
    over_http = asyncio.create_task(write_over_http(wire, records, 2, enough))

    async def turn(worker: Worker) -> None:
        left = (
            "SELECT FROM enrollments WHERE ended_at IS NULL UNION ALL SELECT FROM changes"
            " WHERE kind IN ('enroll', 'write', 'effect') LIMIT 1"
        )
        while await story.query(left):
            await worker.turn_all()

    try:
        for _ in range(ROUNDS):
            async with story.house.database.unit() as conn:
                await requests.enroll(conn, schema, of_contacts, people, "test", story.write)
                await requests.enroll(conn, schema, of_companies, firms, "test", story.write)
            await asyncio.gather(*(turn(worker) for worker in workers))
    finally:
        enough.set()
        added = sum(await asyncio.gather(*clients), Counter())
        written = await over_http
    await story.rest()

    passed = ROUNDS * CONTACTS
    assert await story.counts(of_contacts) == {"enrolled": passed, "finished": passed}
    assert (await story.counts(of_companies))["finished"] == ROUNDS * COMPANIES
    employees = dict.fromkeys(firms, ROUNDS * CONTACTS // COMPANIES)
    assert await numbers(story, "numberofemployees") == Counter(employees)
    # By their own workflow, and for contacts by that of their company.
    notes = {**dict.fromkeys(people, 2 * ROUNDS), **dict.fromkeys(firms, ROUNDS)}
    assert await numbers(story, "num_notes") == Counter(notes)
    assert await numbers(story, "num_contacted_notes") == added
    rows = await story.query(
        "SELECT id, properties ->> 'address' AS street FROM records WHERE properties ? 'address'"
    )
    assert written
    assert {row.id: row.street for row in rows} == written
    async with story.house.database.autocommit() as conn:
        await conn.execute("SELECT pg_stat_clear_snapshot()")
        cursor = await conn.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        row = await cursor.fetchone()
    assert row is not None
    assert row.deadlocks == 0
    assert await story.verify() == []
