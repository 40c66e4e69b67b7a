"""Steps take records out of workflows."""

from typing import Any

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, delay, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
CALLED = all_of(any_of("hs_lead_status", "NEW"))


def leave(id: str, which: str, **fields: Any) -> dict[str, Any]:
    return step(id, "penstock-unenroll", {"which": which, **fields})


async def test_the_records_leave_chosen_workflows_whatever_they_wait_for(story: Story) -> None:
    nurture = await story.workflow(when(LEADS), [delay("1", 60), set_property("2", "city", "Lund")])
    other = await story.workflow(when(LEADS), [delay("1", 60)], name="Other")
    calling = await story.workflow(
        when(CALLED), [leave("1", "SELECTED", flow_ids=[str(nurture.id)])], name="Calling"
    )
    for flow in (nurture, other, calling):
        await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.update("contacts", ada, hs_lead_status="NEW")
    await story.rest()
    assert await story.kinds(nurture, ada) == ["enrolled", "waiting", "unenrolled"]
    assert await story.kinds(other, ada) == ["enrolled", "waiting"]
    await story.pass_time(hours=2)
    assert "city" not in (await story.record("contacts", ada)).properties
    assert await story.verify() == []


async def test_the_records_leave_all_other_workflows_and_go_on_here(story: Story) -> None:
    first = await story.workflow(when(LEADS), [delay("1", 60)])
    second = await story.workflow(when(LEADS), [delay("1", 60)], name="Second")
    calling = await story.workflow(
        when(CALLED), [leave("1", "OTHERS"), delay("2", 5), set_property("3", "city", "Lund")]
    )
    for flow in (first, second, calling):
        await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.update("contacts", ada, hs_lead_status="NEW")
    await story.rest()
    assert [(await story.counts(flow)) for flow in (first, second)] == [
        {"enrolled": 1, "unenrolled": 1},
        {"enrolled": 1, "unenrolled": 1},
    ]
    await story.pass_time(minutes=5)
    assert (await story.record("contacts", ada)).properties["city"] == "Lund"
    assert await story.verify() == []


async def test_a_record_may_leave_this_workflow_by_its_own_step(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [leave("1", "THIS")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.told(flow, ada) == [
        "Enrolled", "Done", "Unenrolled: a step of the workflow removed it",
    ]  # fmt: skip
    assert await story.counts(flow) == {"enrolled": 1, "unenrolled": 1}
    assert await story.verify() == []


async def test_nothing_can_follow_once_the_record_has_left(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [leave("1", "THIS"), delay("2", 5)])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, flow)
    assert [problem.code for problem in problems] == ["NOT_LAST"]
