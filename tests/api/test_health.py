"""Whether the service says that it works."""

import httpx
import psycopg

from tests.api.conftest import Service, make_key
from tests.api.test_flows_v4 import create, settle
from tests.story import delay


async def test_anybody_may_ask_whether_the_service_works(service: Service) -> None:
    async with httpx.AsyncClient(base_url=service.base) as client:
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_the_engine_says_that_all_is_well_and_what_it_has_to_do(
    wire: httpx.AsyncClient, service: Service
) -> None:
    made = await create(wire, isEnabled=True, actions=[delay("1", 60)])
    await settle(service)
    contact = {"properties": {"lifecyclestage": "lead"}}
    await wire.post("/crm/v3/objects/contacts", json=contact)
    before = (await wire.get("/api/health/engine")).json()
    assert before["load"]["changes"] == 1
    assert before["load"]["oldestDueAt"] is not None
    await settle(service)
    well = (await wire.get("/api/health/engine?levels=true")).json()
    assert (well["status"], well["findings"]) == ("ok", [])
    assert well["load"]["active"] == 1
    assert (well["load"]["changes"], well["load"]["oldestDueAt"]) == (0, None)
    assert well["load"]["lastTurnAt"] is not None
    assert (await wire.get(f"/api/workflows/{made['id']}")).json()["counts"]["active"] == 1


async def test_damage_to_the_engine_is_told(wire: httpx.AsyncClient, service: Service) -> None:
    await create(wire, isEnabled=True, actions=[delay("1", 60)])
    await settle(service)
    await wire.post("/crm/v3/objects/contacts", json={"properties": {"lifecyclestage": "lead"}})
    await settle(service)
    with psycopg.connect(service.url) as conn:
        conn.execute("DELETE FROM timers")
        conn.execute("UPDATE matches SET matching = false")
    told = (await wire.get("/api/health/engine", headers={"Accept-Language": "sv"})).json()
    assert told["status"] == "broken"
    assert [finding["code"] for finding in told["findings"]] == ["waiting"]
    assert "väntar" in told["findings"][0]["message"]
    anew = (await wire.get("/api/health/engine?levels=true")).json()
    assert sorted(finding["code"] for finding in anew["findings"]) == ["levels", "waiting"]


async def test_only_who_may_see_workflows_sees_how_the_engine_is(service: Service) -> None:
    key = await make_key(service.url, "crm.objects.contacts.read")
    async with service.wire(key) as stranger:
        assert (await stranger.get("/api/health/engine")).status_code == 403
