"""F5: every step of a live workflow is replaced; nobody re-enrols, and history stays as it was."""

from typing import Any

from tests.story import Story, all_of, any_of, branch, delay, equals, set_property, to, when

COMPLETED = 10_000
WAITING = 10_000
OSLO = when(all_of(equals("city", "Oslo")))


async def history_of(story: Story) -> list[Any]:
    return await story.query(
        "SELECT kind, step, count(*) AS n FROM journal GROUP BY kind, step ORDER BY kind, step"
    )


async def test_10_000_who_have_completed_stay_completed_though_every_step_is_another(
    story: Story,
) -> None:
    flow = await story.workflow(OSLO, [delay("1", 60), set_property("2", "company", "Acme")])
    await story.turn_on(flow)
    await story.create("contacts", *([{"city": "Oslo"}] * COMPLETED))
    await story.pass_time(minutes=60)
    await story.pass_time(minutes=60)
    assert await story.counts(flow) == {"enrolled": COMPLETED, "finished": COMPLETED}
    before = await history_of(story)
    flow = await story.save(
        flow, [set_property("3", "hs_lead_status", "NEW"), delay("4", 5), delay("5", 5)]
    )
    await story.pass_time(days=2)
    trigger = when(all_of(equals("city", "Oslo"), equals("company", "Acme")))
    flow = await story.save(flow, [delay("6", 1)], enrollmentCriteria=trigger)
    await story.pass_time(days=2)
    assert await story.counts(flow) == {"enrolled": COMPLETED, "finished": COMPLETED}
    assert await history_of(story) == before
    assert await story.verify() == []


async def test_10_000_who_wait_are_led_on_once_through_edits_and_back_again(story: Story) -> None:
    leads = all_of(any_of("lifecyclestage", "lead"))
    last = [delay("3", 60), set_property("4", "hs_lead_status", "OPEN")]
    steps = [
        branch("5", ("Leads", leads, "1"), default="2"),
        delay("1", 60, connection=to("3")),
        delay("2", 60, connection=to("3")),
        *last,
    ]
    flow = await story.workflow(OSLO, steps)
    await story.turn_on(flow)
    half = [{"city": "Oslo", "lifecyclestage": "lead"}, {"city": "Oslo"}]
    await story.create("contacts", *(half * (WAITING // 2)))
    await story.rest()
    flow = await story.save(flow, [steps[0], delay("1", 300, connection=to("3")), *steps[2:]])
    await story.pass_time(minutes=10)
    # The branch goes, with the delays on both of its ways.
    flow = await story.save(flow, last)
    await story.pass_time(minutes=10)
    trigger = when(all_of(equals("city", "Rome")))
    flow = await story.save(flow, last[1:], enrollmentCriteria=trigger)
    await story.pass_time(minutes=10)
    flow = await story.save(flow, steps, enrollmentCriteria=OSLO)
    await story.pass_time(minutes=10)
    assert await story.counts(flow) == {"enrolled": WAITING, "active": WAITING}
    assert await story.verify() == []
    await story.pass_time(days=1)
    assert await story.counts(flow) == {"enrolled": WAITING, "finished": WAITING}
    (row,) = await story.query(
        "SELECT count(*) AS n, count(DISTINCT record_id) AS people FROM journal"
        " WHERE step = '4' AND kind = 'succeeded'"
    )
    assert (row.n, row.people) == (WAITING, WAITING)
    assert await story.verify() == []
