"""Refusals are told of those who matched, each with its reason (semantics 18)."""

from typing import Any

import pytest

from penstock.engine import requests
from tests.story import Story, all_of, any_of, delay, equals, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
OSLO = all_of(equals("city", "Oslo"))
STEPS = [delay("1", 60), set_property("2", "hs_lead_status", "NEW")]


async def refusals(story: Story) -> list[tuple[int, str]]:
    rows = await story.query(
        "SELECT record_id, detail ->> 'reason' AS reason FROM journal WHERE kind = 'refused'"
        " ORDER BY at, record_id"
    )
    return [(row.record_id, row.reason) for row in rows]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ({"goalFilterBranch": OSLO}, "goal_met"),
        ({"suppressionFilterBranch": OSLO}, "unenrollment_trigger"),
    ],
)
async def test_of_those_who_match_the_refused_are_told_and_of_others_nothing(
    story: Story, rest: dict[str, Any], reason: str
) -> None:
    flow = await story.workflow(when(LEADS), STEPS, **rest)
    await story.turn_on(flow)
    lead, _other, free = await story.create(
        "contacts",
        {"lifecyclestage": "lead", "city": "Oslo"},
        {"lifecyclestage": "customer", "city": "Oslo"},
        {"lifecyclestage": "lead", "city": "Rome"},
    )
    await story.rest()
    assert await refusals(story) == [(lead, reason)]
    assert await story.counts(flow) == {"enrolled": 1, "active": 1, "refused": 1}
    assert (await story.kinds(flow, free))[0] == "enrolled"


async def test_who_is_in_and_who_has_been_through(story: Story) -> None:
    flow = await story.workflow(when(LEADS), STEPS)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    for _ in range(2):
        for stage in ("customer", "lead"):
            await story.update("contacts", ada, lifecyclestage=stage)
            await story.rest()
        await story.pass_time(hours=2)
    assert await refusals(story) == [(ada, "already_active"), (ada, "not_eligible_again")]
    assert await story.counts(flow) == {"enrolled": 1, "finished": 1, "refused": 2}


async def test_who_was_chosen_by_hand_is_told_too(story: Story) -> None:
    flow = await story.workflow(when(LEADS), STEPS, suppressionFilterBranch=OSLO)
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Oslo"}, {})
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await requests.enroll(conn, schema, flow, [ada, bo], "user:1", story.write)
    await story.rest()
    assert await refusals(story) == [(ada, "unenrollment_trigger")]
    assert await story.kinds(flow, bo) == ["enrolled", "waiting"]
