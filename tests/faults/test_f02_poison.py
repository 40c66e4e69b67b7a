"""F2: one bad record spoils nothing for the others, whatever it does."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import Mock

import psycopg
import pytest

from penstock.actions.base import ACTIONS, Action, Batch, Departures
from penstock.engine import settling
from penstock.engine import worker as engine_worker
from penstock.kernel.clock import DatabaseClock, VirtualClock
from penstock.kernel.db import Database
from penstock.lists import store as lists
from penstock.lists.model import Draft
from penstock.workflows import store as workflows
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, equals, set_property, step, when

LEADS = when(all_of(any_of("lifecyclestage", "lead")))
SCRIPT = Path(__file__).parents[1] / "engine" / "run_worker.py"


class Picky(Action, type_id="9-2", label="Picky", summary="Picky", icon="skull"):
    """Break in the database over records of certain cities; for one city only at first."""

    weather: ClassVar[str] = "bad"

    async def run(self, batch: Batch) -> Departures:
        cities = {values["city"] for values in (await batch.values(["city"])).values()}
        if "poison" in cities:
            raise ValueError("this city is poison")
        if "storm" in cities and Picky.weather == "bad":
            Picky.weather = "good"
            raise psycopg.OperationalError("the connection is lost")
        return batch.depart()


@pytest.fixture
def story(house: House, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setitem(ACTIONS.load(), "9-2", Picky)
    monkeypatch.setattr(Picky, "weather", "bad")
    return Story(house, VirtualClock(NOW))


async def told_begin(story: Story, people: Sequence[dict[str, Any]]) -> tuple[Any, list[int]]:
    """A workflow whose first step is dangerous, and people who are all to go through it."""
    flow = await story.workflow(
        LEADS, [step("1", "9-2", {}), set_property("2", "hs_lead_status", "NEW")]
    )
    ids = await story.create("contacts", *({"lifecyclestage": "lead", **each} for each in people))
    return flow, ids


async def in_one_bucket(story: Story, ids: Sequence[int]) -> None:
    """All the records lie in one bucket, so that they are one batch."""
    await story.query(
        "UPDATE records SET id = (id & ~63::bigint) + 7, bucket = 7 WHERE id = ANY(%s) RETURNING 1",
        list(ids),
    )
    await story.query("DELETE FROM changes RETURNING 1")


async def test_of_500_with_one_bad_one_499_are_done_once_and_the_bad_one_goes_on(
    story: Story,
) -> None:
    people: list[dict[str, Any]] = [{"city": "Lund"} for _ in range(500)]
    people[321]["city"] = "poison"
    flow, ids = await told_begin(story, people)
    await in_one_bucket(story, ids)
    await story.turn_on(flow, existing=True)
    assert await story.counts(flow) == {"enrolled": 500, "finished": 500}
    rows = await story.query(
        "SELECT kind, count(*) AS n, count(DISTINCT record_id) AS people FROM journal"
        " WHERE workflow_id = %s AND step = '1' GROUP BY kind ORDER BY kind",
        flow.id,
    )
    assert [tuple(row) for row in rows] == [("succeeded", 499, 499), ("failed", 1, 1)]
    (reason,) = await story.query("SELECT detail FROM journal WHERE kind = 'failed'")
    assert "this city is poison" in reason.detail["arguments"]["error"]
    done = await story.query(
        "SELECT count(*) AS n FROM records WHERE properties ->> 'hs_lead_status' = 'NEW'"
    )
    assert done[0].n == 500
    assert await story.verify() == []


async def test_all_500_bad_for_one_reason_fail_with_it_at_once(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    flow, ids = await told_begin(story, [{"city": "poison"}] * 500)
    await in_one_bucket(story, ids)
    await story.turn_on(flow, existing=True)
    assert await story.counts(flow) == {"enrolled": 500, "finished": 500}
    (row,) = await story.query(
        "SELECT count(*) AS n, count(DISTINCT detail) AS reasons FROM journal WHERE kind = 'failed'"
    )
    assert (row.n, row.reasons) == (500, 1)
    assert await story.verify() == []


async def test_an_error_that_passes_fails_nobody(story: Story) -> None:
    people: list[dict[str, Any]] = [{"city": "Lund"} for _ in range(20)]
    people[3]["city"] = "storm"
    flow, ids = await told_begin(story, people)
    await in_one_bucket(story, ids)
    with pytest.raises(psycopg.OperationalError):
        await story.turn_on(flow, existing=True)
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 20, "finished": 20}
    assert (await story.query("SELECT count(*) AS n FROM journal WHERE kind = 'failed'"))[0].n == 0
    (bucket,) = await story.query("SELECT attempts, caution FROM buckets WHERE bucket = 7")
    assert tuple(bucket) == (0, 0)


async def arrive(story: Story) -> None:
    """The people come to match now: all of them want in."""
    await story.query("DELETE FROM matches RETURNING 1")
    await story.query(
        "INSERT INTO changes (bucket, lane, record_id, object_type, kind, source, at)"
        " SELECT 7, 0, id, '0-1', 'created', 'API/test', updated_at FROM records"
        " WHERE type = '0-1' RETURNING 1"
    )


async def test_who_cannot_be_judged_is_passed_over_for_that_criterion_alone(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = await story.house.schema()
    lund = Draft("Lund", "0-1", "DYNAMIC", all_of(equals("city", "Lund")))
    async with story.house.database.unit() as conn:
        members = await lists.create(conn, schema, lund, "story", story.now)
    inside = {"filterType": "IN_LIST", "operator": "IN_LIST", "listId": str(members.id)}
    asking = await story.workflow(when(all_of(inside)), [set_property("1", "jobtitle", "Chief")])
    leads, ids = await told_begin(story, [{"city": "Lund"}] * 3)
    await in_one_bucket(story, ids)
    await arrive(story)
    await story.rest()
    async with story.house.database.unit() as conn:
        for flow in (asking, leads):  # what asks about a list is judged last, though it came first
            await workflows.turn_on(conn, schema, flow.id, "story", story.now)
    (by_leads,) = await story.query(
        "SELECT criterion_id AS id FROM workflow_criteria WHERE workflow_id = %s", leads.id
    )
    settle = settling.settle
    bad = sorted(id & ~63 | 7 for id in ids)[1]

    async def broken(turn: Any, touched: Any) -> Any:
        if by_leads.id in touched.get(bad, ()):
            raise ValueError("this record cannot be judged")
        return await settle(turn, touched)

    monkeypatch.setattr(settling, "settle", broken)
    monkeypatch.setattr(engine_worker, "_log", Mock())
    for _ in range(120):
        await story.worker.turn_all()
    rows = await story.query("SELECT state FROM workflows")
    assert [row.state for row in rows] == ["on", "on"]
    assert await story.verify() == [
        f"criterion {by_leads.id}, record {bad}: kept as False, judged as True"
    ]


@asynccontextmanager
async def worker(url: str, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), url, "3", *more, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(story: Story, sql: str) -> None:
    """Wait until a query finds something."""
    async with asyncio.timeout(120):
        while not await story.query(sql):  # noqa: ASYNC110 - another process answers
            await asyncio.sleep(0.05)


@pytest.fixture
async def real(database: Database, house: House, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A story in which the time is real, since other processes take part in it."""
    monkeypatch.setitem(ACTIONS.load(), "9-2", Picky)
    async with database.unit() as conn:
        now = await DatabaseClock().now(conn)
    return Story(house, VirtualClock(now))


