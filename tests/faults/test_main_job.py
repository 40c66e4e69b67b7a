"""The main job, with real processes: a file is imported, records flow through a workflow, and the
worker is killed twice on the way. Every record's outcome is checked against a plain computation."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from tests.story import all_of, branch, delay, property_is, set_property, step, to, when

PENSTOCK = [sys.executable, "-c", "from penstock.cli import main; main()"]
ROWS = 1500
PATIENCE = 240
"""Seconds to wait for what must come."""

NEAR = ("Norway", "Sweden", "Denmark", "Finland", "Iceland")
FAR = ("Chile", "Nepal", "Kenya", "Andorra", "Japan")


def customers(path: Path) -> Path:
    """A file of people, the same every time; another one may be named by PENSTOCK_CUSTOMERS."""
    if given := os.environ.get("PENSTOCK_CUSTOMERS"):
        return Path(given)
    chance = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([
            "Index", "Customer Id", "First Name", "Last Name", "Company", "City", "Country",
            "Phone 1", "Phone 2", "Email", "Subscription Date", "Website",
        ])  # fmt: skip
        for n in range(ROWS):
            subscribed = date(2020, 1, 1) + timedelta(days=chance.randrange(900))
            writer.writerow([
                n + 1, f"{n:015X}", f"First{n}", f"Last{n}", f"Firm {n % 90}, Inc", "Long City",
                chance.choice(NEAR + FAR), f"555-{n:04d}", f"(555){n:04d}x1",
                f"person{n}@example.test", f"{subscribed:%d-%m-%Y}", "https://firm.example/",
            ])  # fmt: skip
    return path


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with Path(environment["TMP_LOG"]).open("wb") as log:
        process = subprocess.Popen(
            [*PENSTOCK, "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdout is not None
    address = ""
    for line in process.stdout:
        if b"ready at" in line:
            address = line.decode().split()[-1]
            break
    try:
        assert address, Path(environment["TMP_LOG"]).read_text()
        yield process, address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        process.stdout.close()


def kill_worker(supervisor: subprocess.Popen[bytes]) -> int:
    """Kill the worker process for good; returns its id."""
    for child in psutil.Process(supervisor.pid).children(recursive=True):
        if child.cmdline()[-1] == "worker":
            child.kill()
            return child.pid
    return 0


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


def flow(mail: str) -> dict[str, Any]:
    early = property_is("subscribed_on", "DATE", "BEFORE", day="1", month="1", year="2021")
    near = property_is("country", "MULTISTRING", "IS_EQUAL_TO", values=list(NEAR))
    return {
        "name": "Early subscribers",
        "type": "CONTACT_FLOW",
        "flowType": "WORKFLOW",
        "objectTypeId": "0-1",
        "isEnabled": False,
        "startActionId": "1",
        "enrollmentCriteria": when(all_of(early)),
        "actions": [
            branch("1", ("Near", all_of(near), "2"), default="5"),
            set_property("2", "hs_lead_status", "NEW", connection=to("3")),
            step("3", "0-3", {"subject": "Call {{ contact.firstname }}"}, connection=to("4")),
            step("4", "0-4", {"content_id": mail}),
            delay("5", 1, connection=to("6")),
            set_property("6", "hs_lead_status", "OPEN"),
        ],
    }


@pytest.fixture
def environment(url: str, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PENSTOCK_DATABASE_URL": url,
        "HOME": str(tmp_path),
        "TMP_LOG": str(tmp_path / "serve.log"),
    }


def test_records_flow_from_a_file_to_the_outbox_though_the_worker_is_killed_twice(
    environment: dict[str, str], url: str, tmp_path: Path
) -> None:
    file = customers(tmp_path / "customers.csv")
    made = subprocess.run(
        [*PENSTOCK, "keys", "create", "--name", "test", "--scopes", "all"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    with (
        serving(environment) as (supervisor, base),
        httpx.Client(
            base_url=base, headers={"Authorization": f"Bearer {made.stdout.strip()}"}, timeout=60
        ) as api,
        psycopg.connect(url, autocommit=True) as database,
    ):
        define(api)
        imported = subprocess.run(
            [
                *PENSTOCK, "import", str(file), "--object", "contacts", "--key", "email",
                "--date-format", "dmy", "--map", "Subscription Date=subscribed_on",
                "--map", "Index=", "--map", "Customer Id=", "--json",
            ],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert imported.returncode == 0, imported.stdout + imported.stderr
        with file.open(encoding="utf-8") as opened:
            people = {row["Email"].lower(): row for row in csv.DictReader(opened)}
        mail = make_mail(api)
        id = api.post("/automation/v4/flows", json=flow(mail)).json()["id"]
        api.post(f"/api/workflows/{id}/turn-on", json={"enrollExisting": True}).raise_for_status()

        def count(table: str, condition: str = "true") -> int:
            row = database.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()
            assert row is not None
            number: int = row[0]
            return number

        early = {address for address, row in people.items() if subscribed(row) < date(2021, 1, 1)}
        near = {address for address in early if people[address]["Country"] in NEAR}
        until(lambda: count("enrollments") > 0)
        assert kill_worker(supervisor)
        until(lambda: count("outbox") > 0)
        assert kill_worker(supervisor)
        until(lambda: count("enrollments", "state = 'finished'") == len(early))
        until(lambda: count("effects", "state IN ('pending', 'sending')") == 0)
        until(lambda: count("changes") == 0)
        check(database, people, early, near)
        counts = api.get(f"/api/workflows/{id}").json()["counts"]
        assert counts["enrolled"] == counts["finished"] == len(early)
        assert "active" not in counts


def define(api: httpx.Client) -> None:
    api.post(
        "/crm/v3/properties/contacts",
        json={
            "name": "subscribed_on", "label": "Subscribed on", "type": "date", "fieldType": "date",
            "groupName": "contactinformation",
        },
    ).raise_for_status()  # fmt: skip


def make_mail(api: httpx.Client) -> str:
    made = api.post(
        "/marketing/v3/emails/",
        json={
            "name": "Welcome",
            "subject": "Hello {{ contact.firstname }}",
            "content": {"html": "<p>Welcome, {{ contact.firstname }}.</p>"},
        },
    )
    made.raise_for_status()
    id = str(made.json()["id"])
    api.post(f"/marketing/v3/emails/{id}/publish").raise_for_status()
    return id


def subscribed(row: dict[str, str]) -> date:
    day, month, year = row["Subscription Date"].split("-")
    return date(int(year), int(month), int(day))


def check(
    database: psycopg.Connection[Any],
    people: dict[str, dict[str, str]],
    early: set[str],
    near: set[str],
) -> None:
    """Each record came out as a plain computation over the file says, once."""
    contacts = {
        row[1]["email"]: (row[0], row[1])
        for row in database.execute("SELECT id, properties FROM records WHERE type = '0-1'")
    }
    assert contacts.keys() == people.keys()
    for address, (_, properties) in contacts.items():
        status = "NEW" if address in near else "OPEN" if address in early else None
        assert properties.get("hs_lead_status") == status, address
        assert properties["subscribed_on"] == subscribed(people[address]).isoformat()
    tasks = Counter(
        row[0]
        for row in database.execute(
            "SELECT a.to_id FROM records t JOIN associations a ON a.bucket = t.bucket"
            " AND a.from_id = t.id AND a.type_id = 204 WHERE t.type = '0-27'"
        )
    )
    assert tasks == Counter(contacts[address][0] for address in near)
    sent = Counter(row[0] for row in database.execute("SELECT recipient FROM outbox"))
    effects = Counter(
        (row[0], row[1]) for row in database.execute("SELECT part, state FROM effects")
    )
    assert effects == Counter((address, "done") for address in near)
    assert sent == Counter(near)
    written = Counter(
        row[0]
        for row in database.execute(
            "SELECT record_id FROM property_history WHERE changed ? 'hs_lead_status'"
        )
    )
    assert written == Counter(contacts[address][0] for address in early)
    kinds = Counter(row[0] for row in database.execute("SELECT kind FROM journal"))
    far = len(early) - len(near)
    assert kinds == Counter(
        enrolled=len(early),
        finished=len(early),
        waiting=far,
        # The branch of each; two more for those near, the delay and one more for the others.
        succeeded=len(early) + 2 * len(near) + 2 * far,
        queued=len(near),
        delivered=len(near),
    )
