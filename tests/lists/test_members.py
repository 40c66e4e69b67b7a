"""Records come into lists, leave them, and are found there."""

from typing import Any

import pytest

from penstock.lists import members, store
from penstock.lists.errors import ListNotFound, MembersFixed, MembersUnknown, TypesDiffer
from penstock.lists.members import Member, Place
from penstock.records import merging
from tests.lists.shelf import Shelf, city, inside, wanted
from tests.story import equals, set_property, when

NOTED = set_property("1", "hs_lead_status", "NEW")


async def test_what_was_added_and_what_is_missing_are_told_apart(shelf: Shelf) -> None:
    story = shelf.story
    ada, bob, gone = await story.create("contacts", {}, {}, {})
    (acme,) = await story.create("companies", {"name": "Acme"})
    await story.archive("contacts", gone)
    guests = await shelf.make("Guests", "MANUAL")
    await shelf.add(guests, ada)
    done = await shelf.add(guests, ada, bob, gone, acme, 0, 2**62)
    assert done.moved == {bob}
    assert done.missing == {gone, acme, 0, 2**62}
    assert await shelf.members(guests) == {ada, bob}


async def test_what_was_removed_and_what_is_missing_are_told_apart(shelf: Shelf) -> None:
    ada, bob = await shelf.story.create("contacts", {}, {})
    guests = await shelf.make("Guests", "MANUAL")
    await shelf.add(guests, ada)
    done = await shelf.remove(guests, ada, bob, 998)
    assert (done.moved, done.missing) == ({ada}, {998})
    assert await shelf.members(guests) == set()


async def test_who_comes_or_goes_leaves_a_change_and_nobody_else(shelf: Shelf) -> None:
    ada, bob = await shelf.story.create("contacts", {}, {})
    guests = await shelf.make("Guests", "MANUAL")
    await shelf.add(guests, ada, bob)
    assert await shelf.left("listed") == sorted([(ada, guests), (bob, guests)])
    await shelf.story.rest()
    await shelf.add(guests, ada)
    await shelf.remove(guests, bob, 998)
    assert await shelf.left("listed") == []
    assert await shelf.left("unlisted") == [(bob, guests)]
    await shelf.story.rest()
    async with shelf.story.house.database.unit() as conn:
        await members.clear(conn, guests, shelf.story.write)
    assert await shelf.left("unlisted") == [(ada, guests)]
    assert await shelf.members(guests) == set()


@pytest.mark.parametrize(("number", "lane"), [(members.FEW, 0), (members.FEW + 1, 1)])
async def test_a_crowd_waits_behind_fresh_leads(shelf: Shelf, number: int, lane: int) -> None:
    people = await shelf.story.create("contacts", *([{}] * number))
    guests = await shelf.make("Guests", "MANUAL")
    await shelf.add(guests, *people)
    rows = await shelf.story.query("SELECT DISTINCT lane FROM changes WHERE kind = 'listed'")
    assert [row.lane for row in rows] == [lane]


async def test_the_members_of_a_dynamic_list_are_not_chosen(shelf: Shelf) -> None:
    ada = await shelf.story.contact(city="Rome")
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"))
    async with shelf.story.house.database.unit() as conn:
        with pytest.raises(MembersFixed):
            await members.clear(conn, rome, shelf.story.write)
    for move in (shelf.add, shelf.remove):
        with pytest.raises(MembersFixed):
            await move(rome, ada)
        with pytest.raises(ListNotFound):
            await move(998, ada)


async def test_one_list_takes_in_the_members_of_another(shelf: Shelf) -> None:
    story = shelf.story
    schema = await story.house.schema()
    ada, bob, gone = await story.create("contacts", *([{"city": "Rome"}] * 3))
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"))
    await story.archive("contacts", gone)
    guests, others = await shelf.make("Guests", "MANUAL"), await shelf.make("Others", "MANUAL")
    await shelf.add(others, bob)
    await story.rest()

    async def take(source: int) -> None:
        async with story.house.database.unit() as conn:
            await members.add_from(conn, schema, guests, source, story.write)

    await take(others)
    assert await shelf.members(guests) == {bob}
    await take(rome)
    assert await shelf.members(guests) == {ada, bob}
    assert await shelf.left("listed") == sorted([(ada, guests), (bob, guests)])
    firms = await shelf.make("Firms", "MANUAL", type="companies")
    with pytest.raises(TypesDiffer):
        await take(firms)
    new = await shelf.make("In Oslo", "DYNAMIC", city("Oslo"), rest=False)
    with pytest.raises(MembersUnknown):
        await take(new)
    with pytest.raises(ListNotFound):
        await take(998)


async def test_an_archived_record_is_no_member_until_it_is_restored(shelf: Shelf) -> None:
    story = shelf.story
    ada = await story.contact(city="Rome")
    guests = await shelf.make("Guests", "MANUAL")
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"))
    await shelf.add(guests, ada)
    await story.archive("contacts", ada)
    for id in (guests, rome):
        assert await shelf.members(id) == set()


