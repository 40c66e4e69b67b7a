"""Who enrols once more (semantics §2.7)."""

from typing import Any

import pytest

from penstock.workflows.errors import WorkflowIncomplete
from tests.story import (
    Story,
    all_of,
    any_of,
    associated,
    both,
    equals,
    property_is,
    set_property,
    when,
)

NOTE = [set_property("1", "hs_lead_status", "NEW")]
LEADS = any_of("lifecyclestage", "lead")
IN_OSLO = equals("city", "Oslo")


def only(*filters: dict[str, Any]) -> dict[str, Any]:
    return {"filterBranchType": "AND", "filterBranchOperator": "AND", "filters": list(filters)}


def again(*branches: dict[str, Any]) -> dict[str, Any]:
    return {"shouldReEnroll": True, "reEnrollmentTriggersFilterBranches": list(branches)}


async def times(story: Story, flow: Any, record: int) -> int:
    return (await story.kinds(flow, record)).count("enrolled")


async def test_a_chosen_trigger_enrols_again_when_it_becomes_true_once_more(story: Story) -> None:
    flow = await story.workflow(when(all_of(LEADS, IN_OSLO), **again(only(IN_OSLO))), NOTE)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Oslo")
    await story.rest()
    assert await times(story, flow, ada) == 1
    for city in ("Rome", "Oslo"):
        await story.update("contacts", ada, city=city)
        await story.rest()
    assert await times(story, flow, ada) == 2


async def test_a_trigger_that_was_not_chosen_enrols_the_first_time_alone(story: Story) -> None:
    flow = await story.workflow(when(all_of(LEADS, IN_OSLO), **again(only(IN_OSLO))), NOTE)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Oslo")
    await story.rest()
    for stage in ("customer", "lead"):
        await story.update("contacts", ada, lifecyclestage=stage)
        await story.rest()
    assert await times(story, flow, ada) == 1


async def test_the_whole_trigger_must_be_true_at_that_time(story: Story) -> None:
    flow = await story.workflow(when(all_of(LEADS, IN_OSLO), **again(only(IN_OSLO))), NOTE)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Oslo")
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="customer", city="Rome")
    await story.rest()
    await story.update("contacts", ada, city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]


async def test_without_a_switch_nobody_enrols_again(story: Story) -> None:
    flow = await story.workflow(when(all_of(IN_OSLO)), NOTE)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    for city in ("Rome", "Oslo"):
        await story.update("contacts", ada, city=city)
        await story.rest()
    assert await times(story, flow, ada) == 1
    assert "refused" in await story.kinds(flow, ada)


async def test_is_known_fires_for_every_new_value(story: Story) -> None:
    known = property_is("city", "ALL_PROPERTY", "IS_KNOWN")
    flow = await story.workflow(when(all_of(known), **again(only(known))), NOTE)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await story.update("contacts", ada, city="Rome")
    await story.rest()
    assert await times(story, flow, ada) == 2
    await story.update("contacts", ada, city="Rome")
    await story.update("contacts", ada, firstname="Ada")
    await story.update("contacts", ada, city="")
    await story.rest()
    assert await times(story, flow, ada) == 2


async def test_every_event_counts_anew_and_refinements_do_not(story: Story) -> None:
    visited = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "eventTypeId": "4-96000",
        "operator": "HAS_COMPLETED",
        "filters": [equals("hs_page_url", "/pricing")],
        "coalescingRefineBy": {"type": "NUM_OCCURRENCES", "maxOccurrences": 5},
    }
    flow = await story.workflow(when(both(visited), **again(visited)), NOTE)
    await story.turn_on(flow)
    ada = await story.contact()
    for _ in range(3):
        await story.happen("4-96000", ada, hs_page_url="/pricing")
        await story.rest()
    assert await times(story, flow, ada) == 3


async def test_what_is_not_eligible_keeps_the_workflow_off_and_says_why(story: Story) -> None:
    unknown = property_is("city", "ALL_PROPERTY", "IS_UNKNOWN")
    elsewhere = associated("0-2", 279, IN_OSLO)
    recently = property_is(
        "createdate", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", numberOfDays=3
    )
    negated = {**only(IN_OSLO), "filterBranchType": "NOT_ALL", "filterBranchOperator": "NOT_ALL"}
    joined = associated("0-2", 279)
    criteria = when(
        both(only(unknown, IN_OSLO, recently), elsewhere),
        **again(only(unknown, IN_OSLO, recently), elsewhere, negated, joined),
    )
    flow = await story.workflow(criteria, NOTE)
    with pytest.raises(WorkflowIncomplete) as refused:
        await story.turn_on(flow)
    where = "$.enrollmentCriteria.reEnrollmentTriggersFilterBranches"
    found = [
        (problem.where, str(problem.text).split(" cannot")[0])
        for problem in refused.value.problems
        if problem.code == "RE_ENROLLMENT_NOT_ELIGIBLE"
    ]
    assert found == [
        (f"{where}[0].filters[0].operation.operator", "what says that something is not so"),
        (f"{where}[0].filters[2].operation.operator", "what time alone makes true"),
        (f"{where}[1].filters[0].property", "properties of associated records"),
        (f"{where}[2].filterBranchType", "what says that something is not so"),
    ]
