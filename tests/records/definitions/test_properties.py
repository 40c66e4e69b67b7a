"""Properties that are made and changed while the system runs."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from psycopg.errors import LockNotAvailable

from penstock.kernel.errors import PenstockError
from penstock.records import store
from penstock.records.definitions import groups, properties
from penstock.records.definitions.changing import Defined
from penstock.records.errors import (
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
    PropertyExists,
    PropertyInUse,
    RecordExists,
)
from penstock.records.model import Group, Option, Property
from penstock.records.reading import Record, history
from tests.conftest import NOW, House

LATER = NOW.replace(hour=12)


def draft(name: str, type: str = "string", field_type: str = "text", **traits) -> Property:
    traits.setdefault("label", "A label")
    return Property(name, type=type, field_type=field_type, hubspot_defined=False, **traits)


def select(name: str, *values: str, field_type: str = "select") -> Property:
    options = tuple(Option(value, value.title(), place) for place, value in enumerate(values))
    return draft(name, "enumeration", field_type, options=options)


async def create(house: House, *drafts: Property, word: str = "contacts", now=NOW):
    async with house.database.unit() as conn:
        return await properties.create(conn, word, drafts, now)


async def make(house: House, prop: Property) -> Property:
    return properties.one(await create(house, prop)).noun


async def change(house: House, name: str, **changes) -> Defined[Property]:
    async with house.database.unit() as conn:
        return await properties.update_one(conn, "contacts", name, changes, LATER)


async def archive(house: House, *names: str) -> list[str]:
    async with house.database.unit() as conn:
        return await properties.archive(conn, "contacts", names, LATER)


async def contact(house: House, **values) -> Record | PenstockError:
    schema = await house.schema()
    async with house.database.unit() as conn:
        (outcome,) = await store.create(
            conn, schema, schema.type("contacts"), [store.Draft(values)], house.write
        )
    return outcome


async def value(house: House, record: Record, name: str):
    async with house.database.unit() as conn:
        cursor = await conn.execute(
            "SELECT properties -> %s FROM records WHERE id = %s", (name, record.id)
        )
        return (await cursor.fetchone())[0]


def codes(error: PenstockError) -> list[str | None]:
    return [problem.code for problem in error.problems]


async def test_a_new_property_can_be_written_at_once(house: House) -> None:
    made = await make(house, draft("Favourite_Food"))
    assert made.name == "favourite_food"
    assert made.group == "contactinformation"
    record = await contact(house, favourite_food="Plums")
    assert isinstance(record, Record)
    assert record.properties["favourite_food"] == "Plums"


async def test_every_change_is_a_new_version_of_the_schema(house: House) -> None:
    versions = [(await house.schema()).version]
    await make(house, draft("one"))
    versions.append((await house.schema()).version)
    await change(house, "one", label="Uno")
    versions.append((await house.schema()).version)
    await archive(house, "one")
    versions.append((await house.schema()).version)
    assert len(set(versions)) == 4


async def test_what_fails_leaves_no_new_version_behind(house: House) -> None:
    before = (await house.schema()).version
    with pytest.raises(DefinitionNotFound):
        await change(house, "nothing_like_it", label="x")
    assert (await house.schema()).version == before


async def test_a_schema_that_was_rolled_back_is_never_taken_for_a_later_one(house: House) -> None:
    async with house.database.unit() as conn:
        await properties.create(conn, "contacts", [draft("ghost")], NOW)
        seen = await house.schemas.current(conn)
        assert "ghost" in seen.type("contacts").properties
        await conn.rollback()
    await make(house, draft("real"))
    assert "ghost" not in (await house.schema()).type("contacts").properties


async def test_one_bad_draft_does_not_keep_the_others_from_being_made(house: House) -> None:
    good, bad, twin, present = await create(
        house, draft("good"), draft("Not good!"), draft("GOOD"), draft("email")
    )
    assert isinstance(good, Defined)
    assert good.created_at == NOW
    assert isinstance(bad, DefinitionInvalid)
    assert "not_good" in str(bad.problems[0].text)
    assert isinstance(twin, PropertyExists)
    assert isinstance(present, PropertyExists)


@pytest.mark.parametrize(
    ("prop", "code"),
    [
        (draft("1st"), "INVALID_NAME"),
        (draft("ålder"), "INVALID_NAME"),
        (draft("a" * 101), "TOO_LONG"),
        (draft("hs_mine"), "RESERVED_NAME"),
        (draft("x", label=" "), "REQUIRED_FIELD"),
        (draft("x", label="\0"), "INVALID_CHARACTER"),
        (draft("x", group="nowhere"), "GROUP_DOESNT_EXIST"),
        (draft("x", "colour"), "INVALID_TYPE"),
        (draft("x", "number", "radio"), "INVALID_FIELD_TYPE"),
        (draft("x", "number", "calculation_equation"), "CALCULATION_NOT_SUPPORTED"),
        (select("x"), "INVALID_OPTIONS"),
        (select("x", "a", "a"), "DUPLICATE_OPTION_VALUE"),
        (select("x", "a;b"), "INVALID_OPTION_VALUE"),
        (replace(select("x", "yes", "no"), type="bool"), "INVALID_OPTIONS"),
        (replace(select("x", "a"), type="string", field_type="text"), "INVALID_OPTIONS"),
        (replace(select("x", "a"), external_options=True), "INVALID_OPTIONS"),
        (replace(select("x"), external_options=True), "INVALID_REFERENCE"),
        (draft("x", referenced_object_type="OWNER"), "INVALID_REFERENCE"),
        (replace(select("x", "a"), unique=True), "INVALID_UNIQUE_VALUE"),
        (draft("x", field_type="textarea", unique=True), "INVALID_UNIQUE_VALUE"),
    ],
)
async def test_a_wrong_definition_is_refused_with_its_reason(
    house: House, prop: Property, code: str
) -> None:
    (outcome,) = await create(house, prop)
    assert isinstance(outcome, DefinitionInvalid)
    assert code in codes(outcome)
    assert prop.name not in (await house.schema()).type("contacts").properties


async def test_everything_that_is_wrong_is_said_at_once(house: House) -> None:
    (outcome,) = await create(house, draft("No", "colour", label="", group="nowhere"))
    assert set(codes(outcome)) == {"REQUIRED_FIELD", "INVALID_TYPE", "GROUP_DOESNT_EXIST"}


async def test_a_yes_or_no_property_gets_its_two_options(house: House) -> None:
    made = await make(house, draft("vip", "bool", "booleancheckbox"))
    assert made.option_values == {"true", "false"}


async def test_a_property_may_hold_an_owner(house: House) -> None:
    made = await make(
        house, replace(select("buddy"), external_options=True, referenced_object_type="OWNER")
    )
    assert made.referenced_object_type == "OWNER"
    assert isinstance(await contact(house, buddy="77"), PenstockError)


async def test_unique_values_are_refused_twice_and_limited_to_ten_properties(
    house: House,
) -> None:
    drafts = [draft(f"key_{place}", unique=True) for place in range(11)]
    outcomes = await create(house, *drafts)
    assert all(isinstance(outcome, Defined) for outcome in outcomes[:10])
    assert codes(outcomes[10]) == ["TOO_MANY_UNIQUE_PROPERTIES"]
    assert isinstance(await contact(house, key_3="Same"), Record)
    assert isinstance(await contact(house, key_3="same"), RecordExists)


async def test_a_label_changes_and_the_values_stay(house: House) -> None:
    await make(house, draft("food"))
    record = await contact(house, food="Plums")
    changed = await change(house, "FOOD", label="Meal", description="What they eat", hidden=True)
    assert (changed.noun.label, changed.noun.hidden) == ("Meal", True)
    assert (changed.created_at, changed.updated_at) == (NOW, LATER)
    assert await value(house, record, "food") == "Plums"


async def test_new_options_replace_the_old_ones(house: House) -> None:
    await make(house, select("size", "s", "m"))
    await change(house, "size", options=(Option("l", "Large"),))
    assert isinstance(await contact(house, size="s"), PenstockError)
    assert isinstance(await contact(house, size="l"), Record)


async def test_values_are_converted_into_another_type(house: House) -> None:
    await make(house, draft("age"))
    record = await contact(house, age="41.50")
    await change(house, "age", type="number", field_type="number")
    assert await value(house, record, "age") == Decimal("41.5")
    async with house.database.unit() as conn:
        past = await history(conn, [record.id], ["age"])
    assert [entry.value for entry in past[record.id]["age"]] == [Decimal("41.5")]


async def test_one_option_becomes_several(house: House) -> None:
    await make(house, select("size", "s", "m"))
    record = await contact(house, size="m")
    await change(house, "size", field_type="checkbox")
    assert await value(house, record, "size") == ["m"]


async def test_values_that_do_not_fit_keep_a_type_from_changing(house: House) -> None:
    await make(house, draft("age"))
    record = await contact(house, age="young")
    with pytest.raises(DefinitionInvalid) as caught:
        await change(house, "age", type="number", field_type="number")
    assert str(record.id) in str(caught.value.problems[0].text)
    assert (await house.schema()).type("contacts").properties["age"].type == "string"
    assert await value(house, record, "age") == "young"


async def test_a_past_value_that_does_not_fit_counts_too(house: House) -> None:
    await make(house, draft("age"))
    record = await contact(house, age="young")
    schema = await house.schema()
    async with house.database.unit() as conn:
        await store.update(
            conn,
            schema,
            schema.type("contacts"),
            [store.Patch(record.id, {"age": "41"})],
            house.write,
        )
    with pytest.raises(DefinitionInvalid):
        await change(house, "age", type="number", field_type="number")


async def test_conversion_reaches_every_portion_of_the_records(house: House, monkeypatch) -> None:
    monkeypatch.setattr("penstock.records.definitions.conversion._PORTION", 2)
    await make(house, draft("age"))
    records = [await contact(house, age=str(age)) for age in range(5)]
    await change(house, "age", type="number", field_type="number")
    assert [await value(house, record, "age") for record in records] == [0, 1, 2, 3, 4]


async def test_a_write_that_is_under_way_is_converted_too(house: House) -> None:
    await make(house, draft("age"))
    record = await contact(house)
    schema = await house.schema()
    async with house.database.unit() as writing, house.database.unit() as watching:
        patch = store.Patch(record.id, {"age": "41"})
        await store.update(writing, schema, schema.type("contacts"), [patch], house.write)
        converting = asyncio.create_task(change(house, "age", type="number", field_type="number"))
        waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'records'::regclass"
        while not await (await watching.execute(waiting)).fetchall():
            assert not converting.done()
        await writing.commit()
        await converting
    assert await value(house, record, "age") == 41


async def test_a_built_in_property_keeps_its_type_but_not_its_options(house: House) -> None:
    with pytest.raises(DefinitionFixed):
        await change(house, "hs_lead_status", field_type="radio")
    changed = await change(house, "hs_lead_status", options=(Option("COLD", "Cold"),))
    assert changed.noun.option_values == {"COLD"}


async def test_what_is_built_in_or_needed_cannot_be_deleted(house: House) -> None:
    await make(house, draft("mine"))
    with pytest.raises(PropertyInUse) as caught:
        await archive(house, "mine", "email", "lifecyclestage")
    assert {problem.where for problem in caught.value.problems} == {"email", "lifecyclestage"}
    assert "mine" in (await house.schema()).type("contacts").properties


async def test_others_can_say_that_they_need_a_property(house: House, monkeypatch) -> None:
    async def look(conn, schema, type, names):
        return {name: [f"a list asks for {name}"] for name in names}

    monkeypatch.setattr("penstock.records.definitions.uses.PROPERTY_LOOKS", [look])
    await make(house, draft("mine"))
    with pytest.raises(PropertyInUse, match="a list asks for mine"):
        await archive(house, "mine")


async def test_deleting_what_is_not_there_deletes_nothing(house: House) -> None:
    await make(house, draft("mine"))
    assert await archive(house, "mine", "never_was") == ["mine"]
    assert await archive(house, "mine") == []


async def test_an_archived_property_is_read_apart(house: House) -> None:
    await make(house, draft("mine"))
    await archive(house, "mine")
    type = (await house.schema()).type("contacts")
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionNotFound):
            await properties.read_one(conn, type, "mine")
        found = await properties.read_one(conn, type, "mine", archived=True)
    assert found.archived_at == LATER


async def test_a_property_that_was_archived_comes_back_with_its_values(house: House) -> None:
    await make(house, draft("code", unique=True))
    first = await contact(house, code="A1")
    await archive(house, "code")
    assert isinstance(await contact(house, code="A1"), PenstockError)
    async with house.database.unit() as conn:
        await properties.restore_one(conn, "contacts", "code", LATER)
    assert await value(house, first, "code") == "A1"
    assert isinstance(await contact(house, code="a1"), RecordExists)


async def test_a_property_is_restored_although_its_group_is_gone(house: House) -> None:
    async with house.database.unit() as conn:
        await groups.create_one(conn, "contacts", Group("hobbies", "Hobbies"))
    await make(house, draft("sport", group="hobbies"))
    await archive(house, "sport")
    async with house.database.unit() as conn:
        await groups.archive_one(conn, "contacts", "hobbies", LATER)
        back = await properties.restore_one(conn, "contacts", "sport", LATER)
    assert back.noun.group == "contactinformation"


async def test_a_name_can_be_used_anew_with_another_type(house: House) -> None:
    await make(house, draft("age"))
    record = await contact(house, age="41")
    await archive(house, "age")
    (again,) = await create(house, draft("age", "number", "number"), now=LATER)
    assert isinstance(again, Defined)
    assert again.created_at == LATER
    assert await value(house, record, "age") == 41


async def test_a_name_whose_old_values_do_not_fit_is_refused_and_the_others_are_made(
    house: House,
) -> None:
    await make(house, draft("age"))
    record = await contact(house, age="young")
    await archive(house, "age")
    refused, made = await create(house, draft("age", "number", "number"), draft("other"))
    assert codes(refused) == ["VALUES_NOT_CONVERTIBLE"]
    assert isinstance(made, Defined)
    assert await value(house, record, "age") == "young"


async def test_old_values_that_are_not_unique_keep_a_name_from_being_unique(house: House) -> None:
    await make(house, draft("code"))
    await contact(house, code="A1")
    await contact(house, code="a1")
    await archive(house, "code")
    (refused,) = await create(house, draft("code", unique=True))
    assert codes(refused) == ["VALUES_NOT_UNIQUE"]
    assert isinstance(await make(house, draft("code")), Property)


async def test_two_that_make_the_same_property_at_once_do_not_both_succeed(house: House) -> None:
    async with house.database.unit() as first:
        made = await properties.create(first, "contacts", [draft("mine")], NOW)
        assert isinstance(made[0], Defined)
        async with house.database.unit() as second:
            await second.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(LockNotAvailable):
                await properties.create(second, "contacts", [draft("mine")], NOW)
            await second.rollback()
    (late,) = await create(house, draft("mine"))
    assert isinstance(late, PropertyExists)
