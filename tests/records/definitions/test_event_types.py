"""Kinds of events that users define."""

import pytest

from penstock.records import events
from penstock.records.definitions import event_types
from penstock.records.definitions.event_types import EventTypeDraft
from penstock.records.errors import (
    DefinitionExists,
    DefinitionInvalid,
    DefinitionNotFound,
    ObjectTypeUnknown,
    PropertyExists,
)
from penstock.records.model import EventType, Option, Property
from penstock.records.seed import EVENT_TYPES
from tests.conftest import NOW, House

LATER = NOW.replace(hour=12)
PLAN = Property("plan", "Plan", field_type="", hubspot_defined=False)


async def make(house: House, draft: EventTypeDraft) -> EventType:
    async with house.database.unit() as conn:
        return (await event_types.create_one(conn, draft, NOW)).noun


async def test_an_event_is_defined_with_its_properties(house: House) -> None:
    size = Property(
        "size", "Size", type="enumeration", field_type="", options=(Option("s", "Small"),)
    )
    made = await make(house, EventTypeDraft("Asked_Demo", "Asked", "deals", "x", (PLAN, size)))
    portal = (await house.schema()).portal_id
    assert made.id == "6-1000001"
    assert made.name == f"pe{portal}_asked_demo"
    assert (made.object_type, made.label, made.description) == ("0-3", "Asked", "x")
    assert [(p.name, p.type, p.field_type) for p in made.properties[:2]] == [
        ("plan", "string", "text"),
        ("size", "enumeration", "select"),
    ]
    assert "hs_page_url" in [prop.name for prop in made.properties]
    bare = await make(house, EventTypeDraft("bare", "Bare", with_defaults=False))
    assert bare.properties == ()


async def test_an_event_is_meant_by_its_id_its_short_and_its_full_name(house: House) -> None:
    made = await make(house, EventTypeDraft("e_mail", "Mail"))
    schema = await house.schema()
    async with house.database.unit() as conn:
        for word in (made.id, made.name, "e_mail", "E_Mail"):
            assert (await event_types.read_one(conn, schema, word)).noun == made
        with pytest.raises(DefinitionNotFound):
            await event_types.read_one(conn, schema, "nothing")


async def test_a_wrong_definition_is_refused(house: House) -> None:
    await make(house, EventTypeDraft("demo", "Demo"))
    with pytest.raises(DefinitionExists):
        await make(house, EventTypeDraft("DEMO", "Demo"))
    with pytest.raises(ObjectTypeUnknown):
        await make(house, EventTypeDraft("x", "X", "nothing"))
    with pytest.raises(DefinitionInvalid) as caught:
        await make(house, EventTypeDraft("x y", "", properties=(PLAN, PLAN)))
    assert [problem.code for problem in caught.value.problems] == [
        "INVALID_NAME",
        "REQUIRED_FIELD",
        "Properties.PROPERTY_WITH_NAME_EXISTS",
    ]


async def test_an_event_changes_and_ends(house: House) -> None:
    await make(house, EventTypeDraft("demo", "Demo"))
    schema = await house.schema()
    async with house.database.unit() as conn:
        changed = await event_types.update_one(conn, "demo", {"label": "Show"}, LATER)
        assert (changed.noun.label, changed.created_at, changed.updated_at) == ("Show", NOW, LATER)
        await event_types.archive_one(conn, "demo", LATER)
        with pytest.raises(DefinitionNotFound):
            await event_types.read_one(conn, schema, "demo")
    with pytest.raises(DefinitionExists):
        await make(house, EventTypeDraft("demo", "Demo"))


async def test_properties_of_an_event_come_change_and_go(house: House) -> None:
    await make(house, EventTypeDraft("demo", "Demo", properties=(PLAN,), with_defaults=False))
    price = Property("price", "Price", type="number", field_type="", hubspot_defined=False)
    async with house.database.unit() as conn:
        added = await event_types.add_property(conn, "demo", price, LATER)
        assert [prop.name for prop in added.noun.properties] == ["plan", "price"]
        with pytest.raises(PropertyExists):
            await event_types.add_property(conn, "demo", price, LATER)
        changed = await event_types.update_property(
            conn, "demo", "PLAN", {"label": "The plan"}, LATER
        )
        assert changed.noun.properties[0].label == "The plan"
        removed = await event_types.remove_property(conn, "demo", "plan", LATER)
        assert [prop.name for prop in removed.noun.properties] == ["price"]
        with pytest.raises(DefinitionNotFound):
            await event_types.remove_property(conn, "demo", "plan", LATER)


async def test_the_values_of_a_deleted_property_go_with_it(house: House) -> None:
    await make(house, EventTypeDraft("demo", "Demo", properties=(PLAN,)))
    schema = await house.schema()
    async with house.database.unit() as conn:
        from penstock.records import store

        ada = store.one(
            await store.create(
                conn, schema, schema.type("contacts"), [store.Draft({})], house.write
            )
        )
        happening = events.Happening("demo", {"plan": "gold", "hs_city": "Oslo"}, ada.id)
        await events.record(conn, schema, [happening], house.write)
        await event_types.remove_property(conn, "demo", "plan", LATER)
        cursor = await conn.execute("SELECT properties FROM events")
        assert (await cursor.fetchone())[0] == {"hs_city": "Oslo"}


async def test_every_built_in_event_can_be_sent_by_its_name(house: House) -> None:
    async with house.database.unit() as conn:
        found = await event_types.read(conn)
    assert {entry.noun.id: entry.noun for entry in found} == dict(EVENT_TYPES)
    names = [event.name for event in EVENT_TYPES.values()]
    assert len(set(names)) == len(names)
