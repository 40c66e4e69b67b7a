"""Who enrols, when, and who does not."""

from dataclasses import replace

import pytest

from penstock.records import store
from penstock.records.changes import Lane
from penstock.workflows import store as workflows
from penstock.workflows.errors import DocumentInvalid, WorkflowIncomplete
from tests.story import Story, all_of, any_of, delay, equals, property_is, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


async def test_a_contact_that_comes_to_match_is_enrolled_and_written_to(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    ada = await story.contact(email="ada@example.test", lifecyclestage="lead")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["hs_lead_status"] == "NEW"
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]


async def test_a_contact_that_matched_before_is_left_alone(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.turn_on(flow)
    assert await story.kinds(flow, ada) == []
    await story.update("contacts", ada, firstname="Ada")
    await story.rest()
    assert await story.kinds(flow, ada) == []


async def test_existing_contacts_enrol_when_that_was_asked_for(story: Story) -> None:
    people = [{"lifecyclestage": "lead" if n % 2 else "customer"} for n in range(300)]
    ids = await story.create("contacts", *people)
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow, existing=True)
    counts = await story.counts(flow)
    assert counts == {"enrolled": 150, "finished": 150}
    assert await story.kinds(flow, ids[0]) == []
    assert await story.kinds(flow, ids[1]) == ["enrolled", "succeeded", "finished"]


async def test_a_level_that_stays_true_enrols_once(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS, shouldReEnroll=True), [set_property("1", "hs_lead_status", "NEW")]
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    for city in ("Lund", "Malmö", "Ystad"):
        await story.update("contacts", ada, city=city)
        await story.rest()
    assert (await story.kinds(flow, ada)).count("enrolled") == 1


async def test_who_has_been_through_is_refused_with_the_reason(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    assert sorted(await story.kinds(flow, ada)) == ["enrolled", "finished", "refused", "succeeded"]


async def test_who_is_in_already_is_refused(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 60)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    for stage in ("customer", "lead"):
        await story.update("contacts", ada, lifecyclestage=stage)
        await story.rest()
    assert (await story.kinds(flow, ada)).count("refused") == 1
    assert (await story.counts(flow))["active"] == 1


async def test_what_came_and_went_between_two_turns_did_not_match(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="customer")
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    assert await story.kinds(flow, ada) == []


async def test_a_workflow_that_is_off_enrols_nobody(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    async with story.house.database.unit() as conn:
        await workflows.turn_off(conn, flow.id, "story", story.now)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == []


async def test_turning_on_again_judges_anew_what_happened_meanwhile(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    async with story.house.database.unit() as conn:
        await workflows.turn_off(conn, flow.id, "story", story.now)
    eve = await story.contact(lifecyclestage="lead")
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    await story.turn_on(flow)
    await story.update("contacts", eve, city="Lund")
    await story.rest()
    assert await story.kinds(flow, eve) == []  # it matched while the workflow was off
    bob = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert "enrolled" in await story.kinds(flow, bob)


async def test_one_record_runs_through_twenty_workflows_in_one_turn(story: Story) -> None:
    flows = [
        await story.workflow(when(LEADS), [set_property("1", "city", f"City {n}")])
        for n in range(20)
    ]
    for flow in flows:
        await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.worker.turn_all()
    for flow in flows:
        assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
    assert (await story.record("contacts", ada)).properties["city"] == "City 19"


async def test_the_own_write_of_a_workflow_may_enrol_in_another(story: Story) -> None:
    first = await story.workflow(when(LEADS), [set_property("1", "city", "Lund")])
    second = await story.workflow(when(all_of(equals("city", "lund"))), [delay("1", 1)])
    await story.turn_on(first)
    await story.turn_on(second)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(second, ada) == ["enrolled", "waiting"]


async def test_two_workflows_that_set_each_other_off_are_cut(story: Story) -> None:
    odd = await story.workflow(
        when(all_of(equals("city", "odd")), shouldReEnroll=True),
        [set_property("1", "city", "even")],
    )
    even = await story.workflow(
        when(all_of(equals("city", "even")), shouldReEnroll=True),
        [set_property("1", "city", "odd")],
    )
    await story.turn_on(odd)
    await story.turn_on(even)
    ada = await story.contact(city="odd")
    await story.rest()
    kinds = await story.kinds(odd, ada) + await story.kinds(even, ada)
    assert kinds.count("refused") == 1
    assert 18 <= kinds.count("enrolled") <= 22


async def test_a_workflow_about_what_does_not_exist_cannot_be_turned_on(story: Story) -> None:
    flow = await story.workflow(
        when(all_of(equals("shoe_size", "44"))), [set_property("1", "hat_size", "7")]
    )
    with pytest.raises(WorkflowIncomplete) as refused:
        await story.turn_on(flow)
    places = {problem.where for problem in refused.value.problems}
    assert "$.actions[0].fields.property_name" in places
    assert any(
        place and place.startswith("$.enrollmentCriteria.listFilterBranch") for place in places
    )


async def test_a_broken_graph_is_refused_with_its_path(story: Story) -> None:
    broken = set_property(
        "1", "city", "x", connection={"edgeType": "STANDARD", "nextActionId": "9"}
    )
    with pytest.raises(DocumentInvalid) as refused:
        await story.workflow(when(LEADS), [broken])
    assert [problem.where for problem in refused.value.problems] == [
        "$.actions[0].connection.nextActionId"
    ]


async def test_who_is_written_by_a_person_and_by_a_file_waits_behind_no_file(story: Story) -> None:
    in_oslo = all_of(any_of("lifecyclestage", "lead"), equals("city", "Oslo"))
    flow = await story.workflow(when(in_oslo), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    schema = await story.house.schema()
    filed = replace(story.write, lane=Lane.BACKFILL)
    async with story.house.database.unit() as conn:
        patch = store.Patch(ada, {"city": "Oslo"})
        store.one(await store.update(conn, schema, schema.type("contacts"), [patch], filed))
    await story.turn(ada)
    assert await story.query("SELECT lane FROM enrollments") == [(Lane.FRESH,)]


async def test_records_of_every_type_enrol(story: Story) -> None:
    """Also those that people rarely think of: calls, products, users (semantics decision 23)."""
    schema = await story.house.schema()
    here = property_is("hs_object_id", "ALL_PROPERTY", "IS_KNOWN")
    flows = {}
    for type in schema.types.values():
        kind = "CONTACT_FLOW" if type.id == "0-1" else "PLATFORM_FLOW"
        flow = await story.workflow(when(all_of(here)), [], type=kind, objectTypeId=type.id)
        await story.turn_on(flow)
        flows[type.name] = flow
    for name in flows:
        type = schema.type(name)
        dated = {each for each in type.required if "date" in type.properties[each].type}
        values = {each: "2026-03-02" if each in dated else "1" for each in type.required}
        await story.create(name, values)
    await story.rest()
    counts = {name: await story.counts(flow) for name, flow in flows.items()}
    assert counts == {name: {"enrolled": 1, "finished": 1} for name in flows}
