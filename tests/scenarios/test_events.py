"""Enrollment by events: each occurrence counts, not a level (semantics §2.6)."""

from typing import Any

from tests.story import Story, all_of, any_of, associated, both, equals, occurs, set_property, when

NOTE = [set_property("1", "hs_lead_status", "NEW")]


def changed(name: str, *filters: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return (equals("hs_name", name), *filters)


async def times(story: Story, flow: Any, record: int) -> int:
    return (await story.kinds(flow, record)).count("enrolled")


async def test_each_visit_of_the_page_enrols(story: Story) -> None:
    flow = await story.workflow(occurs("4-96000", equals("hs_page_url", "/pricing")), NOTE)
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {}, {})
    await story.happen("4-96000", bo, hs_page_url="/")
    for _ in range(2):
        await story.happen("4-96000", ada, hs_page_url="/pricing")
        await story.rest()
    assert await times(story, flow, ada) == 2
    assert await times(story, flow, bo) == 0


async def test_what_happened_before_the_workflow_was_on_enrols_nobody(story: Story) -> None:
    flow = await story.workflow(occurs("4-96000"), NOTE)
    ada = await story.contact()
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    await story.turn_on(flow, existing=True)
    assert await times(story, flow, ada) == 0


async def test_a_value_that_changes_enrols_with_its_new_value(story: Story) -> None:
    trigger = occurs("4-655002", *changed("dealstage", any_of("hs_value", "closedwon")))
    condition = all_of(
        {
            "filterType": "PROPERTY",
            "property": "amount",
            "operation": {
                "operationType": "NUMBER",
                "operator": "IS_GREATER_THAN",
                "value": 1000,
                "includeObjectsWithNoValueSet": False,
            },
        }
    )
    flow = await story.workflow(
        {**trigger, "refinementCriteria": condition},
        [set_property("1", "description", "won")],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
    )
    await story.turn_on(flow)
    big, small = await story.create(
        "deals", {"dealname": "Big", "amount": "5000"}, {"dealname": "Small", "amount": "5"}
    )
    for deal in (big, small):
        await story.update("deals", deal, dealstage="presentationscheduled")
    await story.rest()
    assert await times(story, flow, big) == 0
    for deal in (big, small):
        await story.update("deals", deal, dealstage="closedwon")
    await story.rest()
    assert await times(story, flow, big) == 1
    assert await times(story, flow, small) == 0


async def test_a_change_that_came_and_went_between_two_turns_still_counts(story: Story) -> None:
    flow = await story.workflow(
        occurs("4-655002", *changed("city", equals("hs_value", "Oslo"))), NOTE
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Rome")
    await story.rest()
    await story.update("contacts", ada, city="Oslo")
    await story.update("contacts", ada, city="Rome")
    await story.rest()
    assert await times(story, flow, ada) == 1


async def test_the_same_value_written_again_is_no_event(story: Story) -> None:
    flow = await story.workflow(occurs("4-655002", *changed("city")), NOTE)
    await story.turn_on(flow)
    ada = await story.contact()
    for city in ("Oslo", "Oslo"):
        await story.update("contacts", ada, city=city)
        await story.rest()
    assert await times(story, flow, ada) == 1


async def test_a_new_record_enrols(story: Story) -> None:
    flow = await story.workflow(occurs("4-1463224"), NOTE)
    old = await story.contact()
    await story.rest()
    await story.turn_on(flow)
    new = await story.contact()
    await story.rest()
    assert await times(story, flow, old) == 0
    assert await times(story, flow, new) == 1


async def test_without_the_switch_the_second_event_is_refused(story: Story) -> None:
    flow = await story.workflow(occurs("4-96000", shouldReEnroll=False), NOTE)
    await story.turn_on(flow)
    ada = await story.contact()
    for _ in range(2):
        await story.happen("4-96000", ada, hs_page_url="/")
        await story.rest()
    assert await times(story, flow, ada) == 1
    assert "refused" in await story.kinds(flow, ada)


async def test_a_changed_value_chosen_for_re_enrollment_enrols_again(story: Story) -> None:
    (branch,) = occurs("4-655002", *changed("city", equals("hs_value", "Oslo")))[
        "eventFilterBranches"
    ]
    flow = await story.workflow(
        when(
            all_of(any_of("lifecyclestage", "lead")),
            shouldReEnroll=True,
            reEnrollmentTriggersFilterBranches=[branch],
        ),
        NOTE,
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Oslo")
    bo = await story.contact(lifecyclestage="customer", city="Rome")
    await story.rest()
    for id in (ada, bo):
        for city in ("Rome", "Oslo"):
            await story.update("contacts", id, city=city)
            await story.rest()
    assert await times(story, flow, ada) == 2
    assert await times(story, flow, bo) == 0


async def test_filters_ask_for_changes_of_value_as_for_other_events(story: Story) -> None:
    """Also of the record at the other end of an association."""
    (moved,) = occurs("4-655002", *changed("city", equals("hs_value", "Oslo")))[
        "eventFilterBranches"
    ]
    document = both({**associated("0-2", 279), "filterBranches": [moved]})
    flow = await story.workflow(when(document), NOTE)
    await story.turn_on(flow)
    (acme,) = await story.create("companies", {"city": "Rome"})
    ada = await story.contact()
    await story.associate(ada, acme, 279)
    await story.rest()
    assert await times(story, flow, ada) == 0
    await story.update("companies", acme, city="Oslo")
    await story.update("companies", acme, city="Rome")
    await story.rest()
    assert await times(story, flow, ada) == 1
