"""Events: what happened to a record is kept, and the engine hears of it."""

from dataclasses import replace
from uuid import uuid4

import pytest

from penstock.kernel.errors import PenstockError
from penstock.records import event_reading, events, merging, store
from penstock.records.changes import Lane, Write
from penstock.records.definitions import event_types
from penstock.records.definitions.event_types import EventTypeDraft
from penstock.records.errors import DefinitionNotFound, EventsInvalid, RecordNotFound
from penstock.records.event_reading import Selection
from penstock.records.events import Happening, Recorded
from penstock.records.model import Property
from penstock.records.reading import Record
from tests.conftest import NOW, House

LATER = NOW.replace(hour=12)


@pytest.fixture
async def demo(house: House) -> str:
    """The id of an event with a text and a number."""
    properties = (
        Property("plan", "Plan", hubspot_defined=False),
        Property("seats", "Seats", type="number", field_type="number", hubspot_defined=False),
    )
    async with house.database.unit() as conn:
        draft = EventTypeDraft("demo", "Demo", properties=properties)
        return (await event_types.create_one(conn, draft, NOW)).noun.id


async def create(house: House, word: str = "contacts", **values) -> Record:
    schema = await house.schema()
    async with house.database.unit() as conn:
        return store.one(
            await store.create(conn, schema, schema.type(word), [store.Draft(values)], house.write)
        )


async def send(
    house: House, *happenings: Happening, write: Write | None = None
) -> list[Recorded | PenstockError]:
    schema = await house.schema()
    async with house.database.unit() as conn:
        return await events.record(conn, schema, happenings, write or house.write)


async def rows(house: House, query: str) -> list:
    async with house.database.unit() as conn:
        return await (await conn.execute(query)).fetchall()


async def page(house: House, limit: int = 100, **selection) -> list[event_reading.Event]:
    async with house.database.unit() as conn:
        return await event_reading.page(conn, Selection(**selection), limit=limit)


async def test_an_event_is_kept_and_announced_to_the_engine(house: House, demo: str) -> None:
    ada = await create(house)
    earlier = NOW.replace(hour=9)
    write = replace(house.write, lane=Lane.BACKFILL, depth=3)
    happening = Happening("demo", {"plan": "gold", "seats": "7.50"}, ada.id, at=earlier)
    (recorded,) = await send(house, happening, write=write)
    assert isinstance(recorded, Recorded)
    (event,) = await page(house)
    assert (event.id, event.record_id, event.type, event.at) == (
        recorded.id,
        ada.id,
        demo,
        earlier,
    )
    assert event.properties == {"plan": "gold", "seats": pytest.approx(7.5)}
    (change,) = await rows(house, "SELECT * FROM changes WHERE kind = 'event'")
    assert (change.record_id, change.object_type, change.lane, change.depth) == (
        ada.id,
        "0-1",
        1,
        3,
    )
    assert (change.source, change.at) == ("API/test", NOW)
    assert change.details == {
        "type": demo,
        "properties": event.properties,
        "event": event.id,
        "at": "2026-03-02T09:00:00.000Z",
    }


async def test_a_contact_is_found_by_address_or_by_browser(house: House, demo: str) -> None:
    ada = await create(house, email="ada@example.test")
    found = await send(
        house,
        Happening(demo, email=" ADA@example.test "),
        Happening(demo, email="ada@example.test", utk="cookie"),
    )
    assert [outcome.record_id for outcome in found] == [ada.id, ada.id]
    (again,) = await send(house, Happening(demo, utk="cookie"))
    assert again.record_id == ada.id
    bob = await create(house)
    await send(house, Happening(demo, record=bob.id, utk="cookie"))
    (other,) = await send(house, Happening(demo, utk="cookie"))
    assert other.record_id == bob.id


async def test_the_same_event_sent_twice_is_kept_once(house: House, demo: str) -> None:
    ada, bob = await create(house), await create(house)
    key = uuid4()
    first, twin, other = await send(
        house,
        Happening(demo, record=ada.id, uuid=key),
        Happening(demo, record=ada.id, uuid=key),
        Happening(demo, record=bob.id, uuid=key),
    )
    (late,) = await send(house, Happening(demo, record=ada.id, uuid=key))
    assert first.id is not None
    assert other.id is not None
    assert twin.id is None
    assert late.id is None
    assert len(await page(house)) == 2
    assert len(await rows(house, "SELECT FROM changes WHERE kind = 'event'")) == 2


