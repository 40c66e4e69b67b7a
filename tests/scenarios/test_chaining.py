"""Workflows that enrol in one another."""

from penstock.workflows import store as workflows
from tests.story import Story, all_of, equals, set_property, step, when

OSLO = all_of(equals("city", "Oslo"))


async def test_one_workflow_enrols_in_another_whose_triggers_do_not_matter(story: Story) -> None:
    second = await story.workflow(
        when(all_of(equals("city", "Rome"))), [set_property("1", "hs_lead_status", "NEW")]
    )
    first = await story.workflow(when(OSLO), [step("1", "0-15", {"flow_id": str(second.id)})])
    await story.turn_on(second)
    await story.turn_on(first)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(first, ada) == ["enrolled", "succeeded", "finished"]
    assert await story.kinds(second, ada) == ["enrolled", "succeeded", "finished"]
    rows = await story.query("SELECT source FROM enrollments WHERE workflow_id = %s", second.id)
    assert [row.source for row in rows] == [f"workflow:{first.id}"]


async def test_a_workflow_that_is_off_refuses_with_the_reason(story: Story) -> None:
    second = await story.workflow(None, [set_property("1", "hs_lead_status", "NEW")])
    first = await story.workflow(when(OSLO), [step("1", "0-15", {"flow_id": str(second.id)})])
    await story.turn_on(first)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(first, ada) == ["enrolled", "failed", "finished"]


async def test_workflows_that_enrol_in_each_other_are_cut(story: Story) -> None:
    again = {"type": "MANUAL", "shouldReEnroll": True}
    first = await story.workflow(again, [])
    second = await story.workflow(again, [step("1", "0-15", {"flow_id": str(first.id)})])
    schema = await story.house.schema()
    body = {
        **first.document.raw,
        "revisionId": str(first.revision),
        "isEnabled": False,
        "actions": [step("1", "0-15", {"flow_id": str(second.id)})],
        "startActionId": "1",
    }
    async with story.house.database.unit() as conn:
        first = await workflows.replace(conn, schema, first.id, body, "story", story.now)
    enter = await story.workflow(when(OSLO), [step("1", "0-15", {"flow_id": str(first.id)})])
    for flow in (second, first, enter):
        await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    times = (await story.kinds(first, ada)).count("enrolled")
    assert 5 <= times <= 11
    rows = await story.query(
        "SELECT detail ->> 'reason' AS reason FROM journal WHERE kind = 'refused'"
    )
    assert [row.reason for row in rows] == ["too_deep"]


async def test_a_workflow_that_does_not_exist_is_named(story: Story) -> None:
    flow = await story.workflow(when(OSLO), [step("1", "0-15", {"flow_id": "999"})])
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, schema, flow)
    assert [(str(each.text), each.where) for each in problems] == [
        ("there is no workflow 999", "$.actions[0].fields.flow_id")
    ]
