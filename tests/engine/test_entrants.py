"""Entrants advance in the turn that admits them (docs/adr/0008)."""

import pytest

from penstock.kernel.clock import VirtualClock
from penstock.kernel.ids import bucket_of
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, delay, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))


async def timers(story: Story) -> list[int]:
    return [row.enrollment_id for row in await story.query("SELECT enrollment_id FROM timers")]


async def test_one_turn_admits_and_leads_to_the_end(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [set_property("1", "city", "Lund"), set_property("2", "country", "Sweden")]
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.worker.turn_one(bucket_of(ada))
    assert await story.counts(flow) == {"enrolled": 1, "finished": 1}
    assert await timers(story) == []


async def test_one_turn_leads_to_the_first_wait(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "city", "Lund"), delay("2", 5)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.worker.turn_one(bucket_of(ada))
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "waiting"]
    (enrollment,) = await timers(story)
    assert bucket_of(enrollment) == bucket_of(ada)
