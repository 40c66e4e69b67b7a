"""F4: at every commit, enrolled = active + finished + unenrolled + goal met + failed.

The database itself looks, when a transaction that touched a count is about to commit.
"""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from penstock.engine.worker import Worker
from penstock.kernel.db import Database
from penstock.kernel.errors import PenstockError
from penstock.records import merging, store
from tests.story import Story, all_of, any_of, delay, equals, set_property, step, when

CONTACTS = 1000
ROUNDS = 10

GUARD = """
CREATE FUNCTION conserved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    enrolled bigint; accounted bigint; active bigint; living bigint;
BEGIN
    SELECT coalesce(sum(count) FILTER (WHERE kind = 'enrolled'), 0),
        coalesce(sum(count) FILTER (WHERE kind IN
            ('active', 'finished', 'unenrolled', 'goal_met', 'failed')), 0),
        coalesce(sum(count) FILTER (WHERE kind = 'active'), 0)
    INTO enrolled, accounted, active
    FROM tallies WHERE bucket = NEW.bucket AND workflow_id = NEW.workflow_id AND step = '';
    SELECT count(*) INTO living FROM enrollments
    WHERE bucket = NEW.bucket AND workflow_id = NEW.workflow_id AND ended_at IS NULL;
    IF enrolled <> accounted OR active <> living THEN
        RAISE EXCEPTION 'workflow %: % enrolled, % accounted for, % active, % living',
            NEW.workflow_id, enrolled, accounted, active, living;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER conserved AFTER INSERT OR UPDATE ON tallies
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION conserved();
"""

LEADS = all_of(any_of("lifecyclestage", "lead"))


@pytest.fixture
async def workers(url: str, story: Story) -> AsyncIterator[list[Worker]]:
    databases = [Database(url, size=2) for _ in range(4)]
    for database in databases:
        await database.__aenter__()
    yield [Worker(database, story.clock) for database in databases]
    for database in databases:
        await database.__aexit__(None, None, None)


async def shake(story: Story, people: list[int], chance: random.Random) -> None:
    """Write, archive, restore and merge whom chance picks."""
    schema = await story.house.schema()
    contacts = schema.type("contacts")
    patches = [
        store.Patch(
            id,
            {
                "lifecyclestage": chance.choice(["lead", "customer"]),
                "city": chance.choice(["Oslo", "Rome", "Lund"]),
            },
        )
        for id in chance.sample(people, 200)
    ]
    async with story.house.database.unit() as conn:
        await store.update(conn, schema, contacts, patches, story.write)
        await store.archive(conn, contacts, chance.sample(people, 5), story.write)
    one, other = chance.sample(people, 2)
    for attempt in (
        lambda conn: store.restore(conn, contacts, other, story.write),
        lambda conn: merging.merge(conn, schema, contacts, one, other, story.write),
    ):
        try:
            async with story.house.database.unit() as conn:
                await attempt(conn)
        except PenstockError:
            pass  # whom chance picked is not archived, or is


async def test_the_numbers_agree_at_every_commit(story: Story, workers: list[Worker]) -> None:
    chance = random.Random(4)
    flow = await story.workflow(
        when(LEADS, shouldReEnroll=True, unEnrollObjectsNotMeetingCriteria=True),
        [
            set_property("1", "hs_lead_status", "NEW"),
            delay("2", 3),
            step("3", "0-3", {"subject": "Call"}),
            delay("4", 3),
            set_property("5", "state", "Viken"),
        ],
        goalFilterBranch=all_of(equals("city", "Oslo")),
        suppressionFilterBranch=all_of(equals("city", "Rome")),
    )
    people = await story.create(
        "contacts", *({"lifecyclestage": "lead", "city": "Lund"} for _ in range(CONTACTS))
    )
    async with story.house.database.unit() as conn:
        await conn.execute(GUARD)
    await story.turn_on(flow, existing=True)
    assert (await story.counts(flow))["active"] == CONTACTS
    for _ in range(ROUNDS):
        await asyncio.gather(
            shake(story, people, chance), *(worker.turn_all() for worker in workers)
        )
        story.clock.forward(minutes=1)
    await story.rest()
    counts = await story.counts(flow)
    assert {"finished", "goal_met", "unenrolled", "refused"} <= counts.keys()
    assert counts["enrolled"] > CONTACTS
    assert await story.verify() == []


async def test_the_guard_sees_what_it_should(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 3)])
    async with story.house.database.unit() as conn:
        await conn.execute(GUARD)
    await story.turn_on(flow)
    await story.contact(lifecyclestage="lead")
    await story.rest()
    with pytest.raises(Exception, match="1 enrolled, 2 accounted for"):
        await story.query("UPDATE tallies SET count = 2 WHERE kind = 'active' RETURNING 1")
