"""Steps associate records that have the same value, and label and part associations."""

from typing import Any

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, equals, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


def alike(id: str, **fields: Any) -> dict[str, Any]:
    given = {
        "fromObjectType": "0-1",
        "toObjectType": "0-2",
        "createAssociationOnly": "true",
        "matchBy": "same_property_value",
        "enrolledObjectPropertyNameToMatch": "0-1/city",
        "associatedObjectPropertyNameToMatch": "0-2/city",
    }
    return step(id, "0-63189541", {**given, **fields})


async def edges(story: Story) -> set[tuple[int, int, int]]:
    rows = await story.query("SELECT from_id, type_id, to_id FROM associations")
    return {tuple(row) for row in rows}


async def test_records_with_the_same_value_are_associated_both_ways(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [alike("1")])
    await story.turn_on(flow)
    first, second, other = await story.create(
        "companies", {"city": "Lund"}, {"city": "Lund"}, {"city": "Oslo"}
    )
    ada = await story.contact(lifecyclestage="lead", city="Lund")
    bo = await story.contact(lifecyclestage="lead", city="Rome")
    await story.rest()
    assert await edges(story) == {
        (ada, 279, first), (first, 280, ada), (ada, 279, second), (second, 280, ada),
    }  # fmt: skip
    assert await story.told(flow, bo) == [
        "Enrolled", "Skipped: no record has the same value", "Finished the workflow",
    ]  # fmt: skip
    assert other not in {id for edge in await edges(story) for id in edge}
    assert await story.verify() == []


async def test_a_single_association_takes_the_place_of_the_one_before(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [alike("1", associationTypeId=1)])
    await story.turn_on(flow)
    old, new = await story.create("companies", {"city": "Oslo"}, {"city": "Lund"})
    ada = await story.contact(city="Lund")
    await story.associate(ada, old, 1)
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    assert await edges(story) == {
        (ada, 279, old), (old, 280, ada), (ada, 1, new), (new, 2, ada), (ada, 279, new),
        (new, 280, ada),
    }  # fmt: skip
    assert await story.verify() == []


async def test_what_one_step_associates_and_the_next_replaces_is_gone_at_both_ends(
    story: Story,
) -> None:
    by_name = alike(
        "2",
        associationTypeId=1,
        enrolledObjectPropertyNameToMatch="0-1/company",
        associatedObjectPropertyNameToMatch="0-2/name",
    )
    flow = await story.workflow(when(LEADS), [alike("1", associationTypeId=1), by_name])
    await story.turn_on(flow)
    old, new = await story.create("companies", {"city": "Lund"}, {"name": "Acme"})
    ada = await story.contact(city="Lund", company="Acme", lifecyclestage="lead")
    await story.rest()
    assert await edges(story) == {
        (ada, 279, old), (old, 280, ada), (ada, 1, new), (new, 2, ada), (ada, 279, new),
        (new, 280, ada),
    }  # fmt: skip


async def test_a_label_that_is_applied_and_removed_at_once_is_gone_at_both_ends(
    story: Story,
) -> None:
    labels = [
        step("1", "0-61139484", {"associationTypeId": "1"}),
        step("2", "0-61139476", {"associationTypeId": "1"}),
    ]
    flow = await story.workflow(when(LEADS), labels)
    await story.turn_on(flow)
    (acme,) = await story.create("companies", {"name": "Acme"})
    ada = await story.contact(city="Lund")
    await story.associate(ada, acme, 279)
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    assert await edges(story) == {(ada, 279, acme), (acme, 280, ada)}


async def test_who_comes_to_be_associated_is_noticed(story: Story) -> None:
    from tests.story import associated, both

    linking = await story.workflow(when(LEADS), [alike("1")])
    noticing = await story.workflow(
        when(both(associated("0-2", 279, equals("city", "Lund")))),
        [set_property("1", "jobtitle", "Chief")],
        name="Noticing",
    )
    await story.turn_on(linking)
    await story.turn_on(noticing)
    await story.create("companies", {"city": "Lund"})
    ada = await story.contact(lifecyclestage="lead", city="Lund")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["jobtitle"] == "Chief"


async def test_labels_are_applied_and_removed(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [step("1", "0-61139484", {"associationTypeId": "1"})])
    back = await story.workflow(
        when(all_of(any_of("hs_lead_status", "NEW"))),
        [step("1", "0-61139476", {"associationTypeId": "1"})],
    )
    parting = await story.workflow(
        when(all_of(any_of("hs_lead_status", "OPEN"))),
        [step("1", "0-61139476", {"associationTypeId": "279"})],
    )
    for each in (flow, back, parting):
        await story.turn_on(each)
    (acme,) = await story.create("companies", {"name": "Acme"})
    ada = await story.contact(city="Lund")
    await story.associate(ada, acme, 279)
    plain = {(ada, 279, acme), (acme, 280, ada)}
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    assert await edges(story) == plain | {(ada, 1, acme), (acme, 2, ada)}
    await story.update("contacts", ada, hs_lead_status="NEW")
    await story.rest()
    assert await edges(story) == plain
    await story.update("contacts", ada, hs_lead_status="OPEN")
    await story.rest()
    assert await edges(story) == set()
    assert await story.verify() == []


async def test_what_cannot_be_associated_keeps_the_workflow_off(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            alike("1", associatedObjectPropertyNameToMatch="0-2/nothing", associationTypeId=3),
            alike("2", toObjectType="0-99"),
            step("3", "0-61139484", {"associationTypeId": "99"}),
        ],
    )
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, flow)
    assert [problem.code for problem in problems] == [
        "PROPERTY_DOESNT_EXIST",
        "ASSOCIATION_TYPE_UNKNOWN",
        "OBJECT_TYPE_UNKNOWN",
        "ASSOCIATION_TYPE_UNKNOWN",
    ]
