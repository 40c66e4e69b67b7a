"""Workflows over HTTP: HubSpot's flows, and what its API does not have."""

import json
from typing import Any

import httpx
import pytest

from penstock.engine.worker import Worker
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from tests.api.conftest import Service
from tests.story import all_of, any_of, chained, property_is, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
FLOWS = "/automation/v4/flows"


def flow(**rest: Any) -> dict[str, Any]:
    return {
        "name": "Leads",
        "type": "CONTACT_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-1",
        "isEnabled": False,
        "startActionId": "1",
        "actions": chained([set_property("1", "hs_lead_status", "NEW")]),
        "enrollmentCriteria": when(LEADS),
        **rest,
    }


async def create(wire: httpx.AsyncClient, **rest: Any) -> dict[str, Any]:
    answer = await wire.post(FLOWS, json=flow(**rest))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def settle(service: Service) -> None:
    async with Database(service.url, size=2) as database:
        worker = Worker(database, DatabaseClock())
        while await worker.turn_all():
            pass


def test_the_official_client_creates_reads_and_replaces_a_flow(service: Service) -> None:
    client = service.client
    made = client.api_request({"method": "POST", "path": FLOWS, "body": flow()}).json()
    read = client.api_request({"path": f"{FLOWS}/{made['id']}"}).json()
    assert read == made
    assert read["crmObjectCreationStatus"] == "COMPLETE"
    assert read["nextAvailableActionId"] == "2"
    body = {**flow(), "revisionId": made["revisionId"], "name": "Leads anew"}
    put = client.api_request({"method": "PUT", "path": f"{FLOWS}/{made['id']}", "body": body})
    assert put.json()["name"] == "Leads anew"
    assert put.json()["revisionId"] != made["revisionId"]
    listed = client.api_request({"path": FLOWS, "qs": {"limit": 1}}).json()
    assert [entry["id"] for entry in listed["results"]] == [made["id"]]


async def test_what_a_minimal_flow_leaves_out_is_filled_in(wire: httpx.AsyncClient) -> None:
    body = {
        "name": "Minimal",
        "type": "CONTACT_FLOW",
        "flowType": "WORKFLOW",
        "isEnabled": False,
        "objectTypeId": "0-1",
        "actions": [],
    }
    made = (await wire.post(FLOWS, json=body)).json()
    for name in ("actions", "timeWindows", "blockedDates", "dataSources", "suppressionListIds"):
        assert made[name] == []
    assert made["customProperties"] == {}
    assert made["canEnrollFromSalesforce"] is False
    assert (await wire.get(f"{FLOWS}/{made['id']}")).json() == made


async def test_a_stale_revision_is_refused(wire: httpx.AsyncClient) -> None:
    made = await create(wire)
    path = f"{FLOWS}/{made['id']}"
    body = {**flow(), "revisionId": made["revisionId"]}
    assert (await wire.put(path, json=body)).status_code == 200
    refused = await wire.put(path, json=body)
    assert refused.status_code == 409
    assert refused.json()["category"] == "CONFLICT"


async def test_what_a_put_leaves_out_is_cleared(wire: httpx.AsyncClient) -> None:
    made = await create(wire, description="Before")
    body = {**flow(), "revisionId": made["revisionId"]}
    put = (await wire.put(f"{FLOWS}/{made['id']}", json=body)).json()
    assert "description" not in put
    old = await wire.get(f"{FLOWS}/{made['id']}/revisions/{made['revisionId']}")
    assert old.json()["flow"]["description"] == "Before"


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"type": None}, "$"),
    ({"type": "PLATFORM_FLOW"}, "$.objectTypeId"),
    ({"type": "MOON_FLOW"}, "$.type"),
    ({"name": "x" * 501}, "$.name"),
    ({"objectTypeId": "9-9"}, "$.objectTypeId"),
    ({"startActionId": "7"}, "$.startActionId"),
    ({"actions": [set_property("1", "city", "x"), set_property("1", "city", "y")]}, "$.actions"),
    (
        {"actions": [set_property("1", "city", "x"), set_property("2", "city", "y")]},
        "$.actions[1]",
    ),
    ({"actions": [{"type": "MAGIC", "actionId": "1"}]}, "$.actions[0].type"),
    ({"actions": "none"}, "$.actions"),
    ({"enrollmentCriteria": []}, "$.enrollmentCriteria"),
]


@pytest.mark.parametrize(("change", "where"), BROKEN)
async def test_what_cannot_be_stored_is_refused_with_its_path(
    wire: httpx.AsyncClient, change: dict[str, Any], where: str
) -> None:
    refused = await wire.post(FLOWS, json={**flow(), **change})
    assert refused.status_code == 400, refused.text
    body = refused.json()
    assert body["category"] == "VALIDATION_ERROR"
    assert [error["in"] for error in body["errors"]] == [where]


