"""Waiting for an event: what comes afterwards counts, or the time runs out (semantics §3.1)."""

from typing import Any

from tests.story import Story, all_of, equals, set_property, step, to, when

OSLO = when(all_of(equals("city", "Oslo")))
NOTE = set_property("2", "hs_lead_status", "NEW")


def occurrence(type: str, *filters: dict[str, Any]) -> dict[str, Any]:
    return {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "eventTypeId": type,
        "operator": "HAS_COMPLETED",
        "filterBranches": [],
        "filters": list(filters),
    }


PRICING = occurrence("4-96000", equals("hs_page_url", "/pricing"))
MARRIED = occurrence("4-655002", equals("hs_name", "lastname"))


def wait(*events: dict[str, Any], minutes: int | None = 60) -> dict[str, Any]:
    fields: dict[str, Any] = {"event_filter_branches": list(events)}
    if minutes is not None:
        fields["expiration_minutes"] = minutes
    return step("1", "0-29", fields)


async def met(story: Story, record: int) -> list[str]:
    rows = await story.query(
        "SELECT detail ->> 'hs_event_criteria_met' AS met FROM journal"
        " WHERE record_id = %s AND step = '1' AND kind = 'succeeded'",
        record,
    )
    return [row.met for row in rows]


async def test_the_event_leads_on_and_the_time_that_was_set_does_nothing_more(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING), NOTE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    await story.happen("4-96000", ada, hs_page_url="/")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    ended = ["enrolled", "awaiting", "succeeded", "succeeded", "finished"]
    assert await story.kinds(flow, ada) == ended
    assert await met(story, ada) == ["true"]
    assert await story.query("SELECT 1 FROM waits UNION ALL SELECT 1 FROM timers") == []
    await story.pass_time(hours=2)
    assert await story.kinds(flow, ada) == ended


async def test_without_the_event_the_time_leads_on(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING), NOTE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await story.pass_time(hours=2)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await met(story, ada) == ["false"]
    assert await story.query("SELECT 1 FROM waits") == []


async def test_what_happened_before_the_step_does_not_count(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING), NOTE])
    await story.turn_on(flow)
    ada = await story.contact()
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.update("contacts", ada, city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]


async def test_it_may_wait_for_ever_and_for_any_of_several(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING, MARRIED, minutes=None), NOTE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.pass_time(days=400)
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    assert await story.verify() == []
    await story.update("contacts", ada, lastname="Lovelace")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_the_workflows_own_step_before_it_does_not_end_the_wait(story: Story) -> None:
    own = [
        set_property("0", "lastname", "Byron"),
        wait(MARRIED, minutes=None),
        NOTE,
    ]
    flow = await story.workflow(OSLO, own)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "awaiting"]


async def test_who_leaves_the_workflow_waits_no_more(story: Story) -> None:
    flow = await story.workflow(
        OSLO, [wait(PRICING), NOTE], goalFilterBranch=all_of(equals("city", "Rome"))
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await story.update("contacts", ada, city="Rome")
    await story.rest()
    assert await story.query("SELECT 1 FROM waits") == []
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "goal_met"


async def test_many_waits_and_many_events_meet_each_their_own(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING), NOTE])
    await story.turn_on(flow)
    people = await story.create("contacts", *([{"city": "Oslo"}] * 300))
    await story.rest()
    for person in people[::3]:
        await story.happen("4-96000", person, hs_page_url="/pricing")
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 300, "active": 200, "finished": 100}
    await story.pass_time(hours=2)
    assert await story.counts(flow) == {"enrolled": 300, "finished": 300}
    assert await story.verify() == []


async def test_a_branch_reads_whether_the_event_came(story: Story) -> None:
    read = {
        "type": "STATIC_BRANCH",
        "actionId": "2",
        "inputValue": {
            "type": "FIELD_DATA",
            "actionId": "1",
            "dataKey": "hs_event_criteria_met",
        },
        "staticBranches": [{"branchValue": "true", "connection": to("3")}],
        "defaultBranch": to("4"),
    }
    flow = await story.workflow(
        OSLO,
        [
            {**wait(PRICING), "connection": to("2")},
            read,
            set_property("3", "hs_lead_status", "CONNECTED", connection=None),
            set_property("4", "hs_lead_status", "UNQUALIFIED", connection=None),
        ],
    )
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Oslo"}, {"city": "Oslo"})
    await story.rest()
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    await story.pass_time(hours=2)
    found = [(await story.record("contacts", id)).properties["hs_lead_status"] for id in (ada, bo)]
    assert found == ["CONNECTED", "UNQUALIFIED"]
