"""The whole way through real processes: what comes in by the API is worked on, and leaves."""

import json
from pathlib import Path

import httpx

from penstock.imports import store
from penstock.imports.model import Wish
from penstock.kernel.clock import DatabaseClock
from tests.commands import done, eventually, running, serving
from tests.conftest import House
from tests.story import all_of, any_of, set_property, when


def test_a_contact_of_the_api_goes_through_a_workflow(url: str) -> None:
    key = done(url, "keys", "create", "--name", "test", "--scopes", "all").strip()
    flow = {
        "name": "Greet leads",
        "type": "CONTACT_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-1",
        "isEnabled": True,
        "startActionId": "1",
        "actions": [set_property("1", "hs_lead_status", "NEW")],
        "enrollmentCriteria": when(all_of(any_of("lifecyclestage", "lead"))),
    }
    with serving(url) as (serve, address):
        api = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60)
        with api:
            made = api.post("/automation/v4/flows", json=flow)
            assert made.is_success, made.text
            workflow = f"/api/workflows/{made.json()['id']}"
            eventually(lambda: api.get(workflow).json()["state"] == "on")
            body = {"properties": {"email": "ada@x.test", "lifecyclestage": "lead"}}
            ada = api.post("/crm/v3/objects/contacts", json=body).json()["id"]
            eventually(lambda: api.get(workflow).json()["counts"].get("finished"))
            told = api.get(f"/api/records/{ada}/history").json()["entries"]
        assert [entry["kind"] for entry in told] == ["enrolled", "succeeded", "finished"]
        assert serve.stop() == 0
        assert "error" not in serve.errors


def test_the_demo_s_mail_lands_in_the_outbox(url: str) -> None:
    done(url, "demo")
    with running(url, "worker") as worker:
        worker.hears(r"(at work)")
        mails = eventually(lambda: json.loads(done(url, "outbox", "--json")), seconds=300)
    assert mails[0]["subject"].startswith("Welcome, ")


async def test_a_worker_runs_the_imports_that_wait(house: House, url: str, tmp_path: Path) -> None:
    async def blocks():
        yield b"email\nada@x.test\n"

    async with house.database.unit() as conn:
        schema = await house.schemas.current(conn)
        now = await DatabaseClock().now(conn)
        wish = Wish(object_type="contacts")
        begun = await store.begin(conn, schema, wish, blocks(), started_by="test", now=now)
    with running(url, "worker"):
        # The command looks on while the worker runs it.
        told = json.loads(done(url, "import", "--resume", str(begun.id), "--json"))
    assert (told["state"], told["created"]) == ("finished", 1)
