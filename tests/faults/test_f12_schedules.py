"""F12: each moment of a schedule fires once, however many workers there are and whoever of them
dies; those that were missed follow the policy; an old version never fires beside the new one.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from penstock.engine.scheduling import choose, on_time
from penstock.engine.worker import Worker
from penstock.workflows import store as workflows
from penstock.workflows.store import Workflow
from tests.story import Story, all_of, any_of, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
NOTE = set_property("1", "hs_lead_status", "NEW")
HOURS = [{"type": "DAILY", "timeOfDay": {"hour": hour, "minute": 30}} for hour in range(24)]
CROWD = 100


async def firings(story: Story, flow: Workflow) -> list[datetime]:
    rows = await story.query(
        "SELECT at FROM firings WHERE workflow_id = %s AND NOT skipped ORDER BY at", flow.id
    )
    return [row[0].astimezone(UTC) for row in rows]


async def rest(workers: list[Worker]) -> None:
    """All of them turn at the same time, until none finds anything to do."""
    for _ in range(100):
        if not any(await asyncio.gather(*(worker.turn_all() for worker in workers))):
            return
    raise AssertionError("they do not come to rest")


async def test_with_four_workers_each_moment_fires_once(story: Story) -> None:
    workers = [Worker(story.house.database, story.clock) for _ in range(4)]
    flows = [
        await story.workflow(when(LEADS, shouldReEnroll=True), [NOTE], enrollmentSchedule=hourly)
        for hourly in HOURS[9:12]
    ]
    for flow in flows:
        await story.turn_on(flow)
    await story.create("contacts", *([{"lifecyclestage": "lead"}] * CROWD))
    await story.rest()
    for _ in range(3):
        story.clock.forward(days=1)
        await rest(workers)
    for flow in flows:
        assert len(await firings(story, flow)) == 3
        assert await story.counts(flow) == {"enrolled": 3 * CROWD, "finished": 3 * CROWD}
    assert await story.verify() == []


async def test_a_worker_that_dies_while_firing_leaves_it_to_another(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [NOTE], enrollmentSchedule=HOURS[12])
    await story.turn_on(flow)
    await story.contact(lifecyclestage="lead")
    await story.rest()
    story.clock.forward(hours=3)
    schema = await story.house.schema()
    try:
        async with story.house.database.unit() as dying:
            assert await on_time(dying, schema, story.now)
            async with story.house.database.unit() as other:
                # Another one does not wait for it, and does not fire beside it.
                assert not await on_time(other, schema, story.now)
            raise RuntimeError("killed")
    except RuntimeError:
        pass
    assert await firings(story, flow) == []
    await story.rest()
    assert len(await firings(story, flow)) == 1
    assert (await story.counts(flow))["finished"] == 1


async def test_a_moment_that_was_fired_never_fires_again(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS, shouldReEnroll=True), [NOTE], enrollmentSchedule=HOURS[12]
    )
    await story.turn_on(flow)
    await story.contact(lifecyclestage="lead")
    story.clock.forward(hours=3)
    await story.rest()
    before = await firings(story, flow)
    # As if somebody had restored the row of the workflow, and not that of the firing.
    await story.query("UPDATE workflows SET fires_at = %s RETURNING id", before[0])
    await story.rest()
    assert await firings(story, flow) == before
    assert (await story.counts(flow))["enrolled"] == 1


async def test_old_and_new_version_never_both_fire(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS, shouldReEnroll=True), [NOTE], enrollmentSchedule=HOURS[12]
    )
    await story.turn_on(flow)
    await story.contact(lifecyclestage="lead")
    await story.rest()
    for revision, hour in ((1, 13), (2, 14), (3, 15)):
        body = {
            **flow.document.raw,
            "enrollmentSchedule": HOURS[hour],
            "isEnabled": True,
            "revisionId": str(revision),
        }
        async with story.house.database.unit() as conn:
            schema = await story.house.schemas.current(conn)
            await workflows.replace(conn, schema, flow.id, body, "story", story.now)
        await story.rest()
    story.clock.forward(hours=10)
    await story.rest()
    assert [at.hour for at in await firings(story, flow)] == [15]
    assert (await story.counts(flow))["enrolled"] == 1


@pytest.mark.parametrize("late", [timedelta(0), timedelta(minutes=14), timedelta(days=3)])
def test_missed_moments_follow_the_policy(late: timedelta) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    come = [now - late - timedelta(days=days) for days in (2, 1, 0)]
    assert choose(come, "RUN_ALL", now) == come
    assert choose(come, "RUN_LATEST", now) == come[-1:]
    assert choose(come, "SKIP", now) == ([] if late > timedelta(hours=1) else come[-1:])
    assert choose([], "RUN_LATEST", now) == []
