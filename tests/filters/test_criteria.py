"""Criteria are shared by all who ask the same, and begin anew when nobody asked meanwhile."""

import asyncio

import pytest

from penstock.filters import criteria
from penstock.filters.compile import check
from penstock.kernel.clock import VirtualClock
from tests.conftest import NOW, House
from tests.lists.shelf import Shelf, city
from tests.story import Story, set_property, when


@pytest.fixture
def shelf(house: House) -> Shelf:
    return Shelf(Story(house, VirtualClock(NOW)))


async def keep(shelf: Shelf, name: str = "Rome") -> int:
    schema = await shelf.story.house.schema()
    criterion = check(city(name), schema, "contacts")
    async with shelf.story.house.database.unit() as conn:
        return await criteria.keep(conn, criterion, NOW)


async def standing(shelf: Shelf, id: int) -> set[bool]:
    rows = await shelf.story.query("SELECT stands FROM standings WHERE criterion_id = %s", id)
    assert len(rows) == 64
    return {row.stands for row in rows}


async def test_who_asks_the_same_shares_one(shelf: Shelf) -> None:
    first = await keep(shelf)
    assert await keep(shelf) == first
    assert await keep(shelf, "Oslo") != first
    rows = await shelf.story.query(
        "SELECT kind, key FROM criterion_depends WHERE criterion_id = %s", first
    )
    assert [tuple(row) for row in rows] == [("property", "0-1/city")]


async def test_many_who_come_at_once_share_one(shelf: Shelf) -> None:
    assert len(set(await asyncio.gather(*(keep(shelf) for _ in range(4))))) == 1


async def test_what_a_list_asks_stands_until_the_list_is_deleted(shelf: Shelf) -> None:
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"))
    id = await keep(shelf)
    assert await standing(shelf, id) == {True}
    await shelf.delete(rome)
    await keep(shelf)
    assert await standing(shelf, id) == {False}


async def test_what_a_workflow_asks_stands_as_long_as_it_is_on(shelf: Shelf) -> None:
    flow = await shelf.story.workflow(when(city("Rome")), [set_property("1", "city", "Oslo")])
    await shelf.story.turn_on(flow)
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"), rest=False)
    rows = await shelf.story.query("SELECT pending_criterion_id FROM lists WHERE id = %s", rome)
    assert await standing(shelf, rows[0].pending_criterion_id) == {True}
    await shelf.story.rest()
    assert not (await shelf.read(rome)).processing


async def test_all_engines_are_told(shelf: Shelf) -> None:
    async def version() -> int:
        (row,) = await shelf.story.query("SELECT version FROM workflows_state")
        number: int = row.version
        return number

    before = await version()
    rome = await shelf.make("In Rome", "DYNAMIC", city("Rome"), rest=False)
    made = await version()
    await shelf.change(rome, city("Oslo"), rest=False)
    changed = await version()
    await shelf.delete(rome)
    assert before < made < changed < await version()
