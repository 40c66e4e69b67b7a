"""Causation: what led to what, how deep that may go, and what begins anew (semantics 9, 16)."""

import pytest

from tests.story import Story, all_of, delay, equals, property_is, set_property, when


async def ring(story: Story, *pauses: tuple[int, str]) -> list[int]:
    """Three workflows that set each other off for ever, and who runs through them."""
    cities = ["Oslo", "Rome", "Lund"]
    for number, city in enumerate(cities):
        steps = [set_property("9", "city", cities[(number + 1) % 3])]
        if pauses:
            steps = [delay("1", *pauses[number % len(pauses)]), *steps]
        flow = await story.workflow(
            when(all_of(equals("city", city)), shouldReEnroll=True), steps, name=city
        )
        await story.turn_on(flow)
    return [await story.contact(city="Oslo")]


async def depths(story: Story) -> list[int]:
    rows = await story.query("SELECT depth FROM enrollments ORDER BY id")
    return [row.depth for row in rows]


async def refused(story: Story) -> list[str]:
    rows = await story.query(
        "SELECT detail ->> 'reason' AS reason FROM journal WHERE kind = 'refused'"
    )
    return [row.reason for row in rows]


async def test_a_ring_is_cut_after_twenty_hops_and_the_last_write_counts(story: Story) -> None:
    (ada,) = await ring(story)
    await story.rest()
    assert await depths(story) == list(range(21))
    assert await refused(story) == ["too_deep"]
    # The change that was one too deep is applied all the same.
    assert (await story.record("contacts", ada)).properties["city"] == "Oslo"
    assert await story.verify() == []


async def test_short_waits_do_not_hide_a_ring(story: Story) -> None:
    await ring(story, (59, "MINUTES"))
    await story.rest()
    for _ in range(30):
        await story.pass_time(minutes=59)
    assert await depths(story) == list(range(21))
    assert await refused(story) == ["too_deep"]


@pytest.mark.parametrize("pause", [(60, "MINUTES"), (1, "DAYS")])
async def test_after_a_wait_of_an_hour_it_is_no_ring(story: Story, pause: tuple[int, str]) -> None:
    await ring(story, pause)
    await story.rest()
    for _ in range(30):
        await story.pass_time(days=1)
    found = await depths(story)
    assert len(found) == 31
    assert max(found) <= 1
    assert await refused(story) == []


async def test_what_somebody_else_writes_meanwhile_is_not_caused_by_it(story: Story) -> None:
    (ada,) = await ring(story)
    await story.rest()
    await story.update("contacts", ada, city="Rome")
    await story.rest()
    assert (await depths(story))[21:] == list(range(21))


async def test_the_deepest_of_several_changes_counts(story: Story) -> None:
    """In one turn, beside a write of the workflow's own, a person's write hides nothing."""
    first = await story.workflow(
        when(all_of(equals("city", "Oslo"))), [set_property("1", "state", "Viken")]
    )
    second = await story.workflow(
        when(all_of(property_is("state", "ALL_PROPERTY", "IS_KNOWN"))),
        [set_property("1", "hs_lead_status", "NEW")],
    )
    for flow in (first, second):
        await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.worker.turn_one(ada & 63)
    await story.update("contacts", ada, firstname="Ada")
    await story.rest()
    rows = await story.query("SELECT depth FROM enrollments WHERE workflow_id = %s", second.id)
    assert [row.depth for row in rows] == [1]
