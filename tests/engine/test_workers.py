"""Several workers at once: nothing is done twice, nothing is forgotten, and the numbers agree."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from penstock.engine.turning import FAILED
from penstock.engine.worker import Worker
from penstock.kernel.clock import VirtualClock
from penstock.kernel.db import Database
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, occurs, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))


@pytest.fixture
async def workers(url: str, story: Story) -> AsyncIterator[list[Worker]]:
    databases = [Database(url, size=2) for _ in range(4)]
    for database in databases:
        await database.__aenter__()
    yield [Worker(database, story.clock) for database in databases]
    for database in databases:
        await database.__aexit__(None, None, None)


async def _turn(worker: Worker) -> None:
    while await worker.turn_all():
        pass


async def test_four_workers_do_everything_once(story: Story, workers: list[Worker]) -> None:
    mail = await story.email(subject="Hello", html="<p>Hello</p>")
    flow = await story.workflow(
        when(LEADS),
        [
            step("1", "0-3", {"subject": "Call"}),
            step("2", "0-4", {"content_id": mail}),
            set_property("3", "hs_lead_status", "NEW"),
        ],
    )
    people = [{"lifecyclestage": "lead", "email": f"p{n}@example.test"} for n in range(2000)]
    await story.create("contacts", *people)
    async with story.house.database.unit() as conn:
        from penstock.workflows import store

        schema = await story.house.schemas.current(conn)
        await store.turn_on(conn, schema, flow.id, "story", NOW, enroll_existing=True)
    await asyncio.gather(*(_turn(worker) for worker in workers))
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 2000, "finished": 2000}
    for query in (
        "SELECT count(DISTINCT record_id) FROM enrollments",
        "SELECT count(*) FROM enrollments WHERE passage = 1",
        "SELECT count(*) FROM effects",
        "SELECT count(DISTINCT part) FROM effects",
        "SELECT count(*) FROM records WHERE type = '0-27'",
    ):
        assert (await story.query(query))[0][0] == 2000, query


async def test_the_counts_of_steps_agree_with_where_enrollments_stand(story: Story) -> None:
    from tests.story import delay

    flow = await story.workflow(when(LEADS), [delay("1", 60), set_property("2", "city", "Lund")])
    await story.turn_on(flow)
    await story.create("contacts", *({"lifecyclestage": "lead"} for _ in range(100)))
    await story.rest()
    here = "SELECT sum(count) FROM tallies WHERE step = '1' AND kind = 'here'"
    assert (await story.query(here))[0][0] == 100
    await story.pass_time(minutes=60)
    assert (await story.query("SELECT sum(count) FROM tallies WHERE kind = 'here'"))[0][0] == 0
    assert await story.counts(flow) == {"enrolled": 100, "finished": 100}


async def test_nothing_due_touches_nobody(story: Story) -> None:
    from tests.story import delay

    flow = await story.workflow(when(LEADS), [delay("1", 1, "YEARS")])
    await story.turn_on(flow)
    await story.create("contacts", *({"lifecyclestage": "lead"} for _ in range(200)))
    await story.rest()
    before = await story.query("SELECT count(*) FROM journal")
    for bucket in range(64):
        turned = await story.worker.turn_one(bucket)
        assert turned is not None
        assert turned.idle
    assert await story.query("SELECT count(*) FROM journal") == before
    assert await story.counts(flow) == {"enrolled": 200, "active": 200}


async def test_a_turn_that_fails_when_it_is_begun_anew_ends_no_worker(story: Story) -> None:
    flow = await story.workflow(occurs("4-96000"), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    ada = await story.contact()
    await story.rest()
    await story.happen("4-96000", ada, hs_page_url="/")
    async with story.house.database.unit() as conn:
        await conn.execute("ALTER TABLE journal ADD CHECK (kind <> 'enrolled') NOT VALID")
    # It does not know yet that a workflow listens, and so has to begin anew.
    fresh = Worker(story.house.database, story.clock)
    assert await fresh.turn_one(ada & 63) == FAILED
