"""Timers are taken by lanes, and within a lane workflows come by turns."""

from penstock.engine.worker import Worker
from penstock.kernel.clock import VirtualClock
from tests.conftest import NOW, House
from tests.story import Story, all_of, delay, equals, set_property, when


async def test_a_crowd_of_one_workflow_does_not_hold_up_the_few_of_another(house: House) -> None:
    story = Story(house, VirtualClock(NOW))
    crowd = await story.workflow(
        when(all_of(equals("city", "Oslo"))), [delay("1", 60), set_property("2", "company", "A")]
    )
    few = await story.workflow(
        when(all_of(equals("city", "Rome"))), [delay("1", 70), set_property("2", "company", "B")]
    )
    await story.turn_on(crowd)
    await story.turn_on(few)
    await story.create("contacts", *([{"city": "Oslo"}] * 64 * 30), *([{"city": "Rome"}] * 64))
    await story.rest()
    story.clock.forward(minutes=80)
    worker = Worker(house.database, story.clock)
    for bucket in range(64):
        worker._portion = 10
        await worker.turn_one(bucket)
    assert (await story.counts(few))["finished"] == 64
    assert (await story.counts(crowd))["finished"] == 64 * 9
    await story.rest()
    assert await story.counts(crowd) == {"enrolled": 64 * 30, "finished": 64 * 30}
