"""Criteria that ask about more than the record: whatever can change the answer is noticed."""

from penstock.records import labels, store
from penstock.records.associations import NewEdge
from tests.story import Story, all_of, associated, both, equals, set_property, when

TO_COMPANY = 279
TO_DEAL = 4
TO_LINE_ITEM = 19

OSLO = both(associated("0-2", TO_COMPANY, equals("city", "Oslo")))
NOTED = set_property("1", "hs_lead_status", "NEW")


async def noted(story: Story, *ids: int) -> list[bool]:
    found = [(await story.record("contacts", id)).properties.get("hs_lead_status") for id in ids]
    return [status == "NEW" for status in found]


async def test_a_companys_change_enrols_its_contacts_wherever_they_are(story: Story) -> None:
    flow = await story.workflow(when(OSLO), [NOTED])
    await story.turn_on(flow)
    (acme, other) = await story.create("companies", {"city": "Rome"}, {"city": "Rome"})
    people = await story.create("contacts", *([{}] * 70))
    for person in people[:69]:
        await story.associate(person, acme, TO_COMPANY)
    await story.associate(people[69], other, TO_COMPANY)
    await story.rest()
    assert not any(await noted(story, *people))
    await story.update("companies", acme, city="Oslo")
    await story.rest()
    assert await noted(story, *people) == [True] * 69 + [False]


async def test_an_association_that_comes_or_goes_changes_the_answer(story: Story) -> None:
    flow = await story.workflow(when(OSLO, shouldReEnroll=False), [NOTED])
    await story.turn_on(flow)
    (acme,) = await story.create("companies", {"city": "Oslo"})
    ada = await story.contact()
    await story.rest()
    await story.associate(acme, ada, 280)
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
    await story.dissociate(ada, acme, TO_COMPANY)
    await story.rest()
    rows = await story.query("SELECT matching FROM matches WHERE record_id = %s", ada)
    assert [row.matching for row in rows] == [False]


async def test_a_label_that_comes_goes_or_is_another_changes_the_answer(story: Story) -> None:
    """The association itself stays: only what it is called changes."""
    async with story.house.database.unit() as conn:
        advises, _ = await labels.create(conn, ("contacts", "companies"), "advises", "Advises")
        owns, _ = await labels.create(conn, ("contacts", "companies"), "owns", "Owns")
    asked = {
        **associated("0-2", advises.id, equals("city", "Oslo")),
        "associationCategory": "USER_DEFINED",
    }
    flow = await story.workflow(when(both(asked), shouldReEnroll=True), [NOTED])
    await story.turn_on(flow)
    (acme,) = await story.create("companies", {"city": "Oslo"})
    ada = await story.contact()
    await story.associate(ada, acme, TO_COMPANY)
    for before, label, times in ((advises, owns, 0), (owns, advises, 1), (advises, owns, 1),
                                 (owns, advises, 2)):  # fmt: skip
        await story.dissociate(ada, acme, before.id)
        await story.associate(ada, acme, label.id)
        await story.rest()
        assert (await story.kinds(flow, ada)).count("enrolled") == times
        assert await story.verify() == []


async def test_a_company_that_is_archived_counts_no_more(story: Story) -> None:
    flow = await story.workflow(when(OSLO), [NOTED])
    await story.turn_on(flow)
    (acme,) = await story.create("companies", {"city": "Oslo"})
    ada = await story.contact()
    await story.associate(ada, acme, TO_COMPANY)
    await story.rest()
    await story.archive("companies", acme)
    await story.rest()
    rows = await story.query("SELECT matching FROM matches WHERE record_id = %s", ada)
    assert [row.matching for row in rows] == [False]


async def test_two_hops_away_a_line_item_enrols_the_contact(story: Story) -> None:
    inner = associated("0-8", TO_LINE_ITEM, equals("name", "Pump"))
    document = both({**associated("0-3", TO_DEAL), "filterBranches": [inner]})
    flow = await story.workflow(when(document), [NOTED])
    await story.turn_on(flow)
    ada = await story.contact()
    (deal,) = await story.create("deals", {"dealname": "Big"})
    (item,) = await story.create("line_items", {"name": "Pipe"})
    await story.associate(ada, deal, TO_DEAL)
    await story.associate(deal, item, TO_LINE_ITEM)
    await story.rest()
    assert await noted(story, ada) == [False]
    await story.update("line_items", item, name="Pump")
    await story.rest()
    assert await noted(story, ada) == [True]


async def test_a_company_of_many_delays_no_fresh_lead(story: Story) -> None:
    """Its contacts come in portions and behind the fresh ones."""
    flow = await story.workflow(when(OSLO), [NOTED])
    await story.turn_on(flow)
    schema = await story.house.schema()
    acme, small = await story.create("companies", {"city": "Rome"}, {"city": "Rome"})
    async with story.house.database.unit() as conn:
        drafts = [store.Draft({}, (NewEdge(acme),)) for _ in range(5500)]
        await store.create(conn, schema, schema.type("contacts"), drafts, story.write)
    ada = await story.contact()
    await story.associate(ada, small, TO_COMPANY)
    await story.rest()
    await story.update("companies", acme, city="Oslo")
    await story.update("companies", small, city="Oslo")
    # The companies' buckets first, then that of the contact.
    for bucket in (acme & 63, small & 63, ada & 63):
        await story.worker.turn_one(bucket)
    assert await noted(story, ada) == [True]
    await story.rest()
    assert (await story.counts(flow))["finished"] == 5501


async def test_an_event_enrols_whom_it_happens_to(story: Story) -> None:
    visited = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "eventTypeId": "4-96000",
        "operator": "HAS_COMPLETED",
        "filterBranches": [],
        "filters": [equals("hs_page_url", "/pricing")],
    }
    flow = await story.workflow(when(both(visited)), [NOTED])
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {}, {})
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.happen("4-96000", bo, hs_page_url="/")
    await story.rest()
    assert await noted(story, ada, bo) == [True, False]


async def test_who_has_been_through_one_workflow_enters_another(story: Story) -> None:
    first = await story.workflow(when(all_of(equals("city", "Oslo"))), [NOTED])
    through = {
        "filterType": "IN_LIST",
        "operator": "IN_LIST",
        "metadata": {"id": str(first.id), "inListType": "WORKFLOWS_COMPLETED"},
    }
    second = await story.workflow(when(all_of(through)), [set_property("1", "city", "Lund")])
    await story.turn_on(first)
    await story.turn_on(second)
    ada = await story.contact(city="Oslo")
    bo = await story.contact(city="Rome")
    await story.rest()
    assert await story.kinds(second, ada) == ["enrolled", "succeeded", "finished"]
    assert await story.kinds(second, bo) == []
