"""Records that are merged, archived and restored: who leaves, who enters (semantics §2.1, 22)."""

from typing import Any

import pytest

from penstock.engine import advance
from penstock.records import merging, store
from tests.story import Story, all_of, associated, both, delay, equals, set_property, when

OSLO = all_of(equals("city", "Oslo"))
STEPS = [delay("1", 60), set_property("2", "hs_lead_status", "NEW")]


async def merge(story: Story, survivor: int, loser: int) -> None:
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await merging.merge(conn, schema, schema.type("contacts"), survivor, loser, story.write)


async def restore(story: Story, id: int) -> None:
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await store.restore(conn, schema.type("contacts"), id, story.write)


async def reasons(story: Story, flow: Any, record: int) -> list[str]:
    rows = await story.query(
        "SELECT detail ->> 'reason' AS reason FROM journal WHERE workflow_id = %s"
        " AND record_id = %s AND detail ? 'reason' ORDER BY at, visit",
        flow.id,
        record,
    )
    return [row.reason for row in rows]


async def test_of_two_that_become_one_the_loser_leaves_and_the_survivor_goes_on(
    story: Story,
) -> None:
    flow = await story.workflow(when(OSLO), STEPS)
    await story.turn_on(flow)
    ada, old = await story.create("contacts", {"city": "Oslo"}, {"city": "Oslo"})
    await story.rest()
    await merge(story, ada, old)
    await story.rest()
    assert await story.kinds(flow, old) == ["enrolled", "waiting", "unenrolled"]
    assert await reasons(story, flow, old) == ["record_merged"]
    await story.pass_time(hours=2)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.counts(flow) == {"enrolled": 2, "unenrolled": 1, "finished": 1}
    assert await story.verify() == []


@pytest.mark.parametrize("how", ["record_merged", "record_deleted", "record_erased"])
async def test_who_goes_while_a_turn_is_on_leaves_for_the_same_reason(
    story: Story, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    flow = await story.workflow(when(OSLO), STEPS)
    await story.turn_on(flow)
    (ada,) = await story.create("contacts", {"city": "Oslo"})
    other = await story.contact()
    await story.rest()
    schema = await story.house.schema()
    taking = advance.take_due

    async def first(turn: Any) -> Any:
        monkeypatch.setattr(advance, "take_due", taking)
        if how == "record_merged":
            await merge(story, other, ada)
        elif how == "record_deleted":
            await story.archive("contacts", ada)
        else:
            async with story.house.database.unit() as conn:
                await merging.erase(conn, schema, schema.type("contacts"), ada, story.write)
        return await taking(turn)

    monkeypatch.setattr(advance, "take_due", first)
    story.clock.forward(hours=2)
    await story.turn(ada)
    assert await reasons(story, flow, ada) == [how]
    await story.rest()
    assert (await story.counts(flow))["unenrolled"] == 1
    assert await story.verify() == []


async def test_the_survivor_enters_by_what_it_took_over(story: Story) -> None:
    by_value = await story.workflow(when(OSLO), STEPS)
    near = both(associated("0-2", 279, equals("city", "Bergen")))
    by_edge = await story.workflow(when(near), STEPS)
    for flow in (by_value, by_edge):
        await story.turn_on(flow)
    (firm,) = await story.create("companies", {"city": "Bergen"})
    ada, old = await story.create("contacts", {"firstname": "Ada"}, {"city": "Oslo"})
    await story.associate(old, firm, 279)
    await story.rest()
    assert await story.kinds(by_value, ada) == await story.kinds(by_edge, ada) == []
    await merge(story, ada, old)
    await story.rest()
    assert await story.kinds(by_value, ada) == ["enrolled", "waiting"]
    assert await story.kinds(by_edge, ada) == ["enrolled", "waiting"]
    assert await story.verify() == []


async def test_who_comes_back_does_not_go_on(story: Story) -> None:
    flow = await story.workflow(when(OSLO), STEPS)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await story.archive("contacts", ada)
    await story.rest()
    await restore(story, ada)
    await story.pass_time(days=1)
    kinds = await story.kinds(flow, ada)
    assert kinds[:3] == ["enrolled", "waiting", "unenrolled"]
    assert kinds.count("enrolled") == 1
    assert "succeeded" not in kinds
    assert (await story.record("contacts", ada)).properties.get("hs_lead_status") is None
    assert await story.verify() == []


async def test_who_comes_back_before_anybody_looked_does_not_go_on_either(story: Story) -> None:
    flow = await story.workflow(when(OSLO), STEPS)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await story.archive("contacts", ada)
    await restore(story, ada)
    await story.pass_time(days=1)
    assert sorted(await story.kinds(flow, ada)) == ["enrolled", "refused", "unenrolled", "waiting"]
    assert set(await reasons(story, flow, ada)) == {"record_deleted", "not_eligible_again"}
    assert await story.verify() == []


async def test_what_happens_to_one_that_is_archived_enrols_it_nowhere(story: Story) -> None:
    flow = await story.workflow(when(OSLO), STEPS)
    await story.turn_on(flow)
    ada = await story.contact(city="Rome")
    await story.rest()
    await story.update("contacts", ada, city="Oslo")
    await story.archive("contacts", ada)
    await story.rest()
    assert await story.kinds(flow, ada) == []
    assert await story.verify() == []
