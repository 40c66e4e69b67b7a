"""Custom object types."""

import pytest

from penstock.records import associations, store
from penstock.records.definitions import object_types, pipelines, properties
from penstock.records.definitions.drafts import ObjectTypeDraft
from penstock.records.definitions.object_types import ObjectTypeDefinition
from penstock.records.definitions.pipelines import PipelineDraft
from penstock.records.definitions.stage_shape import StageDraft
from penstock.records.errors import (
    DefinitionExists,
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
    ObjectTypeUnknown,
    TypeInUse,
    ValuesInvalid,
)
from penstock.records.model import Property
from penstock.records.reading import Record
from tests.conftest import NOW, House

CAR = ObjectTypeDraft(
    name="Car",
    label="Car",
    plural_label="Cars",
    required=("vin",),
    secondary=("colour",),
    search=("vin", "colour"),
    properties=(
        Property("vin", "VIN", unique=True, hubspot_defined=False),
        Property("colour", "Colour", hubspot_defined=False),
    ),
    associated=("CONTACT", "0-14"),
)


async def make(house: House, draft: ObjectTypeDraft = CAR) -> ObjectTypeDefinition:
    async with house.database.unit() as conn:
        id = await object_types.create_one(conn, draft, NOW)
        return await object_types.read_one(conn, id)


async def car(house: House, **values) -> Record:
    schema = await house.schema()
    async with house.database.unit() as conn:
        return store.one(
            await store.create(conn, schema, schema.type("car"), [store.Draft(values)], house.write)
        )


async def test_records_of_a_new_type_can_be_made_at_once(house: House) -> None:
    made = await make(house)
    assert made.noun.id == "2-1"
    record = await car(house, vin="X1", colour="red")
    assert record.properties == {"vin": "X1", "colour": "red"}
    with pytest.raises(ValuesInvalid, match="not valid"):
        await car(house, colour="red")


async def test_a_new_type_is_meant_by_all_its_words(house: House) -> None:
    made = await make(house)
    schema = await house.schema()
    words = ["2-1", "car", "CAR", f"p{schema.portal_id}_car"]
    assert {schema.type(word).id for word in words} == {made.noun.id}


async def test_a_new_type_has_what_built_in_types_have(house: House) -> None:
    await make(house)
    type = (await house.schema()).type("car")
    assert type.columns == {
        "hs_object_id": "id",
        "hs_createdate": "created_at",
        "hs_lastmodifieddate": "updated_at",
    }
    assert type.properties["hubspot_owner_id"].referenced_object_type == "OWNER"
    assert type.stamps == {"hubspot_owner_id": ("hubspot_owner_assigneddate",)}
    assert type.shown == ("vin", "colour", "hs_object_id", "hs_createdate", "hs_lastmodifieddate")
    assert type.search == ("vin", "colour")


async def test_a_new_type_can_be_associated_with_people_deals_and_activities(
    house: House,
) -> None:
    made = await make(house)
    schema = await house.schema()
    near = {"contacts", "companies", "deals", "tickets", "notes", "tasks", "calls", "emails"}
    near |= {"meetings", "quotes", "car"}
    ends = {edge.to_type for edge in made.edges if edge.from_type == "2-1"}
    assert ends == {schema.type(word).id for word in near}
    assert {edge.category for edge in made.edges} == {"USER_DEFINED"}
    for edge in made.edges:
        back = schema.edges[edge.inverse]
        assert (back.from_type, back.to_type, back.inverse) == (
            edge.to_type,
            edge.from_type,
            edge.id,
        )


async def test_a_record_of_a_new_type_is_associated_with_a_contact(house: House) -> None:
    await make(house)
    red = await car(house, vin="X1")
    schema = await house.schema()
    types = schema.type("contacts"), schema.type("car")
    async with house.database.unit() as conn:
        edge = associations.NewEdge(red.id)
        ada = store.one(
            await store.create(conn, schema, types[0], [store.Draft({}, [edge])], house.write)
        )
        near = await associations.neighbours(conn, schema, types, ada.id)
    assert [neighbour.id for neighbour in near] == [red.id]


async def test_the_first_property_is_shown_first_unless_another_is_named(house: House) -> None:
    made = await make(
        house,
        ObjectTypeDraft("boat", "Boat", "Boats", properties=(Property("keel", "Keel"),)),
    )
    assert (made.noun.primary, made.noun.search) == ("keel", ("keel",))
    bare = await make(house, ObjectTypeDraft("raft", "Raft", "Rafts"))
    assert bare.noun.primary == "hs_object_id"


async def test_a_wrong_type_is_refused_with_everything_that_is_wrong(house: House) -> None:
    draft = ObjectTypeDraft(
        "my car", "", "Cars", primary="nope", required=("hs_createdate",), search=["a", "b"]
    )
    with pytest.raises(DefinitionInvalid) as caught:
        await make(house, draft)
    places = [problem.where for problem in caught.value.problems]
    assert places == [
        "name",
        "labels.singular",
        "primaryDisplayProperty",
        "requiredProperties",
        "searchableProperties",
        "searchableProperties",
    ]


