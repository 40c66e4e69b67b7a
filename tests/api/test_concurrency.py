"""Many writers at once: nothing lost, nothing doubled, no deadlock."""

import asyncio
import random
from collections import Counter
from typing import Any

import httpx
import psycopg

from penstock.records import store
from penstock.records.reading import read
from tests.api.conftest import Service, running
from tests.conftest import House

BATCH = "/crm/v3/objects/contacts/batch"
FIELDS = (
    "firstname lastname phone mobilephone fax salutation company jobtitle website address city"
    " state zip country industry message"
).split()
"""One text for each of sixteen writers."""


async def test_sixteen_clients_on_the_same_records_lose_nothing_and_never_deadlock(
    url: str,
) -> None:
    with running(url) as service:
        ids = await a_thousand_records(service)
        written = await asyncio.gather(
            *(client(service, ids, field, seed) for seed, field in enumerate(FIELDS))
        )
        async with service.wire() as wire:
            kept = await everything(wire, ids)
    for field, last in zip(FIELDS, written, strict=True):
        assert {id: kept[id][field] for id in last} == last
    emails = [record["email"] for record in kept.values() if record["email"]]
    assert max(Counter(emails).values()) == 1
    with psycopg.connect(url) as conn:
        held = conn.execute(
            "SELECT value, record_id FROM unique_values WHERE type = '0-1' AND property = 'email'"
        ).fetchall()
        assert dict(held) == {kept[id]["email"]: int(id) for id in kept if kept[id]["email"]}
        deadlocks = conn.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert deadlocks == (0,)


async def a_thousand_records(service: Service) -> list[str]:
    ids: list[str] = []
    async with service.wire() as wire:
        for _ in range(10):
            inputs = [{"properties": {"hs_lead_status": "NEW"}}] * 100
            answer = await wire.post(f"{BATCH}/create", json={"inputs": inputs})
            ids += [one["id"] for one in answer.json()["results"]]
    return ids


async def client(service: Service, ids: list[str], field: str, seed: int) -> dict[str, str]:
    """Write a field of every record in random order, and fight for addresses; what was written."""
    chance = random.Random(seed)
    last: dict[str, str] = {}
    async with service.wire() as wire:
        for portion in portions(chance.sample(ids, len(ids))):
            answer = await wire.post(
                f"{BATCH}/update",
                json={"inputs": [change(id, field, chance) for id in portion]},
            )
            assert answer.status_code in {200, 207}, answer.text
            for one in answer.json()["results"]:
                last[one["id"]] = one["properties"][field]
            told = answer.json().get("errors", [])
            assert {error["category"] for error in told} <= {"CONFLICT"}
    return last


def change(id: str, field: str, chance: random.Random) -> dict[str, Any]:
    properties = {field: f"{field} {chance.randrange(1000)}"}
    if chance.random() < 0.3:
        properties["email"] = f"no{chance.randrange(200)}@example.test"
    return {"id": id, "properties": properties, "objectWriteTraceId": id}


def portions(ids: list[str]) -> list[list[str]]:
    """At most a hundred at a time."""
    return [ids[start : start + 100] for start in range(0, len(ids), 100)]


async def everything(wire: httpx.AsyncClient, ids: list[str]) -> dict[str, dict[str, str]]:
    found = {}
    for portion in portions(ids):
        body = {"inputs": [{"id": id} for id in portion], "properties": [*FIELDS, "email"]}
        answer = await wire.post(f"{BATCH}/read", json=body)
        found.update({one["id"]: one["properties"] for one in answer.json()["results"]})
    return found


async def companies(wire: httpx.AsyncClient, count: int) -> list[str]:
    inputs = [{"properties": {"name": f"No {number}"}} for number in range(count)]
    made = await wire.post("/crm/v3/objects/companies/batch/create", json={"inputs": inputs})
    return [one["id"] for one in made.json()["results"]]


async def test_of_many_primary_companies_at_once_one_remains(
    service: Service, wire: httpx.AsyncClient
) -> None:
    made = await wire.post("/crm/v3/objects/contacts", json={"properties": {}})
    path = f"/crm/v4/objects/contacts/{made.json()['id']}/associations/companies"
    body = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    ids = await companies(wire, 8)
    answers = await asyncio.gather(*(wire.put(f"{path}/{id}", json=body) for id in ids))
    assert {answer.status_code for answer in answers} == {201}
    found = (await wire.get(path)).json()["results"]
    types = Counter(type["typeId"] for one in found for type in one["associationTypes"])
    assert types == {279: 8, 1: 1}


async def test_many_at_once_do_not_exceed_a_limit(
    service: Service, wire: httpx.AsyncClient
) -> None:
    made = await wire.post("/crm/v3/objects/contacts", json={"properties": {}})
    limit = {"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": 3}
    limits = "/crm/v4/associations/definitions/configurations/contacts/companies/batch/create"
    assert (await wire.post(limits, json={"inputs": [limit]})).status_code == 201
    path = f"/crm/v4/objects/contacts/{made.json()['id']}/associations"
    ids = await companies(wire, 8)
    answers = await asyncio.gather(*(wire.put(f"{path}/default/companies/{id}") for id in ids))
    assert Counter(answer.status_code for answer in answers) == {200: 3, 400: 5}
    assert len((await wire.get(f"{path}/companies")).json()["results"]) == 3


async def test_what_eight_writers_add_adds_up(house: House) -> None:
    schema = await house.schema()
    type = schema.type("contacts")
    async with house.database.unit() as conn:
        made = await store.create(conn, schema, type, [store.Draft({})] * 10, house.write)
    ids = [one.id for one in made]

    async def writer(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(25):
            patches = [store.Patch(id, adds={"num_notes": "1"}) for id in chance.sample(ids, 10)]
            async with house.database.unit() as conn:
                await store.update(conn, schema, type, patches, house.write, trusted=True)

    await asyncio.gather(*(writer(seed) for seed in range(8)))
    async with house.database.unit() as conn:
        found = await read(conn, type, ids)
    assert {record.properties["num_notes"] for record in found.values()} == {200}
