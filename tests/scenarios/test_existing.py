"""Who matches already is enrolled when that is asked for: how far it is, and how it is stopped."""

from penstock.engine import existing
from penstock.engine.starting import go_live
from penstock.workflows import store as workflows
from penstock.workflows.pausing import Resumption
from penstock.workflows.store import Workflow
from tests.story import Story, all_of, any_of, delay, when

LEADS = when(all_of(any_of("lifecyclestage", "lead")))
PEOPLE = 128


async def progress(story: Story, flow: Workflow) -> float | None:
    async with story.house.database.unit() as conn:
        return (await existing.progress(conn, [flow.id])).get(flow.id)


async def want(story: Story, flow: Workflow) -> None:
    """What matches already is to be enrolled, once the workflow is on."""
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await workflows.turn_on(conn, schema, flow.id, "story", story.now, enroll_existing=True)


async def test_its_progress_is_told_and_it_can_be_stopped_midway(story: Story) -> None:
    flow = await story.workflow(LEADS, [delay("1", 60)])
    people = await story.create("contacts", *([{"lifecyclestage": "lead"}] * PEOPLE))
    await story.turn_on(flow)
    assert await progress(story, flow) is None
    await want(story, flow)
    assert await progress(story, flow) == 0
    async with story.house.database.unit() as conn:
        await go_live(conn, story.now)
    assert await progress(story, flow) == 0
    for bucket in range(32):
        await story.worker.turn_one(bucket)
    assert await progress(story, flow) == 0.5
    inside = sum(id & 63 < 32 for id in people)
    assert await story.counts(flow) == {"enrolled": inside, "active": inside}
    async with story.house.database.unit() as conn:
        assert await existing.cancel(conn, flow.id)
    assert await progress(story, flow) is None
    await story.rest()
    assert await story.counts(flow) == {"enrolled": inside, "active": inside}
    assert await story.verify() == []
    # Asked for once more, the rest enrols, and nobody twice.
    await story.turn_on(flow, existing=True)
    assert (await story.counts(flow))["enrolled"] == PEOPLE
    assert await progress(story, flow) is None


async def begun(story: Story, people: int) -> tuple[Workflow, list[int]]:
    """A workflow that has enrolled half of those who match already, and is paused."""
    flow = await story.workflow(LEADS, [delay("1", 60)])
    leads = await story.create("contacts", *([{"lifecyclestage": "lead"}] * people))
    await story.turn_on(flow)
    await want(story, flow)
    async with story.house.database.unit() as conn:
        await go_live(conn, story.now)
    for bucket in range(32):
        await story.worker.turn_one(bucket)
    async with story.house.database.unit() as conn:
        await workflows.pause(conn, flow.id, "story", story.now)
    await story.rest()
    return flow, leads


async def resume(story: Story, flow: Workflow) -> None:
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await workflows.resume(conn, schema, flow.id, Resumption(), "story", story.now)
    await story.rest()


async def test_a_pause_in_the_middle_of_it_loses_nobody(story: Story) -> None:
    flow, leads = await begun(story, PEOPLE)
    inside = sum(id & 63 < 32 for id in leads)
    assert await story.counts(flow) == {"enrolled": inside, "active": inside}
    assert await progress(story, flow) == 0.5
    story.clock.forward(minutes=5)
    # Who comes to match during the pause did not match already.
    late = await story.create("contacts", *([{"lifecyclestage": "lead"}] * 64))
    await story.rest()
    await resume(story, flow)
    assert (await story.counts(flow))["enrolled"] == PEOPLE
    assert [await story.kinds(flow, id) for id in late] == [[]] * len(late)
    assert await progress(story, flow) is None
    assert await story.query("SELECT 1 FROM parked_requests") == []
    assert await story.verify() == []


async def test_it_can_be_stopped_while_the_workflow_is_paused(story: Story) -> None:
    flow, leads = await begun(story, PEOPLE)
    inside = sum(id & 63 < 32 for id in leads)
    async with story.house.database.unit() as conn:
        assert await existing.cancel(conn, flow.id)
        assert not await existing.cancel(conn, flow.id)
    assert await progress(story, flow) is None
    await resume(story, flow)
    assert await story.counts(flow) == {"enrolled": inside, "active": inside}


async def test_it_can_be_stopped_before_it_has_begun(story: Story) -> None:
    flow = await story.workflow(LEADS, [delay("1", 60)])
    await story.create("contacts", {"lifecyclestage": "lead"})
    await story.turn_on(flow)
    await want(story, flow)
    async with story.house.database.unit() as conn:
        assert await existing.cancel(conn, flow.id)
    assert await progress(story, flow) is None
    await story.rest()
    assert await story.counts(flow) == {}
