"""Lists are made, renamed, given another filter, deleted and restored."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from penstock.filters.errors import FilterInvalid
from penstock.lists import store, uses
from penstock.lists.errors import (
    ListCycle,
    ListInUse,
    ListInvalid,
    ListNotFound,
    MembersUnknown,
    NameTaken,
    RestoreTooLate,
)
from penstock.lists.model import List
from penstock.records.errors import ObjectTypeUnknown
from tests.lists.shelf import Shelf, city, inside, wanted
from tests.story import equals, set_property, when


async def test_a_dynamic_list_has_the_members_that_match_from_when_they_do(shelf: Shelf) -> None:
    ada, bob = await shelf.story.create("contacts", {"city": "Rome"}, {"city": "Oslo"})
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"), rest=False)
    made = await shelf.read(rome)
    assert (made.version, made.processing, made.known) == (1, True, False)
    assert await shelf.members(rome) == set()
    await shelf.story.rest()
    assert not (await shelf.read(rome)).processing
    assert await shelf.members(rome) == {ada}
    await shelf.story.update("contacts", bob, city="Rome")
    await shelf.story.update("contacts", ada, city="Oslo")
    await shelf.story.rest()
    assert await shelf.members(rome) == {bob}


async def test_a_snapshot_is_taken_once(shelf: Shelf) -> None:
    ada, bob = await shelf.story.create("contacts", {"city": "Rome"}, {"city": "Oslo"})
    taken = await shelf.make("Were in Rome", "SNAPSHOT", city("Rome"), rest=False)
    assert await shelf.members(taken) == {ada}
    await shelf.story.update("contacts", bob, city="Rome")
    await shelf.story.update("contacts", ada, city="Oslo")
    await shelf.story.rest()
    assert await shelf.members(taken) == {ada}
    assert (await shelf.add(taken, bob)).moved == {bob}


async def test_a_snapshot_is_not_taken_of_members_that_are_still_being_found(
    shelf: Shelf,
) -> None:
    (ada,) = await shelf.story.create("contacts", {"city": "Rome"})
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"), rest=False)
    with pytest.raises(MembersUnknown):
        await shelf.make("Were in Rome", "SNAPSHOT", wanted(inside(rome)), rest=False)
    await shelf.story.rest()
    taken = await shelf.make("Were in Rome", "SNAPSHOT", wanted(inside(rome)))
    assert await shelf.members(taken) == {ada}


async def test_another_filter_counts_when_its_members_are_known(shelf: Shelf) -> None:
    ada, bob = await shelf.story.create("contacts", {"city": "Rome"}, {"city": "Oslo"})
    here = await shelf.make("Here", "DYNAMIC", city("Rome"))
    changed = await shelf.change(here, city("Oslo"), rest=False)
    assert (changed.version, changed.processing) == (2, True)
    assert await shelf.members(here) == {ada}
    await shelf.story.rest()
    assert not (await shelf.read(here)).processing
    assert await shelf.members(here) == {bob}


async def test_a_filter_that_means_the_same_leaves_the_members_alone(shelf: Shelf) -> None:
    (ada,) = await shelf.story.create("contacts", {"city": "Rome"})
    here = await shelf.make("Here", "DYNAMIC", city("Rome"))
    changed = await shelf.change(here, {**city("Rome"), "stray": True}, rest=False)
    assert (changed.version, changed.processing) == (2, False)
    assert await shelf.members(here) == {ada}


@pytest.mark.parametrize("kind", ["MANUAL", "SNAPSHOT"])
async def test_only_a_dynamic_list_has_a_filter_to_change(shelf: Shelf, kind: Any) -> None:
    document = None if kind == "MANUAL" else city("Rome")
    made = await shelf.make("Fixed", kind, document)
    with pytest.raises(ListInvalid):
        await shelf.change(made, city("Oslo"))


@pytest.mark.parametrize(
    ("name", "kind", "document", "where"),
    [
        (" ", "MANUAL", None, "name"),
        ("By hand", "MANUAL", city("Rome"), "filterBranch"),
        ("Without", "DYNAMIC", None, "filterBranch"),
        ("Without", "SNAPSHOT", None, "filterBranch"),
    ],
)
async def test_a_list_that_makes_no_sense_is_refused(
    shelf: Shelf, name: str, kind: Any, document: Any, where: str
) -> None:
    with pytest.raises(ListInvalid) as refused:
        await shelf.make(name, kind, document)
    assert [problem.where for problem in refused.value.problems] == [where]


async def test_a_list_of_what_does_not_exist_is_refused(shelf: Shelf) -> None:
    with pytest.raises(ObjectTypeUnknown):
        await shelf.make("Ghosts", "MANUAL", type="ghosts")


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (city("Rome")["filterBranches"][0], "$.filterBranch.filterBranchType"),
        ({**city("Rome"), "filters": [equals("city", "Rome")]}, "$.filterBranch.filters"),
        ({**city("Rome"), "filterBranches": []}, "$.filterBranch.filterBranches"),
        ({**city("Rome"), "filterBranches": {}}, "$.filterBranch.filterBranches"),
        ({}, "$.filterBranch.filterBranchType"),
        (
            wanted(equals("nothing", "Rome")),
            "$.filterBranch.filterBranches[0].filters[0].property",
        ),
        (wanted(inside(998)), "$.filterBranch.filterBranches[0].filters[0].listId"),
    ],
)
async def test_a_filter_that_cannot_be_a_lists_is_refused_with_its_place(
    shelf: Shelf, document: dict[str, Any], where: str
) -> None:
    with pytest.raises(FilterInvalid) as refused:
        await shelf.make("Refused", "DYNAMIC", document)
    assert [problem.where for problem in refused.value.problems] == [where]


async def test_a_name_is_taken_whatever_its_case_but_for_one_type_alone(shelf: Shelf) -> None:
    first = await shelf.make("Årets gäster", "MANUAL")
    with pytest.raises(NameTaken):
        await shelf.make(" ÅRETS GÄSTER ", "MANUAL")
    await shelf.make("årets gäster", "MANUAL", type="companies")
    other = await shelf.make("Others", "MANUAL")
    with pytest.raises(NameTaken):
        await shelf.rename(other, "årets GÄSTER")
    assert (await shelf.rename(first, "ÅRETS gäster")).name == "ÅRETS gäster"


async def test_a_list_that_asks_about_itself_is_refused_with_the_way_round(shelf: Shelf) -> None:
    a = await shelf.make("A", "DYNAMIC", city("Rome"))
    b = await shelf.make("B", "DYNAMIC", wanted(inside(a)))
    c = await shelf.make("C", "DYNAMIC", wanted(inside(b, outside=True)))
    with pytest.raises(ListCycle) as refused:
        await shelf.change(a, wanted(inside(c)))
    assert str(refused.value).endswith('"A" → "C" → "B" → "A"')
    with pytest.raises(ListCycle) as refused:
        await shelf.change(a, wanted(inside(a)))
    assert refused.value.context == {"listIds": [str(a), str(a)]}
    await shelf.change(b, city("Oslo"))
    await shelf.change(a, wanted(inside(c)))


async def test_two_lists_cannot_come_to_ask_about_each_other_at_once(shelf: Shelf) -> None:
    a = await shelf.make("A", "DYNAMIC", city("Rome"))
    b = await shelf.make("B", "DYNAMIC", city("Oslo"))
    outcomes = await asyncio.gather(
        shelf.change(a, wanted(inside(b)), rest=False),
        shelf.change(b, wanted(inside(a)), rest=False),
        return_exceptions=True,
    )
    assert {type(outcome) for outcome in outcomes} == {List, ListCycle}


async def test_a_snapshot_is_no_link_of_a_circle(shelf: Shelf) -> None:
    a = await shelf.make("A", "DYNAMIC", city("Rome"))
    taken = await shelf.make("Taken", "SNAPSHOT", wanted(inside(a)))
    await shelf.change(a, wanted(inside(taken)))


async def test_a_list_that_is_asked_about_cannot_be_deleted(shelf: Shelf) -> None:
    story = shelf.story
    a = await shelf.make("A", "MANUAL")
    b = await shelf.make("B", "DYNAMIC", wanted(inside(a)))
    with pytest.raises(ListInUse) as refused:
        await shelf.delete(a)
    assert 'the list "B"' in str(refused.value)
    await shelf.delete(b)
    flow = await story.workflow(
        when(wanted(inside(a))), [set_property("1", "city", "Rome")], name="Welcome"
    )
    async with story.house.database.unit() as conn:
        found = await uses.of_list(conn, a)
    assert [(use.kind, use.name, use.active) for use in found] == [("workflow", "Welcome", False)]
    await story.turn_on(flow)
    with pytest.raises(ListInUse) as refused:
        await shelf.delete(a)
    assert 'the workflow "Welcome"' in str(refused.value)


async def test_a_workflow_that_keeps_a_lists_members_out_uses_it(shelf: Shelf) -> None:
    story = shelf.story
    a, b = await shelf.make("A", "MANUAL"), await shelf.make("B", "MANUAL")
    await story.workflow(None, [], suppressionListIds=[a], name="Careful")
    async with story.house.database.unit() as conn:
        assert [use.name for use in await uses.of_list(conn, a)] == ["Careful"]
        assert await uses.of_list(conn, b) == []


async def test_a_workflows_own_members_are_no_use_of_a_list(shelf: Shelf) -> None:
    a = await shelf.make("A", "MANUAL")
    through = {**inside(a), "metadata": {"id": str(a), "inListType": "WORKFLOWS_ACTIVE"}}
    await shelf.story.workflow(when(wanted(through)), [])
    async with shelf.story.house.database.unit() as conn:
        assert await uses.of_list(conn, a) == []


async def test_a_deleted_list_comes_back_with_the_members_that_match_by_then(
    shelf: Shelf,
) -> None:
    story = shelf.story
    ada, bob = await story.create("contacts", {"city": "Rome"}, {"city": "Oslo"})
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"))
    chosen = await shelf.make("Chosen", "MANUAL")
    await shelf.add(chosen, ada)
    for id in (rome, chosen):
        await shelf.delete(id)
        with pytest.raises(ListNotFound):
            await shelf.read(id)
        with pytest.raises(ListNotFound):
            await shelf.delete(id)
    await story.rest()
    await story.update("contacts", ada, city="Oslo")
    await story.update("contacts", bob, city="Rome")
    await story.pass_time(days=90)
    await shelf.restore(rome)
    await shelf.restore(chosen)
    assert await shelf.members(rome) == {bob}
    assert await shelf.members(chosen) == {ada}
    with pytest.raises(ListNotFound):
        await shelf.restore(rome)


async def test_a_list_is_restored_only_in_time_and_under_a_free_name(shelf: Shelf) -> None:
    old = await shelf.make("Guests", "MANUAL")
    await shelf.delete(old)
    new = await shelf.make("guests", "MANUAL")
    with pytest.raises(NameTaken):
        await shelf.restore(old)
    await shelf.rename(new, "Hosts")
    shelf.story.clock.forward(seconds=(timedelta(days=90, seconds=1)).total_seconds())
    with pytest.raises(RestoreTooLate):
        await shelf.restore(old)


async def test_what_a_deleted_list_asked_about_must_still_be_there(shelf: Shelf) -> None:
    a = await shelf.make("A", "MANUAL")
    b = await shelf.make("B", "DYNAMIC", wanted(inside(a)))
    await shelf.delete(b)
    await shelf.delete(a)
    with pytest.raises(FilterInvalid):
        await shelf.restore(b)
    await shelf.restore(a)
    await shelf.restore(b)


async def test_lists_are_searched_by_words_kinds_and_ids_page_by_page(shelf: Shelf) -> None:
    for name in ("beta Guests", "Alpha guests", "Hosts", "100% guests_"):
        await shelf.make(name, "MANUAL", rest=False)
    dynamic = await shelf.make("Zeta GUESTS", "DYNAMIC", city("Rome"), rest=False)

    async def names(**sought: Any) -> tuple[list[str], int]:
        async with shelf.story.house.database.unit() as conn:
            found, total = await store.search(conn, store.Search(**sought))
        return [each.name for each in found], total

    guests = ["beta Guests", "Alpha guests", "100% guests_", "Zeta GUESTS"]
    assert await names(words="guest") == (guests, 4)
    assert await names(words="0%") == (["100% guests_"], 1)
    assert await names(words="s_") == (["100% guests_"], 1)
    by_name = ["100% guests_", "Alpha guests", "beta Guests", "Zeta GUESTS"]
    assert await names(words="guest", sort="name") == (by_name, 4)
    assert await names(words="guest", sort="name", descending=True) == (by_name[::-1], 4)
    assert await names(words="guest", sort="name", offset=1, limit=2) == (by_name[1:3], 4)
    assert await names(words="guest", offset=9) == ([], 4)
    assert await names(kinds=["DYNAMIC"]) == (["Zeta GUESTS"], 1)
    assert await names(ids=[dynamic, 998], kinds=["MANUAL"]) == ([], 0)
    assert (await names())[1] == 5
