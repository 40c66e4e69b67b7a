"""Workflows as clients of before v4 know them."""

from typing import Any

import httpx

from tests.api.conftest import Service
from tests.api.test_flows_v4 import FLOWS, create, settle
from tests.story import chained, delay, set_property, step

V2 = "/automation/v2/workflows"
V3 = "/automation/v3/workflows"


async def legacy_id(wire: httpx.AsyncClient, made: dict[str, Any]) -> int:
    body = {"inputs": [{"type": "FLOW_ID", "flowId": made["id"]}]}
    answer = await wire.post("/automation/v4/workflow-id-mappings/batch/read", json=body)
    id: int = answer.json()["results"][0]["workflowId"]
    return id


async def contact(wire: httpx.AsyncClient, email: str = "ada@x.test") -> str:
    made = await wire.post("/crm/v3/objects/contacts", json={"properties": {"email": email}})
    id: str = made.json()["id"]
    return id


async def test_a_contact_is_enrolled_and_unenrolled_by_its_address(
    wire: httpx.AsyncClient, service: Service
) -> None:
    made = await create(wire, isEnabled=True, actions=chained([delay("1", 60)]))
    await settle(service)
    vid, legacy = await contact(wire), await legacy_id(wire, made)
    path = f"{V2}/{legacy}/enrollments/contacts/ada%40x.test"
    assert (await wire.post(path)).status_code == 204
    await settle(service)
    mine = f"{V2}/enrollments/contacts/{vid}"
    (inside,) = (await wire.get(mine)).json()
    assert (inside["id"], inside["name"]) == (legacy, "Leads")
    assert inside["contactCounts"] == {"active": 1, "enrolled": 1}
    assert (await wire.delete(path)).status_code == 204
    await settle(service)
    assert (await wire.get(mine)).json() == []
    told = (await wire.get(f"/api/records/{vid}/history")).json()
    assert [(one["state"], one["reason"]) for one in told["enrollments"]] == [
        ("unenrolled", "manual")
    ]


async def test_unknown_contacts_and_workflows_are_not_found(wire: httpx.AsyncClient) -> None:
    made = await create(wire)
    await contact(wire)
    legacy = await legacy_id(wire, made)
    deals = await create(
        wire, type="PLATFORM_FLOW", objectTypeId="0-3", actions=[], enrollmentCriteria=None
    )
    for workflow, email in (
        (legacy, "nobody@x.test"),
        (7, "ada@x.test"),
        (await legacy_id(wire, deals), "ada@x.test"),
    ):
        path = f"{V2}/{workflow}/enrollments/contacts/{email}"
        assert (await wire.post(path)).status_code == 404
        assert (await wire.delete(path)).status_code == 404
    assert (await wire.get(f"{V3}/{await legacy_id(wire, deals)}")).status_code == 404
    assert [one["id"] for one in (await wire.get(V3)).json()["workflows"]] == [legacy]


async def test_a_workflow_is_read_with_its_steps_and_deleted(wire: httpx.AsyncClient) -> None:
    actions = chained(
        [delay("1", 90), set_property("2", "city", "Lund"), step("3", "0-4", {"content_id": "7"})]
    )
    made = await create(wire, actions=actions)
    path = f"{V3}/{await legacy_id(wire, made)}"
    read = (await wire.get(path)).json()
    assert (read["type"], read["enabled"]) == ("DRIP_DELAY", False)
    assert read["actions"] == [
        {"stepId": 1, "type": "DELAY", "delayMillis": 5_400_000},
        {"stepId": 2, "type": "SET_CONTACT_PROPERTY", "propertyName": "city", "newValue": "Lund"},
        {"stepId": 3, "type": "EMAIL", "emailContentId": 7},
    ]
    assert (await wire.delete(path)).status_code == 204
    assert (await wire.get(path)).status_code == 404
    assert (await wire.get(f"{FLOWS}/{made['id']}")).status_code == 404