async def test_pages_follow_ids_or_joining_and_go_both_ways(shelf: Shelf) -> None:
    story = shelf.story
    people = await story.create("contacts", *([{}] * 5))
    guests = await shelf.make("Guests", "MANUAL")
    joined = [people[index] for index in (3, 0, 4, 1, 2)]
    for person in joined:
        await shelf.add(guests, person)
        story.clock.forward(seconds=1)
    found = await shelf.read(guests)

    async def ids(page: Any, place: Place, limit: int = 2) -> list[Member]:
        async with story.house.database.unit() as conn:
            return list(await page(conn, found, place, limit))

    for page, order in ((members.page, sorted(people)), (members.page_by_joining, joined)):
        first = await ids(page, members.START)
        assert [member.record_id for member in first] == order[:2]
        last = first[-1]
        second = await ids(page, Place(last.record_id, last.joined_at))
        assert [member.record_id for member in second] == order[2:4]
        last = second[-1]
        back = await ids(page, Place(last.record_id, last.joined_at, backwards=True), 9)
        assert [member.record_id for member in back] == order[:3][::-1]


async def test_a_record_knows_its_lists(shelf: Shelf) -> None:
    story = shelf.story
    ada = await story.contact(city="Rome")
    guests = await shelf.make("Guests", "MANUAL")
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"))
    await shelf.make("In Oslo", "DYNAMIC", city("Oslo"))
    gone = await shelf.make("Gone", "MANUAL")
    await shelf.add(guests, ada)
    await shelf.add(gone, ada)
    await shelf.delete(gone)
    async with story.house.database.unit() as conn:
        found = await members.of_record(conn, ada)
    assert [(each.list_id, each.list_version) for each in found] == [(guests, 1), (rome, 1)]


async def test_the_survivor_of_a_merge_is_in_the_lists_of_both(shelf: Shelf) -> None:
    story = shelf.story
    schema = await story.house.schema()
    ada, twin = await story.create("contacts", {"city": "Rome"}, {"city": "Rome"})
    first, second = await shelf.make("First", "MANUAL"), await shelf.make("Second", "MANUAL")
    await shelf.add(first, twin)
    story.clock.forward(hours=1)
    await shelf.add(first, ada)
    await shelf.add(second, twin)
    await story.rest()
    async with story.house.database.unit() as conn:
        await merging.merge(conn, schema, schema.type("contacts"), ada, twin, story.write)
        (earliest,) = await members.page(conn, await store.read_one(conn, first), members.START, 2)
    assert earliest == Member(ada, story.house.write.now)
    assert await shelf.left("listed") == [(ada, second)]
    await story.rest()
    assert await shelf.members(first) == await shelf.members(second) == {ada}


async def test_of_a_person_who_is_erased_no_list_remembers_anything(shelf: Shelf) -> None:
    story = shelf.story
    schema = await story.house.schema()
    ada = await story.contact(city="Rome")
    guests = await shelf.make("Guests", "MANUAL")
    await shelf.make("In Rome", "DYNAMIC", city("Rome"))
    await shelf.add(guests, ada)
    async with story.house.database.unit() as conn:
        await merging.erase(conn, schema, schema.type("contacts"), ada, story.write)
    await story.rest()
    for table in ("list_members", "import_members", "matches", "subscriptions"):
        assert await story.query(f"SELECT 1 FROM {table} WHERE record_id = %s", ada) == []


async def test_lists_of_lists_follow_in_one_go(shelf: Shelf) -> None:
    story = shelf.story
    ada, bob = await story.create("contacts", {"city": "Rome"}, {"city": "Rome"})
    guests = await shelf.make("Guests", "MANUAL")
    romans = await shelf.make("Romans", "DYNAMIC", wanted(inside(guests), equals("city", "Rome")))
    rest = await shelf.make(
        "The rest", "DYNAMIC", wanted(equals("city", "Rome"), inside(romans, outside=True))
    )
    assert await shelf.members(rest) == {ada, bob}
    await shelf.add(guests, ada)
    await story.rest()
    assert (await shelf.members(romans), await shelf.members(rest)) == ({ada}, {bob})
    await shelf.change(romans, wanted(inside(guests), equals("city", "Oslo")))
    assert (await shelf.members(romans), await shelf.members(rest)) == (set(), {ada, bob})


async def test_who_joins_a_list_enters_the_workflow_that_waits_for_it(shelf: Shelf) -> None:
    story = shelf.story
    ada, bob, eva = await story.create("contacts", {"city": "Rome"}, {"city": "Oslo"}, {})
    guests = await shelf.make("Guests", "MANUAL")
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"))
    flows = [
        await story.workflow(when(wanted(inside(id))), [NOTED], name=f"Joined {id}")
        for id in (guests, rome)
    ]
    for flow in flows:
        await story.turn_on(flow)
    await shelf.add(guests, eva)
    await story.update("contacts", bob, city="Rome")
    await story.rest()
    enrolled = ["enrolled", "succeeded", "finished"]
    assert [await story.kinds(flows[0], id) for id in (ada, bob, eva)] == [[], [], enrolled]
    assert [await story.kinds(flows[1], id) for id in (ada, bob, eva)] == [[], enrolled, []]
