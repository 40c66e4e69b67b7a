"""Steps put records into lists that are filled by hand, and take them out."""

from typing import Any

import pytest

from penstock.lists import members, store
from penstock.lists.model import Draft, List
from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, equals, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


async def a_list(story: Story, type: str = "0-1", document: Any = None) -> List:
    kind = "MANUAL" if document is None else "DYNAMIC"
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        made = await store.create(
            conn, schema, Draft("Guests", type, kind, document), "story", story.now
        )
    await story.rest()
    return made


async def inside(story: Story, of: List) -> set[int]:
    async with story.house.database.unit() as conn:
        page = await members.page(conn, await store.read_one(conn, of.id), members.Place(), 500)
    return {member.record_id for member in page}


@pytest.mark.parametrize(
    ("type_id", "fields"),
    [
        ("0-63809083", {"listId": "{id}", "targetObject": "{{ enrolled_object }}"}),
        ("0-13", {"list_id": "{id}", "operation": "ADD"}),
    ],
)
async def test_a_record_joins_once_and_who_asks_about_the_list_notices(
    story: Story, type_id: str, fields: dict[str, str]
) -> None:
    guests = await a_list(story)
    given = {name: value.replace("{id}", str(guests.id)) for name, value in fields.items()}
    flow = await story.workflow(when(LEADS), [step("1", type_id, given), step("2", type_id, given)])
    members_of = {"filterType": "IN_LIST", "operator": "IN_LIST", "listId": str(guests.id)}
    noticing = await story.workflow(
        when(all_of(members_of)), [set_property("1", "city", "Lund")], name="Noticing"
    )
    await story.turn_on(flow)
    await story.turn_on(noticing)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await inside(story, guests) == {ada}
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "succeeded", "finished"]
    assert (await story.record("contacts", ada)).properties["city"] == "Lund"
    assert await story.verify() == []


@pytest.mark.parametrize(
    ("type_id", "fields"),
    [("0-63863438", {"listId": "{id}"}), ("0-13", {"list_id": "{id}", "operation": "REMOVE"})],
)
async def test_a_record_leaves_a_list(story: Story, type_id: str, fields: dict[str, str]) -> None:
    guests = await a_list(story)
    ada, bo = await story.create("contacts", {"city": "Lund"}, {"city": "Lund"})
    async with story.house.database.unit() as conn:
        await members.add(conn, guests.id, [ada, bo], story.write)
    given = {name: value.replace("{id}", str(guests.id)) for name, value in fields.items()}
    flow = await story.workflow(when(LEADS), [step("1", type_id, given)])
    await story.turn_on(flow)
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    assert await inside(story, guests) == {bo}


async def test_a_list_that_fills_itself_refuses(story: Story) -> None:
    swedes = await a_list(story, document=all_of(equals("country", "Sweden")))
    flow = await story.workflow(when(LEADS), [step("1", "0-63809083", {"listId": str(swedes.id)})])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "failed", "finished"]
    assert await inside(story, swedes) == set()


async def test_a_list_of_companies_takes_no_contacts(story: Story) -> None:
    firms = await a_list(story, "0-2")
    flow = await story.workflow(when(LEADS), [step("1", "0-63809083", {"listId": str(firms.id)})])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert "Failed: the list is of records of another type" in await story.told(flow, ada)


async def test_a_list_that_is_not_there_keeps_the_workflow_off(story: Story) -> None:
    fields = {"listId": "99", "targetObject": "{{ fetched_objects.boss }}"}
    flow = await story.workflow(when(LEADS), [step("1", "0-63809083", fields)])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, flow)
    assert {problem.where for problem in problems} == {
        "$.actions[0].fields.listId",
        "$.actions[0].fields.targetObject",
    }
