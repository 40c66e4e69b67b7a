"""F11: workflows that set each other off are warned of when saved, and cut when run."""

from typing import Any

import pytest

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, equals, set_property, step, when

STATUSES = ("NEW", "OPEN", "IN_PROGRESS", "CONNECTED")


def again(document: dict[str, Any]) -> dict[str, Any]:
    return when(document, shouldReEnroll=True)


async def ring(story: Story, count: int) -> list[Any]:
    """Workflows of which each writes what lets records into the next, and the last into the first.

    One alone writes back and forth what it listens to.
    """
    flows = []
    for n in range(count):
        onward = STATUSES[(n + 1) % count]
        actions = [set_property("1", "hs_lead_status", onward)]
        if count == 1:
            actions = [
                set_property("1", "hs_lead_status", "OPEN"),
                set_property("2", "hs_lead_status", "NEW"),
            ]
        trigger = again(all_of(any_of("hs_lead_status", STATUSES[n])))
        if count == 1:
            event = {
                "filterBranchType": "UNIFIED_EVENTS",
                "filterBranchOperator": "AND",
                "eventTypeId": "4-655002",
                "operator": "HAS_COMPLETED",
                "filterBranches": [],
                "filters": [equals("hs_name", "hs_lead_status")],
            }
            trigger = {
                "type": "EVENT_BASED",
                "shouldReEnroll": True,
                "listMembershipFilterBranches": [],
                "eventFilterBranches": [event],
            }
        flows.append(await story.workflow(trigger, actions, name=f"Flow {n}"))
    for flow in flows:
        await story.turn_on(flow)
    return flows


async def warned(story: Story, flow: Any) -> list[str]:
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        current = await workflows.read_one(conn, flow.id)
        checked = await workflows.review(conn, schema, current)
    return [str(each.text) for each in checked.warnings if each.code == "WORKFLOW_LOOP"]


@pytest.mark.parametrize("count", [1, 2, 4])
async def test_a_loop_is_warned_of_and_cut_with_an_explanation(story: Story, count: int) -> None:
    flows = await ring(story, count)
    names = [f"Flow {n}" for n in range(count)]
    (warning,) = await warned(story, flows[0])
    assert warning.endswith(": " + " → ".join([*names, names[0]]))
    ada = await story.contact(hs_lead_status="NEW")
    if count == 1:
        await story.update("contacts", ada, hs_lead_status="CONNECTED")
    await story.rest()
    refusals = await story.query(
        "SELECT 1 FROM journal WHERE record_id = %s AND kind = 'refused'"
        " AND detail ->> 'reason' = 'too_deep'",
        ada,
    )
    assert refusals
    (row,) = await story.query("SELECT count(*) AS n FROM enrollments WHERE record_id = %s", ada)
    assert 1 < row.n <= 22
    assert await story.verify() == []


async def test_what_comes_but_once_or_writes_something_else_is_no_loop(story: Story) -> None:
    once = await story.workflow(
        when(all_of(any_of("hs_lead_status", "NEW"))), [set_property("1", "hs_lead_status", "OPEN")]
    )
    other = await story.workflow(
        again(all_of(any_of("hs_lead_status", "OPEN"))), [set_property("1", "city", "Lund")]
    )
    await story.turn_on(once)
    await story.turn_on(other)
    assert await warned(story, once) == []
    assert await warned(story, other) == []


async def test_workflows_that_enrol_each_other_are_a_loop_too(story: Story) -> None:
    manual = {"type": "MANUAL", "shouldReEnroll": True}
    first = await story.workflow(manual, [set_property("1", "city", "Lund")], name="First")
    second = await story.workflow(
        manual, [step("1", "0-15", {"flow_id": str(first.id)})], name="Second"
    )
    await story.turn_on(first)
    await story.turn_on(second)
    first = await story.save(first, [step("2", "0-15", {"flow_id": str(second.id)})])
    assert await warned(story, first) == [
        "these workflows can set each other off without end: First → Second → First"
    ]
