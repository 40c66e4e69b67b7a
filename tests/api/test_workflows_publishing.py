"""Publishing over the API: what it would mean, one step back, enrolling what matches already."""

from typing import Any

import httpx

from penstock.delivery.deliverer import Deliverer
from penstock.engine.worker import Worker
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.kernel.settings import Settings
from tests.api.conftest import Service
from tests.story import all_of, any_of, chained, delay, set_property, step, when


def body(*actions: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "Leads", "type": "CONTACT_FLOW", "flowType": "WORKFLOW", "objectTypeId": "0-1",
        "isEnabled": False, "startActionId": actions[0]["actionId"],
        "enrollmentCriteria": when(all_of(any_of("lifecyclestage", "lead"))),
        "actions": chained(actions),
    }  # fmt: skip


async def work(service: Service) -> None:
    """Turn until nothing is left to do."""
    async with Database(service.url, size=2) as database:
        worker = Worker(database, DatabaseClock())
        while await worker.turn_all():
            pass


OPEN = set_property("2", "hs_lead_status", "OPEN")


async def test_a_preview_says_who_stands_where_and_a_revision_comes_back(
    wire: httpx.AsyncClient, service: Service
) -> None:
    made = (await wire.post("/automation/v4/flows", json=body(delay("1", 60), OPEN))).json()
    id = made["id"]
    contacts = {"inputs": [{"properties": {"lifecyclestage": "lead"}}] * 3}
    await wire.post("/crm/v3/objects/contacts/batch/create", json=contacts)
    await wire.post(f"/api/workflows/{id}/turn-on", json={"enrollExisting": True})
    await work(service)
    planned = await wire.post(f"/api/workflows/{id}/preview", json=body(OPEN))
    assert planned.status_code == 200
    assert planned.json() == {
        "added": [], "removed": ["1"], "changed": [], "settings": [],
        "steps": [{
            "step": "1", "standing": 3, "removed": True, "to": "2",
            "choices": ["follow", "keep", "pin", "move", "exit"],
        }],
    }  # fmt: skip
    broken = await wire.post(f"/api/workflows/{id}/preview", json={"actions": [{"type": []}]})
    assert broken.status_code == 400
    assert broken.json()["errors"][0]["in"] == "$.actions[0].type"
    wrong = {**body(OPEN), "revisionId": made["revisionId"], "isEnabled": True,
             "publishPlan": {"steps": {"1": {"choice": "move", "step": "9"}}}}  # fmt: skip
    refused = await wire.put(f"/automation/v4/flows/{id}", json=wrong)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["in"] == "$.publishPlan.steps.1.step"
    right = {**wrong, "publishPlan": {"steps": {"1": {"choice": "exit"}}}}
    saved = await wire.put(f"/automation/v4/flows/{id}", json=right)
    assert saved.status_code == 200, saved.text
    await work(service)
    shown = (await wire.get(f"/api/workflows/{id}")).json()
    assert shown["counts"] == {"enrolled": 3, "unenrolled": 3}
    back = await wire.post(f"/api/workflows/{id}/revisions/1/restore", json={})
    assert back.status_code == 200, back.text
    assert [action["actionId"] for action in back.json()["actions"]] == ["1", "2"]
    assert back.json()["isEnabled"] is True


async def test_enrolling_what_matches_already_can_be_stopped(
    wire: httpx.AsyncClient, service: Service
) -> None:
    made = (await wire.post("/automation/v4/flows", json=body(delay("1", 60), OPEN))).json()
    id = made["id"]
    contacts = {"inputs": [{"properties": {"lifecyclestage": "lead"}}] * 20}
    await wire.post("/crm/v3/objects/contacts/batch/create", json=contacts)
    too_early = await wire.post(f"/api/workflows/{id}/enroll-existing")
    assert (too_early.status_code, too_early.json()["category"]) == (409, "CONFLICT")
    await wire.post(f"/api/workflows/{id}/turn-on", json={})
    await work(service)
    asked = await wire.post(f"/api/workflows/{id}/enroll-existing")
    assert asked.status_code == 200, asked.text
    assert asked.json()["existing"] == 0
    stopped = await wire.post(f"/api/workflows/{id}/cancel-existing")
    assert stopped.json()["existing"] is None
    await work(service)
    assert (await wire.get(f"/api/workflows/{id}")).json()["counts"] == {}


async def test_the_conversion_rate_is_a_part_of_all_who_enrolled(
    wire: httpx.AsyncClient, service: Service
) -> None:
    content = {"name": "Hi", "subject": "Hi", "content": {"html": "<p>Hi</p>"}}
    mail = (await wire.post("/marketing/v3/emails/", json=content)).json()["id"]
    await wire.post(f"/marketing/v3/emails/{mail}/publish")
    without = (await wire.post("/automation/v4/flows", json=body(OPEN))).json()["id"]
    flow = {
        **body(step("1", "0-4", {"content_id": mail})),
        "goalFilterBranch": all_of(any_of("lifecyclestage", "customer")),
    }
    id = (await wire.post("/automation/v4/flows", json=flow)).json()["id"]
    await wire.post(f"/api/workflows/{id}/turn-on", json={})
    await work(service)
    people = [
        {"properties": {"email": f"{name}@x.test", "lifecyclestage": "lead"}}
        for name in ("ada", "bo")
    ]
    contacts = "/crm/v3/objects/contacts"
    made = (await wire.post(f"{contacts}/batch/create", json={"inputs": people})).json()
    await work(service)
    async with Database(service.url, size=2) as database:
        deliverer = Deliverer(database, DatabaseClock(), Settings(), "test")
        while await deliverer.deliver():
            pass
        await deliverer.close()
    ada = made["results"][0]["id"]
    customer = {"properties": {"lifecyclestage": "customer"}}
    assert (await wire.patch(f"{contacts}/{ada}", json=customer)).status_code == 200
    await work(service)
    assert (await wire.get(f"/api/workflows/{id}")).json()["conversionRate"] == 0.5
    assert (await wire.get(f"/api/workflows/{without}")).json()["conversionRate"] is None
