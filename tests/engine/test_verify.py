"""What must hold at every commit is seen when it does not."""

import json

import pytest

from penstock.kernel.clock import VirtualClock
from penstock.workflows import store as workflows
from tests.commands import command
from tests.conftest import NOW, House
from tests.story import Story, all_of, chained, delay, equals, set_property, when


@pytest.fixture
async def story(house: House) -> Story:
    """Three have come to a delay, one matches nothing."""
    story = Story(house, VirtualClock(NOW))
    flow = await story.workflow(
        when(all_of(equals("city", "Oslo"))),
        [delay("1", 10), set_property("2", "hs_lead_status", "NEW")],
    )
    await story.turn_on(flow)
    await story.contact(city="Oslo")
    await story.pass_time(hours=1)
    await story.create("contacts", {"city": "Oslo"}, {"city": "Oslo"}, {"city": "Rome"})
    await story.rest()
    return story


async def test_after_a_while_all_is_well(story: Story) -> None:
    assert await story.verify() == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE tallies SET count = count + 1 WHERE kind = 'enrolled'", "are accounted for"),
        ("UPDATE tallies SET count = count + 1 WHERE kind = 'here'", "are counted, there are"),
        ("DELETE FROM timers", "waits for nothing"),
        ("UPDATE records SET archived_at = now()", "has lost its record"),
        ("UPDATE matches SET matching = NOT matching", "judged as"),
        ("DELETE FROM matches", "judged as"),
        ("UPDATE enrollments SET step = '99' WHERE ended_at IS NULL", "workflow never had"),
        ("UPDATE timers SET due_at = due_at - interval '1 day'", "turns have passed it over"),
    ],
)
async def test_damage_is_found(story: Story, damage: str, said: str) -> None:
    await story.query(f"WITH damage AS ({damage} RETURNING 1) SELECT count(*) FROM damage")
    found = await story.verify()
    assert found
    assert any(said in each for each in found), found


async def test_what_waits_to_be_settled_is_no_damage(story: Story) -> None:
    (rome,) = await story.query("SELECT id FROM records WHERE properties ->> 'city' = 'Rome'")
    await story.update("contacts", rome.id, city="Oslo")
    assert await story.verify() == []


async def test_a_step_that_was_removed_is_left_in_time(story: Story) -> None:
    (flow,) = await story.query("SELECT id FROM workflows")
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        before = await workflows.read_one(conn, flow.id)
        body = {**before.document.raw, "revisionId": "1", "isEnabled": True}
        body |= {"actions": chained([set_property("3", "hs_lead_status", "NEW")])}
        body |= {"startActionId": "3"}
        await workflows.replace(conn, schema, flow.id, body, "story", story.now)
    assert await story.verify() == []
    await story.pass_time(hours=1)
    assert await story.verify() == []
    assert "active" not in await story.counts(before)


EFFECT = """
INSERT INTO effects (bucket, enrollment_id, visit, part, kind, state, payload, workflow_id,
    record_id, step, next_at, worker, created_at)
SELECT e.bucket, e.id, e.visit, 'ada@example.test', 'mail', %s, '{}', e.workflow_id, e.record_id,
    e.step, e.entered_at - interval '1 hour', %s, e.entered_at
FROM enrollments e WHERE e.ended_at IS NULL
RETURNING enrollment_id
"""


@pytest.mark.parametrize("state", ["pending", "uncertain"])
async def test_who_holds_for_an_effect_waits_for_something(story: Story, state: str) -> None:
    await story.query("DELETE FROM timers RETURNING 1")
    assert len(await story.verify()) == 3
    await story.query(EFFECT, state, None)
    assert await story.verify() == []
    await story.query("UPDATE effects SET state = 'done' RETURNING 1")
    assert all("waits for nothing" in each for each in await story.verify())


async def test_what_nobody_alive_has_in_hand_is_found(story: Story) -> None:
    await story.query(EFFECT, "sending", "somebody-1")
    async with story.house.database.autocommit() as conn:
        await conn.execute(
            "SELECT pg_advisory_lock(hashtextextended('penstock.deliverer/somebody-1', 0))"
        )
        assert await story.verify() == []
    found = await story.verify()
    assert len(found) == 3
    assert all("ada@example.test" in each and "is gone" in each for each in found)


async def test_an_effect_that_is_told_to_be_done_twice_is_found(story: Story) -> None:
    done = """
    INSERT INTO journal
        (bucket, visit, at, record_id, workflow_id, enrollment_id, step, kind, detail)
    SELECT bucket, visit, entered_at, record_id, workflow_id, id, step, 'delivered',
        '{"part": "ada@example.test"}'
    FROM enrollments WHERE ended_at IS NULL RETURNING 1
    """
    await story.query(done)
    assert await story.verify() == []
    await story.query(done)
    found = await story.verify()
    assert len(found) == 3
    assert all("was done 2 times" in each for each in found)


async def test_mail_that_was_captured_twice_is_found(story: Story) -> None:
    capture = """
    INSERT INTO outbox (message_id, enrollment_id, visit, workflow_id, record_id, email_id, sender,
        recipient, subject, html, text, sent_at)
    SELECT id || %s, id, visit, workflow_id, record_id, 64, 'us@example.test', 'ada@example.test',
        '', '', '', entered_at
    FROM enrollments WHERE ended_at IS NULL RETURNING 1
    """
    await story.query(capture, "-a")
    assert await story.verify() == []
    await story.query(capture, "-b")
    found = await story.verify()
    assert len(found) == 3
    assert all("was captured 2 times" in each for each in found)


async def test_the_command_says_so_with_its_exit_code(story: Story, url: str) -> None:
    well = command(url, "verify")
    assert (well.returncode, well.stdout) == (0, "All is well.\n")
    await story.query("DELETE FROM timers RETURNING 1")
    damaged = command(url, "verify")
    assert damaged.returncode == 1
    assert "waits for nothing" in damaged.stdout
    told = command(url, "verify", "--json")
    assert told.returncode == 1
    assert {each["code"] for each in json.loads(told.stdout)} == {"waiting"}
