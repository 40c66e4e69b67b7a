"""One bad record does not stop the others."""

import pytest

from penstock.actions.base import ACTIONS, Action, Batch, Departures
from penstock.kernel.clock import VirtualClock
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


class Poison(Action, type_id="9-1", label="Poison", summary="Poison", icon="skull"):
    """Write something, and then fail the whole batch if one record in it says so."""

    async def run(self, batch: Batch) -> Departures:
        task = {"hs_task_subject": "Beside the poison", "hs_timestamp": "2026-01-01T00:00:00Z"}
        await batch.create("0-27", {member.record_id: task for member in batch.members}, None)
        cities = await batch.values(["city"])
        if any(values["city"] == "poison" for values in cities.values()):
            raise ValueError("poisoned")
        return batch.depart()


@pytest.fixture
def story(house: House, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setitem(ACTIONS.load(), "9-1", Poison)
    return Story(house, VirtualClock(NOW))


async def test_only_the_poison_fails_and_goes_on(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [step("1", "9-1", {}), set_property("2", "hs_lead_status", "NEW")]
    )
    people = [{"lifecyclestage": "lead", "city": "Lund"} for _ in range(640)]
    people[333]["city"] = "poison"
    ids = await story.create("contacts", *people)
    await story.turn_on(flow, existing=True)
    assert await story.counts(flow) == {"enrolled": 640, "finished": 640}
    assert await story.kinds(flow, ids[333]) == ["enrolled", "failed", "succeeded", "finished"]
    rows = await story.query("SELECT count(*) FROM journal WHERE kind = 'failed'")
    assert rows[0][0] == 1
    tasks = await story.query("SELECT count(*) FROM records WHERE type = '0-27'")
    assert tasks[0][0] == 639


async def test_two_with_the_same_poison_far_apart_do_not_fail_the_others(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [step("1", "9-1", {})])
    people = [{"lifecyclestage": "lead", "city": "Lund"} for _ in range(640)]
    ids = await story.create("contacts", *people)
    bucket = [id for id in ids if id & 63 == ids[0] & 63]
    for place in (1, -1):
        await story.update("contacts", bucket[place], city="poison")
    await story.turn_on(flow, existing=True)
    assert await story.counts(flow) == {"enrolled": 640, "finished": 640}
    rows = await story.query("SELECT record_id FROM journal WHERE kind = 'failed'")
    assert {row.record_id for row in rows} == {bucket[1], bucket[-1]}
    tasks = await story.query("SELECT count(*) FROM records WHERE type = '0-27'")
    assert tasks[0][0] == 638
    assert await story.verify() == []


async def test_what_fails_for_all_fails_once_with_one_reason(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [step("1", "9-1", {})])
    await story.create(
        "contacts", *({"lifecyclestage": "lead", "city": "poison"} for _ in range(128))
    )
    await story.turn_on(flow, existing=True)
    assert await story.counts(flow) == {"enrolled": 128, "finished": 128}
    rows = await story.query("SELECT detail FROM journal WHERE kind = 'failed'")
    assert len(rows) == 128
    assert {row.detail["arguments"]["error"] for row in rows} == {"ValueError: poisoned"}
    tasks = await story.query("SELECT count(*) FROM records WHERE type = '0-27'")
    assert tasks[0][0] == 0
