"""Over the API it is explained why a record is in a workflow or not, and history is found."""

import httpx

from tests.api.conftest import Service, make_key
from tests.api.test_flows_v4 import create, settle
from tests.story import chained, delay, set_property


async def a_contact(wire: httpx.AsyncClient, **properties: str) -> str:
    made = await wire.post("/crm/v3/objects/contacts", json={"properties": properties})
    return str(made.json()["id"])


async def test_it_is_explained_why_and_why_not(wire: httpx.AsyncClient, service: Service) -> None:
    flow = (await create(wire, isEnabled=True, actions=[delay("1", 60)]))["id"]
    await settle(service)
    lead = await a_contact(wire, lifecyclestage="lead")
    customer = await a_contact(wire, lifecyclestage="customer")
    await settle(service)
    path = f"/api/workflows/{flow}/explain"
    inside = (await wire.get(path, params={"recordId": lead})).json()
    assert inside["code"] == "in_workflow"
    assert inside["byHand"]["code"] == "already_active"
    assert inside["enrollments"][0]["state"] == "active"
    waiting = inside["waiting"]
    assert (waiting["step"], waiting["action"]) == ("1", "Delay for a set amount of time")
    assert waiting["until"] == inside["enrollments"][0]["dueAt"]
    assert len(waiting["reasons"]) == 1
    outside = (
        await wire.get(path, params={"recordId": customer}, headers={"Accept-Language": "sv"})
    ).json()
    assert (outside["code"], outside["byHand"], outside["waiting"]) == (
        "does_not_match",
        None,
        None,
    )
    assert outside["message"] == "den uppfyller inte inskrivningsvillkoren"
    (condition,) = outside["conditions"]
    assert condition["explanation"]["verdict"] is False
    leaf = condition["explanation"]["parts"][0]["parts"][0]
    assert leaf["facts"][0]["value"] == "customer"
    assert (await wire.get(path, params={"recordId": "none"})).json()["code"] == "record_gone"
    assert (await wire.get("/api/workflows/77/explain?recordId=1")).status_code == 404
    assert (await wire.get(path)).status_code == 400


async def test_who_may_not_see_the_records_gets_no_explanation(
    wire: httpx.AsyncClient, service: Service
) -> None:
    flow = (await create(wire))["id"]
    key = await make_key(service.url, "automation")
    async with service.wire(key) as stranger:
        answer = await stranger.get(f"/api/workflows/{flow}/explain?recordId=64")
    assert answer.status_code == 403
    assert "crm.objects.contacts.read" in answer.text


async def test_history_is_found_by_kind_step_and_time(
    wire: httpx.AsyncClient, service: Service
) -> None:
    actions = chained([set_property("1", "hs_lead_status", "NEW"), set_property("2", "city", "X")])
    flow = (await create(wire, isEnabled=True, actions=actions))["id"]
    await settle(service)
    lead = await a_contact(wire, lifecyclestage="lead")
    await settle(service)
    path = f"/api/workflows/{flow}/history"
    ended, at_step = (await wire.get(path, params={"steps": "2"})).json()["results"]
    assert (ended["kind"], at_step["kind"]) == ("finished", "succeeded")
    assert at_step["action"] == "Set property"
    some = (await wire.get(path, params={"kinds": "enrolled,finished", "limit": 1})).json()
    assert [entry["kind"] for entry in some["results"]] == ["finished"]
    more = await wire.get(
        path, params={"kinds": "enrolled,finished", "after": some["paging"]["next"]["after"]}
    )
    assert [entry["kind"] for entry in more.json()["results"]] == ["enrolled"]
    moment = at_step["at"]
    late = await wire.get(path, params={"since": "2999-01-01T00:00:00Z"})
    assert late.json()["results"] == []
    now = await wire.get(path, params={"since": moment, "until": moment})
    assert len(now.json()["results"]) == 4
    assert (await wire.get(path, params={"since": "yesterday"})).status_code == 400
    mistaken = await wire.get(path, params={"kinds": "finished,done"})
    assert mistaken.status_code == 400
    assert "'goal_met'" in mistaken.json()["message"]
    of_record = f"/api/records/{lead}/history"
    told = (await wire.get(of_record, params={"workflowId": flow, "kinds": "enrolled"})).json()
    assert [entry["kind"] for entry in told["entries"]] == ["enrolled"]
    other = (await wire.get(of_record, params={"workflowId": "77"})).json()
    assert other["entries"] == []
