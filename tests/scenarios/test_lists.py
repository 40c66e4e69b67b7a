"""Lists: who is in them, and who notices (semantics §2.3)."""

from typing import Any

from penstock.lists import members, store
from penstock.lists.model import Draft, List
from tests.story import Story, all_of, associated, both, equals, set_property, when

NOTE = [set_property("1", "hs_lead_status", "NEW")]
OSLO = all_of(equals("city", "Oslo"))


async def a_list(story: Story, name: str, document: Any = None, type: str = "0-1") -> List:
    """A list by hand, or a dynamic one with this filter; at rest."""
    kind = "MANUAL" if document is None else "DYNAMIC"
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        made = await store.create(
            conn, schema, Draft(name, type, kind, document), "story", story.now
        )
    await story.rest()
    return made


async def inside(story: Story, of: List) -> set[int]:
    async with story.house.database.unit() as conn:
        page = await members.page(conn, await store.read_one(conn, of.id), members.Place(), 500)
    return {member.record_id for member in page}


def is_in(of: List) -> dict[str, Any]:
    return {"filterType": "IN_LIST", "operator": "IN_LIST", "listId": str(of.id)}


def is_out(of: List) -> dict[str, Any]:
    return {**is_in(of), "operator": "NOT_IN_LIST"}


async def times(story: Story, flow: Any, record: int) -> int:
    return (await story.kinds(flow, record)).count("enrolled")


async def test_members_come_and_go_with_what_they_match(story: Story) -> None:
    ada, bo = await story.create("contacts", {"city": "Oslo"}, {"city": "Rome"})
    guests = await a_list(story, "Guests", OSLO)
    assert await inside(story, guests) == {ada}
    await story.update("contacts", ada, city="Rome")
    await story.update("contacts", bo, city="Oslo")
    await story.rest()
    assert await inside(story, guests) == {bo}


async def test_who_joins_a_list_enters_what_asks_for_it_in_the_same_turn(story: Story) -> None:
    guests = await a_list(story, "Guests", OSLO)
    named = await a_list(story, "Of these", all_of(is_in(guests), equals("firstname", "Ada")))
    flow = await story.workflow(when(all_of(is_in(named))), NOTE)
    await story.turn_on(flow)
    ada = await story.contact(firstname="Ada")
    await story.rest()
    await story.update("contacts", ada, city="Oslo")
    await story.worker.turn_one(ada & 63)
    assert await times(story, flow, ada) == 1


async def test_who_leaves_a_list_enters_what_asks_not_to_be_in_it(story: Story) -> None:
    guests = await a_list(story, "Guests", OSLO)
    outside = await a_list(story, "Others", all_of(is_out(guests)))
    flow = await story.workflow(when(all_of(is_in(outside))), NOTE)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await times(story, flow, ada) == 0
    await story.update("contacts", ada, city="Rome")
    await story.rest()
    assert await times(story, flow, ada) == 1


async def test_a_workflow_goes_on_only_when_its_lists_are_known(story: Story) -> None:
    """Nobody enters for not being in a list that is still being filled."""
    people = await story.create("contacts", *([{"city": "Oslo"}] * 200))
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        guests = await store.create(
            conn, schema, Draft("Guests", "0-1", "DYNAMIC", OSLO), "story", story.now
        )
    flow = await story.workflow(when(all_of(is_out(guests))), NOTE)
    await story.turn_on(flow, existing=True)
    assert await story.counts(flow) == {}
    assert await inside(story, guests) == set(people)
    rome = await story.contact(city="Rome")
    await story.rest()
    assert await times(story, flow, rome) == 1


async def test_while_a_list_gets_another_filter_the_old_members_count(story: Story) -> None:
    guests = await a_list(story, "Guests", OSLO)
    flow = await story.workflow(when(all_of(is_in(guests))), NOTE)
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Rome"}, {"city": "Oslo"})
    await story.rest()
    assert await times(story, flow, bo) == 1
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        rome = all_of(equals("city", "Rome"))
        changed = await store.change_filter(conn, schema, guests.id, rome, "story", story.now)
    assert changed.processing
    assert await inside(story, guests) == {bo}
    await story.rest()
    assert await inside(story, guests) == {ada}
    # The list came to mean something else: who is in it now has joined.
    assert await times(story, flow, ada) == 1


async def test_members_by_hand_enrol_as_others_do(story: Story) -> None:
    guests = await a_list(story, "Guests")
    flow = await story.workflow(when(all_of(is_in(guests))), NOTE)
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {}, {})
    async with story.house.database.unit() as conn:
        await members.add(conn, guests.id, [ada], story.write)
    await story.rest()
    assert await times(story, flow, ada) == 1
    assert await times(story, flow, bo) == 0


async def test_joining_and_leaving_are_events(story: Story) -> None:
    guests = await a_list(story, "Guests", OSLO)
    by_hand = await a_list(story, "By hand")

    def on(*asked: dict[str, Any]) -> dict[str, Any]:
        branch = {"filterBranchType": "AND", "filters": list(asked), "filterBranches": []}
        return {
            "type": "EVENT_BASED",
            "shouldReEnroll": True,
            "eventFilterBranches": [],
            "listMembershipFilterBranches": [branch],
        }

    joined = await story.workflow(on(is_in(guests), is_in(by_hand)), NOTE)
    left = await story.workflow(on(is_out(guests)), NOTE)
    for flow in (joined, left):
        await story.turn_on(flow)
    ada = await story.contact()
    await story.rest()
    for city in ("Oslo", "Rome", "Oslo"):
        await story.update("contacts", ada, city=city)
        await story.rest()
    assert await times(story, joined, ada) == 2
    assert await times(story, left, ada) == 1
    async with story.house.database.unit() as conn:
        await members.add(conn, by_hand.id, [ada], story.write)
    await story.rest()
    assert await times(story, joined, ada) == 3


async def test_a_companys_list_reaches_its_contacts(story: Story) -> None:
    big = await a_list(story, "Big", all_of(equals("city", "Oslo")), "0-2")
    document = both(associated("0-2", 279, is_in(big)))
    flow = await story.workflow(when(document), NOTE)
    await story.turn_on(flow)
    (acme,) = await story.create("companies", {})
    ada = await story.contact()
    await story.associate(ada, acme, 279)
    await story.rest()
    await story.update("companies", acme, city="Oslo")
    await story.rest()
    assert await times(story, flow, ada) == 1


async def test_a_list_that_flaps_enrols_once_and_loses_no_step(story: Story) -> None:
    guests = await a_list(story, "Guests", OSLO)
    flow = await story.workflow(when(all_of(is_in(guests))), NOTE)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    for number in range(20):
        await story.update("contacts", ada, city="Rome" if number % 2 else "Oslo")
        await story.rest()
    assert await times(story, flow, ada) == 1
    assert "finished" in await story.kinds(flow, ada)