async def test_wrong_properties_keep_a_type_from_being_made(house: House) -> None:
    draft = ObjectTypeDraft(
        "boat", "Boat", "Boats", properties=(Property("Keel!", "Keel"), Property("mast", ""))
    )
    with pytest.raises(DefinitionInvalid) as caught:
        await make(house, draft)
    assert [problem.where for problem in caught.value.problems] == ["name", "label"]
    with pytest.raises(ObjectTypeUnknown):
        (await house.schema()).type("boat")


async def test_a_type_with_unknown_associations_is_not_made(house: House) -> None:
    with pytest.raises(ObjectTypeUnknown):
        await make(house, ObjectTypeDraft("boat", "Boat", "Boats", associated=("HARBOUR",)))


@pytest.mark.parametrize("name", ["car", "CAR", "contact", "deals"])
async def test_the_words_of_other_types_are_taken(house: House, name: str) -> None:
    await make(house)
    with pytest.raises(DefinitionExists):
        await make(house, ObjectTypeDraft(name, "Other", "Others"))


async def test_a_type_changes(house: House) -> None:
    await make(house)
    later = NOW.replace(hour=12)
    async with house.database.unit() as conn:
        await object_types.update_one(
            conn,
            "car",
            {"label": "Vehicle", "required": (), "primary": "colour", "secondary": ("vin",)},
            later,
        )
        (after,) = await object_types.read(conn)
    assert (after.noun.label, after.noun.plural_label) == ("Vehicle", "Cars")
    assert (after.created_at, after.updated_at) == (NOW, later)
    assert after.noun.shown[:2] == ("colour", "vin")
    await car(house, colour="red")


async def test_a_type_only_names_properties_that_it_has(house: House) -> None:
    await make(house)
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionInvalid, match="not valid"):
            await object_types.update_one(conn, "car", {"required": ("wheels",)}, NOW)


async def test_built_in_types_are_neither_changed_nor_deleted(house: House) -> None:
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionFixed):
            await object_types.update_one(conn, "contacts", {"label": "Human"}, NOW)
        with pytest.raises(DefinitionFixed):
            await object_types.archive_one(conn, "contacts", NOW)
        with pytest.raises(DefinitionFixed):
            await object_types.purge_one(conn, "contacts", NOW)


async def test_a_property_that_a_type_needs_cannot_be_deleted(house: House) -> None:
    await make(house)
    for name in ("vin", "colour"):
        async with house.database.unit() as conn:
            with pytest.raises(Exception, match="in use"):
                await properties.archive(conn, "car", [name], NOW)


async def test_a_type_with_records_cannot_be_deleted(house: House) -> None:
    await make(house)
    record = await car(house, vin="X1")
    async with house.database.unit() as conn:
        with pytest.raises(TypeInUse, match=str(record.id)):
            await object_types.archive_one(conn, "car", NOW)
        with pytest.raises(TypeInUse):
            await object_types.purge_one(conn, "car", NOW)


async def test_an_archived_type_is_gone_but_its_name_is_taken(house: House) -> None:
    await make(house)
    async with house.database.unit() as conn:
        await object_types.archive_one(conn, "car", NOW)
        assert await object_types.read(conn) == []
        (archived,) = await object_types.read(conn, archived=True)
        with pytest.raises(DefinitionNotFound):
            await object_types.read_one(conn, "2-1")
    assert archived.archived_at == NOW
    schema = await house.schema()
    assert all("2-1" not in (edge.from_type, edge.to_type) for edge in schema.edges.values())
    with pytest.raises(DefinitionExists, match="archived=true"):
        await make(house)


async def test_a_purged_type_leaves_nothing_and_frees_its_name(house: House) -> None:
    await make(house)
    record = await car(house, vin="X1")
    schema = await house.schema()
    async with house.database.unit() as conn:
        ada = store.one(
            await store.create(
                conn,
                schema,
                schema.type("contacts"),
                [store.Draft({}, [associations.NewEdge(record.id)])],
                house.write,
            )
        )
        stages = (StageDraft("New", 0),)
        await pipelines.create_one(conn, "car", PipelineDraft("Road", 0, stages), NOW)
        await store.archive(conn, schema.type("car"), [record.id], house.write)
        await object_types.archive_one(conn, "car", NOW)
        await object_types.purge_one(conn, "car", NOW)
        for table in ("associations", "unique_values", "pipelines", "properties"):
            cursor = await conn.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
            assert all('"2-1"' not in row[0] for row in await cursor.fetchall()), table
        cursor = await conn.execute("SELECT id FROM records")
        assert [row.id for row in await cursor.fetchall()] == [ada.id]
    again = await make(house)
    assert again.noun.id == "2-2"


async def test_others_can_say_that_they_need_a_type(house: House, monkeypatch) -> None:
    async def look(conn, schema, type):
        return [f"a workflow enrols {type.plural_label}"]

    monkeypatch.setattr("penstock.records.definitions.uses.TYPE_LOOKS", [look])
    await make(house)
    async with house.database.unit() as conn:
        with pytest.raises(TypeInUse, match="a workflow enrols Cars"):
            await object_types.archive_one(conn, "car", NOW)