async def test_what_is_unfinished_is_kept_and_listed_but_cannot_be_turned_on(
    wire: httpx.AsyncClient,
) -> None:
    made = await create(
        wire,
        actions=chained([set_property("1", "hat_size", "7")]),
        enrollmentCriteria=when(
            all_of(property_is("shoe_size", "NUMBER", "IS_EQUAL_TO", value=44))
        ),
    )
    detail = (await wire.get(f"/api/workflows/{made['id']}")).json()
    wheres = [problem["where"] for problem in detail["problems"]]
    assert "$.actions[0].fields.property_name" in wheres
    assert any(where.startswith("$.enrollmentCriteria.listFilterBranch") for where in wheres)
    refused = await wire.post(f"/api/workflows/{made['id']}/turn-on", json={})
    assert refused.status_code == 400
    assert {error["in"] for error in refused.json()["errors"]} == set(wheres)


async def test_an_unknown_action_is_kept_verbatim(wire: httpx.AsyncClient) -> None:
    strange = {**set_property("1", "x", "y"), "actionTypeId": "1-179507819", "color": "blue"}
    made = await create(wire, actions=[strange])
    assert made["actions"] == [strange]
    detail = (await wire.get(f"/api/workflows/{made['id']}")).json()
    assert detail["problems"] == []
    assert [warning["code"] for warning in detail["warnings"]] == ["ACTION_UNSUPPORTED"]


async def test_a_flow_runs_and_its_history_is_told(
    wire: httpx.AsyncClient, service: Service
) -> None:
    made = await create(wire)
    contact = await wire.post(
        "/crm/v3/objects/contacts", json={"properties": {"lifecyclestage": "lead"}}
    )
    id = contact.json()["id"]
    on = await wire.post(f"/api/workflows/{made['id']}/turn-on", json={"enrollExisting": True})
    assert on.json()["state"] == "starting"
    await settle(service)
    seen = (await wire.get(f"/crm/v3/objects/contacts/{id}?properties=hs_lead_status")).json()
    assert seen["properties"]["hs_lead_status"] == "NEW"
    (shape,) = (await wire.get("/api/workflows")).json()["results"]
    assert shape["state"] == "on"
    assert shape["counts"] == {"enrolled": 1, "finished": 1}
    told = (await wire.get(f"/api/records/{id}/history")).json()
    assert [entry["kind"] for entry in told["entries"]] == ["enrolled", "succeeded", "finished"]
    assert told["enrollments"][0]["state"] == "finished"
    in_swedish = await wire.get(
        f"/api/workflows/{made['id']}/history", headers={"Accept-Language": "sv"}
    )
    assert in_swedish.json()["results"][-1]["kind"] == "enrolled"
    said = in_swedish.json()["results"][-1]["message"]
    assert said == "Inskriven, eftersom den redan uppfyllde villkoren"


async def test_a_deleted_flow_is_gone(wire: httpx.AsyncClient) -> None:
    made = await create(wire)
    path = f"{FLOWS}/{made['id']}"
    assert (await wire.delete(path)).status_code == 204
    assert (await wire.get(path)).status_code == 404
    batch = {"inputs": [{"type": "FLOW_ID", "flowId": made["id"]}]}
    answer = await wire.post(f"{FLOWS}/batch/read", json=batch)
    assert answer.status_code == 207
    assert answer.json()["numErrors"] == 1


@pytest.mark.parametrize("path", [FLOWS, f"{FLOWS}/email-campaigns"])
@pytest.mark.parametrize("after", ["abc", "-5", "99999999999999999999", "1-", ""])
async def test_a_page_after_nothing_that_is_known_is_not_the_first_page_again(
    wire: httpx.AsyncClient, path: str, after: str
) -> None:
    await create(wire)
    answer = await wire.get(path, params={"after": after})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["in"] == "after"


@pytest.mark.parametrize("levels", [180, 250, 300, 2000])
async def test_what_is_nested_too_deeply_to_be_kept_is_refused_with_its_place(
    wire: httpx.AsyncClient, levels: int
) -> None:
    body = json.dumps(flow(customProperties={"deep": 0}))
    deep = body.replace('"deep": 0', f'"deep": {"[" * levels}{"]" * levels}')
    answer = await wire.post(FLOWS, content=deep, headers={"Content-Type": "application/json"})
    if levels < 200:
        made = answer.json()["id"]
        inputs = [{"type": "FLOW_ID", "flowId": made}]
        read = await wire.post(f"{FLOWS}/batch/read", json={"inputs": inputs})
        assert (answer.status_code, read.status_code) == (201, 200)
        return
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert "nested" in answer.json()["message"]


async def test_a_refused_replacement_is_not_called_a_creation(wire: httpx.AsyncClient) -> None:
    made = await create(wire)
    body = flow(revisionId=made["revisionId"], startActionId="7")
    answer = await wire.put(f"{FLOWS}/{made['id']}", json=body)
    assert answer.status_code == 400
    assert answer.json()["message"] == (
        'Invalid request to flow update: there is no action "7" to start with'
    )


async def test_a_field_that_flows_do_not_have_is_left_out(wire: httpx.AsyncClient) -> None:
    made = await create(wire, goalFilterBranches=[], customProperties={"team": "north"})
    assert "goalFilterBranches" not in made
    assert made["customProperties"] == {"team": "north"}
