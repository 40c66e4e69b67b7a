"""The whole way through real processes: what comes in by the API is worked on, and leaves."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from hubspot.utils.signature import Signature

from penstock.accounts import secrets
from penstock.accounts.seal import Seal
from penstock.imports import store
from penstock.imports.model import Wish
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from tests.commands import done, eventually, running, serving
from tests.conftest import House
from tests.delivery.hooks import open_hook
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


def test_what_few_need_is_not_in_the_memory_of_every_process() -> None:
    code = "import sys; from penstock.bootstrap import web, work; web.load(); work.load()"
    many = {"aiohttp", "cryptography", "holidays"}
    ask = f"{code}; print(*{many} & sys.modules.keys())"
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert told.stdout == "\n"


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


async def until(api: httpx.AsyncClient, place: str, true: Callable[[Any], bool]) -> None:
    """Ask until what is there is so."""
    async with asyncio.timeout(120):
        while not true((await api.get(place)).json()):  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.05)


async def test_a_signed_webhook_leaves_and_its_answer_is_worked_on(url: str) -> None:
    secret_key = "a key that only this test has, long enough"
    async with Database(url, size=1) as database, database.unit() as conn:
        now = await DatabaseClock().now(conn)
        await secrets.put(conn, Seal(secret_key), "app-7", "the app's own", now)
    key = done(url, "keys", "create", "--name", "test", "--scopes", "all").strip()
    score = {"type": "FIELD_DATA", "actionId": "1", "dataKey": "score"}
    environment = {"PENSTOCK_ALLOWED_TARGETS": "127.0.0.1/32", "PENSTOCK_SECRET_KEY": secret_key}
    async with open_hook() as hook:
        hook.says(200, {"score": "high"})
        flow = {
            "name": "Score leads",
            "type": "CONTACT_FLOW",
            "flowType": "WORKFLOW",
            "objectTypeId": "0-1",
            "isEnabled": True,
            "startActionId": "1",
            "actions": [
                {
                    "type": "WEBHOOK",
                    "actionId": "1",
                    "method": "POST",
                    "webhookUrl": hook.url(),
                    "queryParams": [],
                    "authSettings": {"type": "SIGNATURE", "appId": 7},
                    "connection": {"edgeType": "STANDARD", "nextActionId": "2"},
                },
                set_property("2", "jobtitle", score),
            ],
            "enrollmentCriteria": when(all_of(any_of("lifecyclestage", "lead"))),
        }
        with running(url, "serve", "--port", "0", **environment) as serve:
            address = serve.hears(r"ready at (http://\S+)")
            headers = {"Authorization": f"Bearer {key}"}
            async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as api:
                made = (await api.post("/automation/v4/flows", json=flow)).json()
                await until(api, f"/api/workflows/{made['id']}", lambda told: told["state"] == "on")
                contact = {"properties": {"lifecyclestage": "lead", "firstname": "Åsa"}}
                id = (await api.post("/crm/v3/objects/contacts", json=contact)).json()["id"]
                place = f"/crm/v3/objects/contacts/{id}?properties=jobtitle"
                await until(api, place, lambda told: told["properties"]["jobtitle"] == "high")
    (taken,) = hook.taken
    assert Signature.is_valid(
        taken.headers["X-HubSpot-Signature"],
        "the app's own",
        taken.body.decode(),
        http_uri=taken.uri,
        http_method="POST",
        signature_version="v2",
    )
    stamp = taken.headers["X-HubSpot-Request-Timestamp"]
    assert Signature.is_valid(
        taken.headers["X-HubSpot-Signature-v3"],
        "the app's own",
        taken.body.decode(),
        http_uri=taken.uri,
        http_method="POST",
        signature_version="v3",
        timestamp=stamp,
    )
