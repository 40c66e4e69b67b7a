"""Steps clear properties, and increase or decrease numbers."""

from typing import Any

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


def clear(id: str, name: str) -> dict[str, Any]:
    return step(id, "penstock-clear-property", {"property_name": name})


def increase(id: str, name: str, amount: str, **fields: Any) -> dict[str, Any]:
    return step(id, "0-261589386", {"property_name": name, "amount": amount, **fields})


async def test_a_property_is_emptied_for_everybody(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [clear("1", "city")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Lund")
    bo = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert "city" not in (await story.record("contacts", ada)).properties
    for record in (ada, bo):
        assert await story.kinds(flow, record) == ["enrolled", "succeeded", "finished"]


async def test_a_number_goes_up_and_down_and_no_value_counts_as_nothing(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            increase("1", "num_notes", "5"),
            increase("2", "num_notes", "0.5", operation="DECREASE"),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", num_notes="40")
    bo = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert float((await story.record("contacts", ada)).properties["num_notes"]) == 44.5
    assert float((await story.record("contacts", bo)).properties["num_notes"]) == 4.5


async def test_what_is_no_number_or_read_only_keeps_the_workflow_off(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [increase("1", "city", "1"), clear("2", "hs_object_id"), clear("3", "nothing")]
    )
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, flow)
    assert [problem.code for problem in problems] == [
        "NO_NUMBER", "READ_ONLY_VALUE", "PROPERTY_DOESNT_EXIST",
    ]  # fmt: skip
