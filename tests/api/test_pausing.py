"""Pausing and resuming workflows over the API."""

import httpx

from tests.api.conftest import Service
from tests.api.test_flows_v4 import create, settle


async def test_a_workflow_is_paused_and_resumed(wire: httpx.AsyncClient, service: Service) -> None:
    daily = {"type": "DAILY", "timeOfDay": {"hour": 9, "minute": 0}}
    made = await create(wire, enrollmentSchedule=daily)
    one = f"/api/workflows/{made['id']}"
    assert (await wire.post(f"{one}/pause")).status_code == 409
    await wire.post(f"{one}/turn-on", json={})
    await settle(service)
    on = (await wire.get(one)).json()
    assert (on["state"], on["pausedAt"]) == ("on", None)
    assert on["firesAt"] is not None
    paused = (await wire.post(f"{one}/pause")).json()
    assert (paused["state"], paused["firesAt"]) == ("paused", None)
    assert paused["pausedAt"] is not None
    assert (await wire.get(f"/automation/v4/flows/{made['id']}")).json()["isEnabled"] is True
    for wrong in ({"policy": "MAYBE"}, {"rate": 0}, {"steps": {"1": "LATER"}}):
        assert (await wire.post(f"{one}/resume", json=wrong)).status_code == 400
    choice = {"policy": "SKIP", "rate": 10, "steps": {"1": "SHIFT"}, "enrollMatched": True}
    going = (await wire.post(f"{one}/resume", json=choice)).json()
    assert (going["state"], going["pausedAt"], going["onSince"]) == ("on", None, on["onSince"])
    assert (await wire.post(f"{one}/resume", json={})).status_code == 409