async def test_what_cannot_be_recorded_does_not_keep_the_rest_from_it(
    house: House, demo: str
) -> None:
    ada = await create(house)
    deal = await create(house, "deals", dealname="d")
    outcomes = await send(
        house,
        Happening("nothing", record=ada.id),
        Happening(demo, record=64),
        Happening(demo, email="nobody@example.test"),
        Happening(demo, utk="nobody"),
        Happening(demo),
        Happening(demo, record=deal.id),
        Happening(demo, {"seats": "many", "colour": "red"}, ada.id),
        Happening(demo, {"plan": "gold"}, ada.id),
    )
    assert [type(outcome) for outcome in outcomes] == [
        DefinitionNotFound,
        RecordNotFound,
        RecordNotFound,
        RecordNotFound,
        EventsInvalid,
        EventsInvalid,
        EventsInvalid,
        Recorded,
    ]
    assert [problem.where for problem in outcomes[6].problems] == [
        "properties.seats",
        "properties.colour",
    ]
    assert len(await page(house)) == 1


async def test_built_in_events_can_happen_to_records_of_every_type(house: House) -> None:
    deal = await create(house, "deals", dealname="d")
    (outcome,) = await send(house, Happening("4-1466013", {"hs_workflow_id": "7"}, record=deal.id))
    assert isinstance(outcome, Recorded)


async def test_events_of_a_merged_contact_belong_to_the_survivor(house: House, demo: str) -> None:
    ada, bob = await create(house), await create(house)
    await send(house, Happening(demo, record=bob.id, utk="cookie"))
    schema = await house.schema()
    async with house.database.unit() as conn:
        await merging.merge(conn, schema, schema.type("contacts"), ada.id, bob.id, house.write)
    late, browser = await send(house, Happening(demo, record=bob.id), Happening(demo, utk="cookie"))
    assert (late.record_id, browser.record_id) == (ada.id, ada.id)
    assert {event.record_id for event in await page(house)} == {ada.id}


async def test_nothing_happens_to_what_is_archived_or_erased(house: House, demo: str) -> None:
    ada, bob = await create(house), await create(house)
    await send(house, Happening(demo, record=bob.id, utk="cookie"))
    schema = await house.schema()
    type = schema.type("contacts")
    async with house.database.unit() as conn:
        await store.archive(conn, type, [ada.id], house.write)
        await merging.erase(conn, schema, type, bob.id, house.write)
    outcomes = await send(
        house,
        Happening(demo, record=ada.id),
        Happening(demo, record=bob.id),
        Happening(demo, utk="cookie"),
    )
    assert all(isinstance(outcome, RecordNotFound) for outcome in outcomes)
    assert await page(house) == []
    assert await rows(house, "SELECT FROM visitors") == []


async def test_erasing_a_survivor_forgets_the_browsers_of_those_it_absorbed(
    house: House, demo: str
) -> None:
    ada, bob = await create(house), await create(house)
    await send(house, Happening(demo, record=bob.id, utk="cookie"))
    schema = await house.schema()
    type = schema.type("contacts")
    async with house.database.unit() as conn:
        await merging.merge(conn, schema, type, ada.id, bob.id, house.write)
        await merging.erase(conn, schema, type, ada.id, house.write)
    assert await rows(house, "SELECT FROM visitors") == []


async def test_events_are_read_page_by_page_in_both_directions(house: House, demo: str) -> None:
    ada, bob = await create(house), await create(house)
    # Two of them at the same moment.
    times = [NOW.replace(minute=minute) for minute in (3, 1, 1, 2)]
    await send(house, *(Happening(demo, record=ada.id, at=at) for at in times))
    await send(house, Happening(demo, record=bob.id, at=NOW.replace(minute=5)))
    for ascending in (False, True):
        for chosen in ({"record_ids": [ada.id]}, {"types": [demo]}):
            whole = await page(house, ascending=ascending, **chosen)
            order = [(event.at, event.id) for event in whole]
            assert order == sorted(order, reverse=not ascending)
            assert len(whole) == (4 if "record_ids" in chosen else 5)
            walked: list[event_reading.Event] = []
            while True:
                after = (walked[-1].at, walked[-1].id) if walked else None
                part = await page(house, 2, ascending=ascending, after=after, **chosen)
                walked += part
                if not part:
                    break
            assert walked == whole


async def test_events_are_chosen_by_time_kind_value_and_record_type(
    house: House, demo: str
) -> None:
    ada = await create(house)
    deal = await create(house, "deals", dealname="d")
    first, second, third = await send(
        house,
        Happening(demo, {"plan": "gold"}, ada.id, at=NOW),
        Happening(demo, {"plan": "blue", "seats": "2"}, ada.id, at=LATER),
        Happening("4-1466013", record=deal.id, at=LATER),
    )

    async def ids(**selection) -> list[int]:
        return [event.id for event in await page(house, **selection)]

    assert await ids(until=LATER) == [first.id]
    assert await ids(since=LATER) == [third.id, second.id]
    assert await ids(types=["4-1466013"]) == [third.id]
    assert await ids(holding={"plan": "gold"}) == [first.id]
    assert await ids(holding={"seats": 2}) == [second.id]
    assert await ids(object_type="0-3") == [third.id]
    assert await ids(ids=[second.id], record_ids=[ada.id]) == [second.id]
    assert await ids(record_ids=[]) == []