async def test_a_record_that_kills_the_process_is_set_aside_and_the_others_go_on(
    real: Story, url: str
) -> None:
    people: list[dict[str, Any]] = [{"city": "Lund"} for _ in range(60)]
    people[41]["city"] = "deadly"
    flow, ids = await told_begin(real, people)
    await in_one_bucket(real, ids)
    await real.turn_on(flow)
    await arrive(real)
    deaths = 0
    ended = "SELECT 1 FROM enrollments HAVING count(*) = 60 AND count(ended_at) = 60"
    while not await real.query(ended):
        async with worker(url) as process:
            dying = asyncio.create_task(process.wait())
            done = asyncio.create_task(until(real, ended))
            await asyncio.wait([dying, done], return_when=asyncio.FIRST_COMPLETED)
            done.cancel()
            deaths += process.returncode == -signal.SIGKILL
    assert 0 < deaths <= 8
    assert await real.counts(flow) == {"enrolled": 60, "finished": 59, "failed": 1}
    (failed,) = await real.query("SELECT reason FROM enrollments WHERE state = 'failed'")
    assert failed.reason == "set_aside"
    assert await real.verify() == []


async def test_a_worker_that_is_stopped_holds_nobody_up_and_does_nothing_twice(
    real: Story, url: str
) -> None:
    people: list[dict[str, Any]] = [{"city": "Lund"} for _ in range(60)]
    people[11]["city"] = "lazy"
    flow, ids = await told_begin(real, people)
    await in_one_bucket(real, ids)
    await real.turn_on(flow)
    await arrive(real)
    async with worker(url, "lazy") as stopped:
        async with asyncio.timeout(60):
            while _state(stopped.pid) != "T":  # noqa: ASYNC110 - another process stops itself
                await asyncio.sleep(0.05)
        async with worker(url):
            await until(
                real, "SELECT 1 FROM enrollments HAVING count(*) = 60 AND count(ended_at) = 60"
            )
        os.kill(stopped.pid, signal.SIGCONT)
        stopped.send_signal(signal.SIGTERM)
        assert await stopped.wait() == 0
    assert await real.counts(flow) == {"enrolled": 60, "finished": 60}
    (row,) = await real.query("SELECT count(*) AS n FROM journal WHERE kind = 'succeeded'")
    assert row.n == 120
    assert await real.verify() == []


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
