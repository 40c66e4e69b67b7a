"""Records are created beside the enrolled ones."""

from typing import Any

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, equals, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
ENROLLED = {
    "target": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 16},
    "value": {"type": "ENROLLED_OBJECT"},
}


def create(id: str, type: str, properties: dict[str, Any], **fields: Any) -> dict[str, Any]:
    given = [
        {
            "targetProperty": name,
            "value": value
            if isinstance(value, dict)
            else {"type": "STATIC_VALUE", "staticValue": value},
        }
        for name, value in properties.items()
    ]
    return step(id, "0-14", {"object_type_id": type, "properties": given, **fields})


TICKET = {"hs_pipeline": "0", "hs_pipeline_stage": "1"}


async def test_a_record_is_created_with_values_from_everywhere_and_read_later(
    story: Story,
) -> None:
    owner = {"type": "OBJECT_PROPERTY", "propertyName": "city"}
    made = {
        "type": "ACTION_OUTPUT_OBJECT_PROPERTY",
        "actionOutputPropertyToken": "{{ action_outputs.action_output_1.subject }}",
    }
    flow = await story.workflow(
        when(LEADS),
        [
            create(
                "1",
                "0-5",
                {
                    **TICKET,
                    "subject": "Onboard {{ enrolled_object.firstname }}",
                    "content": owner,
                },
                associations=[ENROLLED],
                use_explicit_associations="true",
            ),
            set_property("2", "jobtitle", made),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", firstname="Ada", city="Lund")
    await story.rest()
    (ticket,) = await story.query("SELECT id, properties FROM records WHERE type = '0-5'")
    assert ticket.properties["subject"] == "Onboard Ada"
    assert ticket.properties["content"] == "Lund"
    edges = await story.query("SELECT from_id, type_id, to_id FROM associations")
    assert (ticket.id, 16, ada) in [tuple(edge) for edge in edges]
    assert (await story.record("contacts", ada)).properties["jobtitle"] == "Onboard Ada"
    assert await story.verify() == []


async def test_associations_of_the_enrolled_record_are_copied(story: Story) -> None:
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    to_company = {
        "target": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 339},
        "value": {"type": "COPY_ASSOCIATION", "sourceSpec": spec},
    }
    flow = await story.workflow(
        when(LEADS),
        [create("1", "0-5", {**TICKET, "subject": "Help"}, associations=[ENROLLED, to_company])],
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Lund")
    (acme,) = await story.create("companies", {"name": "Acme"})
    await story.associate(ada, acme, 279)
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    (ticket,) = await story.query("SELECT id FROM records WHERE type = '0-5'")
    edges = {
        (edge.from_id, edge.to_id)
        for edge in await story.query("SELECT from_id, to_id FROM associations")
    }
    assert {(ticket.id, ada), (ada, ticket.id), (ticket.id, acme), (acme, ticket.id)} <= edges
    assert await story.verify() == []


async def test_what_the_workflow_created_does_not_create_again(story: Story) -> None:
    named = all_of(equals("firstname", "Ada"))
    flow = await story.workflow(
        when(named),
        [create("1", "0-1", {"firstname": "Ada"}), set_property("2", "city", "Lund")],
    )
    await story.turn_on(flow)
    ada = await story.contact(firstname="Ada")
    await story.rest()
    rows = await story.query("SELECT id, properties FROM records WHERE type = '0-1' ORDER BY id")
    assert [row.properties["city"] for row in rows] == ["Lund", "Lund"]
    (again,) = [row.id for row in rows if row.id != ada]
    guarded = (
        "The enrolled contact was created by this workflow, so this action was skipped"
        " to prevent an infinite loop"
    )
    assert await story.told(flow, again) == [
        "Enrolled", f"Skipped: {guarded}", "Done", "Finished the workflow",
    ]  # fmt: skip
    assert await story.verify() == []


async def test_what_cannot_be_created_keeps_the_workflow_off(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            create("1", "0-5", {"subject": "Help", "nothing": "at all", "hs_object_id": "7"}),
            create("2", "0-99", {}),
        ],
    )
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, flow)
    assert {"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE", "OBJECT_TYPE_UNKNOWN"} <= {
        problem.code for problem in problems
    }
