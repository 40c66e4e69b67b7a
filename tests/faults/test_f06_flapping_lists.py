"""F6: a list that flaps while others sleep; no step is lost, none is doubled."""

from penstock.lists import store as lists
from penstock.lists.model import Draft
from tests.story import Story, all_of, delay, equals, set_property, when

FLAPS = 1000
SLEEPERS = 10_000


async def test_a_list_that_flaps_loses_no_step_and_doubles_none(story: Story) -> None:
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        draft = Draft("Guests", "0-1", "DYNAMIC", all_of(equals("city", "Oslo")))
        guests = await lists.create(conn, schema, draft, "story", story.now)
    await story.rest()
    inside = {"filterType": "IN_LIST", "operator": "IN_LIST", "listId": str(guests.id)}
    flow = await story.workflow(
        when(all_of(inside)), [delay("1", 60), set_property("2", "hs_lead_status", "NEW")]
    )
    await story.turn_on(flow)
    people = await story.create("contacts", *([{"city": "Oslo"}] * SLEEPERS))
    await story.rest()
    ada = people[0]
    for flap in range(FLAPS):
        await story.update("contacts", ada, city="Oslo" if flap % 2 else "Rome")
        await story.worker.turn_one(ada & 63)
    assert await story.counts(flow) == {
        "enrolled": SLEEPERS,
        "active": SLEEPERS,
        # It comes back every second time, and is in the workflow already.
        "refused": FLAPS // 2,
    }
    await story.pass_time(hours=2)
    assert await story.counts(flow) == {
        "enrolled": SLEEPERS,
        "finished": SLEEPERS,
        "refused": FLAPS // 2,
    }
    doubled = await story.query(
        "SELECT record_id FROM journal WHERE workflow_id = %s AND step = '2' AND kind = 'succeeded'"
        " GROUP BY record_id HAVING count(*) <> 1",
        flow.id,
    )
    assert doubled == []
    steps = await story.query(
        "SELECT count(DISTINCT record_id) AS n FROM journal WHERE step = '2' AND kind = 'succeeded'"
    )
    assert steps[0].n == SLEEPERS
    assert await story.verify() == []
