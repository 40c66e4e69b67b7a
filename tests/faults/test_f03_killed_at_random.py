"""F3: workers are killed, connections cut, the database restarted, at random moments.

The end is that of an undisturbed run, but for effects that were in flight at a kill: each of those
is done, or uncertain and listed. Longer: PENSTOCK_TEST_ENROLLMENTS=10000.
"""

import asyncio
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from penstock.delivery import effects
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.kernel.embedded import EmbeddedServer
from penstock.kernel.migrate import migrate
from penstock.records.changes import Source, Write
from penstock.records.schema import Schemas
from penstock.records.seed import seed
from penstock.workflows import store as workflows
from tests.commands import Running, eventually, running
from tests.conftest import NOW, House
from tests.crowd import many
from tests.delivery.desk import open_post
from tests.server import folder_of
from tests.story import Story, all_of, any_of, branch, delay, equals, set_property, step, when

ENROLLMENTS = int(os.environ.get("PENSTOCK_TEST_ENROLLMENTS", "800"))
BLOWS = ENROLLMENTS // 160
"""Before the delay, and as many after it."""

SEED = int(os.environ.get("PENSTOCK_TEST_SEED", "3"))
WORKERS = 3

# What a killed server would lose without the disk's help is of no worth; what it promised is kept.
SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on"}


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server of this test alone, since others would mind its end."""
    folder = folder_of(tmp_path)
    server = EmbeddedServer(folder / "data", settings=SETTINGS)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Blows:
    """What befalls the processes, by chance."""

    server: EmbeddedServer
    workers: Running
    chance: random.Random
    deck: list[str] = field(default_factory=list)
    in_flight: set[int] = field(default_factory=set)
    """The records whose mail was being sent at a blow."""

    async def rain(self, progress: str, whole: int) -> None:
        """Strike at random moments of what is to be done."""
        for mark in sorted(self.chance.randrange(1, whole * 9 // 10) for _ in range(BLOWS)):
            await reach(self.server, progress, mark)
            await asyncio.to_thread(self.strike)

    def strike(self) -> None:
        if not self.deck:
            self.deck = ["kill", "kill", "cut", "cut", "restart"]
            self.chance.shuffle(self.deck)
        self.look()
        getattr(self, self.deck.pop())()
        self.look()
        # A server still commits what had reached it when its client was killed.
        time.sleep(0.05)
        self.look()

    def look(self) -> None:
        sending = "SELECT record_id FROM effects WHERE state = 'sending'"
        self.in_flight.update(read(self.server, sending) or ())

    def kill(self) -> None:
        children = self.workers.children("worker")
        if children:
            self.chance.choice(children).kill()

    def cut(self) -> None:
        with psycopg.connect(self.server.conninfo(), autocommit=True) as conn:
            pids = [
                row[0]
                for row in conn.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() ORDER BY pid"
                )
            ]
            for pid in pids:
                if self.chance.random() < 0.6:
                    conn.execute("SELECT pg_terminate_backend(%s)", (pid,))

    def restart(self) -> None:
        file = self.server.data / "database" / "postmaster.pid"
        os.kill(int(file.read_text().split()[0]), signal.SIGKILL)
        while not self.server.ensure_alive():
            pass


def read(server: EmbeddedServer, query: str) -> list[int] | None:
    """A column of numbers out of the database; None while it is away."""
    try:
        with psycopg.connect(server.conninfo(), autocommit=True) as conn:
            return [row[0] for row in conn.execute(query)]
    except psycopg.OperationalError:
        return None


async def reach(server: EmbeddedServer, query: str, mark: int) -> None:
    """Wait until the number is at least so high."""

    def reached() -> bool:
        found = read(server, query)
        return found is not None and found[0] >= mark

    await asyncio.to_thread(eventually, reached, 240)


async def prepare(story: Story) -> tuple[Any, set[int], set[int]]:
    """The workflow, and the contacts of both kinds."""
    mail = await story.email(subject="Hello", html="<p>Hello</p>", from_address="penny@stock.test")
    flow = await story.workflow(
        when(all_of(any_of("lifecyclestage", "lead"))),
        [
            branch("1", ("Oslo", all_of(equals("city", "Oslo")), "2"), default="5"),
            set_property("2", "hs_lead_status", "NEW"),
            step("3", "0-3", {"subject": "Call"}),
            step("4", "0-4", {"content_id": mail}),
            delay("5", 60),
            set_property("6", "num_notes", {"type": "INCREMENT", "incrementAmount": "1"}),
        ],
    )
    near = await many(story, "contacts", ENROLLMENTS // 2, lifecyclestage="lead", city="Oslo")
    far = await many(story, "contacts", ENROLLMENTS // 2, lifecyclestage="lead", city="Rome")
    await story.query(
        "UPDATE records SET properties = properties || jsonb_build_object('email',"
        " 'p' || id || '@example.test') WHERE type = '0-1' RETURNING 1"
    )
    return flow, set(near), set(far)


async def check(story: Story, near: set[int], far: set[int], taken: Counter[int]) -> set[int]:
    """Compare with what a plain computation says; returns those whose mail is uncertain."""

    async def each(query: str) -> Counter[int]:
        return Counter(row[0] for row in await story.query(query))

    everybody = Counter(near | far)
    assert await each("SELECT record_id FROM enrollments WHERE state = 'finished'") == everybody
    assert await each("SELECT record_id FROM enrollments") == everybody
    once = "SELECT id FROM records WHERE type = '0-1' AND properties -> 'num_notes' = '1'"
    assert await each(once) == everybody
    status = "SELECT id FROM records WHERE type = '0-1' AND properties ->> 'hs_lead_status' = 'NEW'"
    assert await each(status) == Counter(near)
    tasks = "SELECT to_id FROM associations WHERE type_id = 204"
    assert await each(tasks) == Counter(near)
    written = "SELECT record_id FROM property_history WHERE changed ? '{}'"
    assert await each(written.format("hs_lead_status")) == Counter(near)
    assert await each(written.format("num_notes")) == everybody
    assert await each("SELECT record_id FROM effects") == Counter(near)
    for kind, who in (
        ("enrolled", everybody),
        ("waiting", everybody),
        ("finished", everybody),
        ("queued", Counter(near)),
    ):
        assert await each(f"SELECT record_id FROM journal WHERE kind = '{kind}'") == who, kind
    done = await each("SELECT record_id FROM effects WHERE state = 'done'")
    async with story.house.database.unit() as conn:
        listed = await effects.page(conn, "uncertain", limit=ENROLLMENTS)
    uncertain = {effect.record_id for effect in listed}
    assert done.keys() | uncertain == near
    assert not done.keys() & uncertain
    assert max(taken.values()) == 1
    assert done.keys() <= taken.keys() <= near
    told = await each("SELECT record_id FROM journal WHERE kind = 'delivered'")
    assert told == done
    assert await story.verify() == []
    return uncertain


async def test_the_end_is_that_of_an_undisturbed_run(own_server: EmbeddedServer) -> None:
    url = own_server.conninfo()
    await migrate(url)
    async with Database(url) as database:
        async with database.unit() as conn:
            now = await DatabaseClock().now(conn)
            await seed(conn, now)
        house = House(database, Schemas(), Write(Source("API", "test"), now))
        story = Story(house, DatabaseClock())
        flow, near, far = await prepare(story)
        async with database.unit() as conn:
            schema = await house.schemas.current(conn)
            await workflows.turn_on(conn, schema, flow.id, "test", now, enroll_existing=True)
    async with open_post() as post:
        chance = random.Random(SEED)
        with running(
            None,
            *("worker", "--data", str(own_server.data), "--workers", str(WORKERS)),
            PENSTOCK_SMTP_URL=post.url,
        ) as workers:
            await asyncio.to_thread(workers.hears, "(at work)")
            blows = Blows(own_server, workers, chance)
            # Rows of the history before the delay and after it.
            first, then = ENROLLMENTS // 2 * (7 + 3), ENROLLMENTS * 3
            await blows.rain("SELECT count(*) FROM journal", first)
            await reach(own_server, "SELECT count(*) FROM timers", ENROLLMENTS)
            with psycopg.connect(own_server.conninfo(), autocommit=True) as conn:
                conn.execute("UPDATE timers SET due_at = due_at - interval '1 hour'")
            await blows.rain(f"SELECT count(*) - {first} FROM journal", then)
            left = (
                "SELECT (NOT EXISTS (SELECT FROM changes) AND NOT EXISTS (SELECT FROM effects"
                " WHERE state IN ('pending', 'sending')) AND NOT EXISTS (SELECT FROM enrollments"
                " WHERE ended_at IS NULL) AND EXISTS (SELECT FROM enrollments))::integer"
            )
            await reach(own_server, left, 1)
            assert await asyncio.to_thread(workers.stop) == 0
        taken = Counter(
            int(address.removeprefix("p").partition("@")[0]) for address in post.recipients()
        )
        async with Database(own_server.conninfo()) as database:
            house = House(database, Schemas(), Write(Source("API", "test"), NOW))
            uncertain = await check(Story(house, DatabaseClock()), near, far, taken)
        assert uncertain <= blows.in_flight
