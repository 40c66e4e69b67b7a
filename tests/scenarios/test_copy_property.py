"""Values are copied between properties, also across associations."""

from typing import Any

import pytest

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
COMPANY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}


def copy(id: str, source: str, target: str, **fields: Any) -> dict[str, Any]:
    return step(id, "0-25", {"source_property": source, "target_property": target, **fields})


async def test_a_value_is_copied_within_the_record_and_so_is_none(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [copy("1", "city", "jobtitle", target_object="{{ enrolled_object }}")]
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Lund", jobtitle="Chief")
    bo = await story.contact(lifecyclestage="lead", jobtitle="Chief")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["jobtitle"] == "Lund"
    assert "jobtitle" not in (await story.record("contacts", bo)).properties


async def test_a_value_comes_from_an_associated_record_in_another_bucket(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [copy("1", "name", "jobtitle", source_association=COMPANY)]
    )
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Lund"}, {"city": "Lund"})
    (acme,) = await story.create("companies", {"name": "Acme"})
    await story.associate(ada, acme, 279)
    for contact in (ada, bo):
        await story.update("contacts", contact, lifecyclestage="lead")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["jobtitle"] == "Acme"
    assert await story.told(flow, bo) == [
        "Enrolled",
        "Skipped: there is no associated record to copy from",
        "Finished the workflow",
    ]
    assert await story.verify() == []


async def test_a_value_goes_to_associated_records_before_the_next_step(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            copy("1", "city", "city", target_association=COMPANY),
            copy("2", "city", "jobtitle", source_association=COMPANY),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Lund")
    (acme,) = await story.create("companies", {"name": "Acme", "city": "Oslo"})
    await story.associate(ada, acme, 279)
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    assert (await story.record("companies", acme)).properties["city"] == "Lund"
    assert (await story.record("contacts", ada)).properties["jobtitle"] == "Lund"
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_an_option_that_the_target_does_not_have_fails_that_record(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [copy("1", "city", "hs_lead_status"), set_property("2", "jobtitle", "Chief")]
    )
    await story.turn_on(flow)
    fits = await story.contact(lifecyclestage="lead", city="OPEN")
    other = await story.contact(lifecyclestage="lead", city="Lund")
    await story.rest()
    assert (await story.record("contacts", fits)).properties["hs_lead_status"] == "OPEN"
    assert await story.kinds(flow, other) == ["enrolled", "failed", "succeeded", "finished"]


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        ("city", "num_notes", "INCOMPATIBLE_TYPES"),
        ("closedate", "jobtitle", None),
        ("num_notes", "jobtitle", None),
        ("num_notes", "closedate", "INCOMPATIBLE_TYPES"),
        ("nothing", "jobtitle", "PROPERTY_DOESNT_EXIST"),
        ("city", "hs_object_id", "READ_ONLY_VALUE"),
    ],
)
async def test_what_does_not_go_together_keeps_the_workflow_off(
    story: Story, source: str, target: str, code: str | None
) -> None:
    flow = await story.workflow(when(LEADS), [copy("1", source, target)])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, flow)
    assert [problem.code for problem in problems] == ([] if code is None else [code])
