"""Who enrols in a workflow leaves others, where it says so (semantics §5.2, decision 20)."""

from typing import Any

import pytest

from penstock.workflows.errors import WorkflowIncomplete
from tests.story import Story, all_of, delay, equals, when

OSLO = when(all_of(equals("city", "Oslo")))
ACME = when(all_of(equals("company", "Acme")))


def leaving(*flows: Any) -> dict[str, Any]:
    if not flows:
        return {"type": "ALL", "flowIds": []}
    return {"type": "SELECTIVE", "flowIds": [str(flow.id) for flow in flows]}


async def test_it_leaves_the_workflows_that_are_named_and_no_others(story: Story) -> None:
    named = await story.workflow(OSLO, [delay("1", 60)])
    other = await story.workflow(OSLO, [delay("1", 60)])
    flow = await story.workflow(
        when(all_of(equals("company", "Acme"))),
        [delay("1", 60)],
        unEnrollmentSetting=leaving(named),
    )
    for each in (named, other, flow):
        await story.turn_on(each)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await story.update("contacts", ada, company="Acme")
    await story.rest()
    assert await story.kinds(named, ada) == ["enrolled", "waiting", "unenrolled"]
    assert await story.kinds(other, ada) == ["enrolled", "waiting"]
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
    (row,) = await story.query("SELECT reason FROM enrollments WHERE ended_at IS NOT NULL")
    assert row.reason == "other_workflow"
    assert await story.verify() == []


async def test_it_leaves_all_others_also_where_its_time_has_come(story: Story) -> None:
    first = await story.workflow(OSLO, [delay("1", 60)])
    flow = await story.workflow(ACME, [delay("1", 60)], unEnrollmentSetting=leaving())
    await story.turn_on(first)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    story.clock.forward(minutes=60)
    await story.update("contacts", ada, company="Acme")
    await story.rest()
    assert await story.kinds(first, ada) == ["enrolled", "waiting", "unenrolled"]
    assert await story.verify() == []


async def test_of_two_that_remove_each_other_the_later_wins(story: Story) -> None:
    first = await story.workflow(OSLO, [delay("1", 60)], unEnrollmentSetting=leaving())
    second = await story.workflow(OSLO, [delay("1", 60)], unEnrollmentSetting=leaving())
    await story.turn_on(first)
    await story.turn_on(second)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(first, ada) == ["enrolled", "unenrolled"]
    assert await story.kinds(second, ada) == ["enrolled", "waiting"]
    assert await story.verify() == []


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("4711", "there is no workflow 4711"),
        ("Welcome", '"Welcome" is not an id: it is a number'),
    ],
)
async def test_what_is_no_workflow_stops_turning_on(story: Story, id: str, said: str) -> None:
    setting = {"type": "SELECTIVE", "flowIds": [id]}
    flow = await story.workflow(OSLO, [delay("1", 60)], unEnrollmentSetting=setting)
    with pytest.raises(WorkflowIncomplete) as refused:
        await story.turn_on(flow)
    (problem,) = refused.value.problems
    assert problem.where == "$.unEnrollmentSetting.flowIds[0]"
    assert str(problem.text) == said
