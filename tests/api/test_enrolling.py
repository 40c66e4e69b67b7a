"""Records are enrolled and unenrolled by hand over our own API."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.api.conftest import Service, make_key
from tests.api.test_flows_v4 import create, settle
from tests.story import delay


@pytest.fixture
async def wire(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with service.wire() as client:
        yield client


async def a_contact(wire: httpx.AsyncClient, **properties: str) -> str:
    made = await wire.post("/crm/v3/objects/contacts", json={"properties": properties})
    return str(made.json()["id"])


async def ask(wire: httpx.AsyncClient, flow: str, what: str, *ids: str, **headers: str) -> Any:
    answer = await wire.post(
        f"/api/workflows/{flow}/{what}", json={"recordIds": list(ids)}, headers=headers
    )
    assert answer.status_code == 202, answer.text
    return answer.json()


async def kinds(wire: httpx.AsyncClient, record: str) -> list[str]:
    told = (await wire.get(f"/api/records/{record}/history")).json()
    return [entry["kind"] for entry in told["entries"]]


async def test_enrolling_by_hand_ignores_the_trigger_but_not_the_rules(
    wire: httpx.AsyncClient, service: Service
) -> None:
    flow = (await create(wire, isEnabled=True))["id"]
    await settle(service)
    ada = await a_contact(wire, city="Lund")
    assert await ask(wire, flow, "enroll", ada) == {"accepted": 1, "refused": []}
    await settle(service)
    again = await ask(wire, flow, "enroll", ada, "77", "nonsense", ada)
    assert again["accepted"] == 0
    assert [(each["recordId"], each["code"]) for each in again["refused"]] == [
        (ada, "not_eligible_again"),
        ("77", "record_gone"),
        ("nonsense", "record_gone"),
    ]
    assert again["refused"][0]["message"] == "it has been through the workflow before"
    await settle(service)
    assert await kinds(wire, ada) == ["enrolled", "succeeded", "finished", "refused"]


async def test_who_is_taken_out_is_told_of_with_who_did_it(
    wire: httpx.AsyncClient, service: Service
) -> None:
    flow = (await create(wire, isEnabled=True, actions=[delay("1", 60)]))["id"]
    await settle(service)
    ada, bo = await a_contact(wire, city="Lund"), await a_contact(wire, city="Ystad")
    await ask(wire, flow, "enroll", ada)
    await settle(service)
    asked = await ask(wire, flow, "unenroll", ada, bo, **{"Accept-Language": "sv"})
    assert asked["accepted"] == 1
    assert asked["refused"] == [
        {"recordId": bo, "code": "not_active", "message": "den är inte i arbetsflödet"}
    ]
    await settle(service)
    told = (await wire.get(f"/api/records/{ada}/history")).json()
    assert told["enrollments"][0]["reason"] == "manual"
    assert told["entries"][-1]["message"].startswith("Unenrolled by the API key")


async def test_who_may_not_touch_workflows_enrols_nobody(
    wire: httpx.AsyncClient, service: Service
) -> None:
    flow = (await create(wire))["id"]
    key = await make_key(service.url, "crm.objects.contacts.read")
    async with service.wire(key) as stranger:
        for what in ("enroll", "unenroll"):
            asked = await stranger.post(f"/api/workflows/{flow}/{what}", json={"recordIds": ["64"]})
            assert asked.status_code == 403


async def test_a_request_names_some_records_and_not_too_many(wire: httpx.AsyncClient) -> None:
    flow = (await create(wire))["id"]
    for ids in ([], [str(n) for n in range(1001)]):
        answer = await wire.post(f"/api/workflows/{flow}/enroll", json={"recordIds": ids})
        assert answer.status_code == 400
    gone = await wire.post("/api/workflows/77/enroll", json={"recordIds": ["64"]})
    assert gone.status_code == 404
