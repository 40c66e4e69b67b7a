"""Owners, and the records of the people behind them."""

from dataclasses import replace

import pytest

from penstock.records import owners, store
from penstock.records.errors import DefinitionExists, DefinitionInvalid, DefinitionNotFound
from penstock.records.owners import Owner, OwnerDraft
from penstock.records.reading import Record, find, read
from tests.conftest import House


async def make(house: House, *drafts: OwnerDraft) -> list:
    async with house.database.unit() as conn:
        return await owners.create(conn, drafts, house.write)


async def person(house: House, email: str) -> Record:
    schema = await house.schema()
    type = schema.type("users")
    async with house.database.unit() as conn:
        id = (await find(conn, type, "hs_email", [email]))[email]
        return (await read(conn, type, [id]))[id]


ADA = OwnerDraft(" Ada@Example.test ", "Ada", "Lovelace")


async def test_an_owner_comes_with_a_user_id_and_a_record(house: House) -> None:
    (ada,) = await make(house, ADA)
    assert (ada.email, ada.first_name) == ("ada@example.test", "Ada")
    assert ada.user_id != ada.id
    record = await person(house, "ada@example.test")
    assert record.properties["hs_internal_user_id"] == str(ada.user_id)
    assert record.properties["hubspot_owner_id"] == str(ada.id)
    assert record.properties["hs_deactivated"] is False


async def test_records_can_belong_to_a_new_owner_at_once(house: House) -> None:
    (ada,) = await make(house, ADA)
    schema = await house.schema()
    async with house.database.unit() as conn:
        drafts = [
            store.Draft({"hubspot_owner_id": str(ada.id)}),
            store.Draft({"hubspot_owner_id": "1"}),
        ]
        good, bad = await store.create(conn, schema, schema.type("contacts"), drafts, house.write)
    assert isinstance(good, Record)
    assert not isinstance(bad, Record)


async def test_wrong_owners_do_not_keep_the_others_from_being_made(house: House) -> None:
    bad, ada, twin, empty = await make(house, OwnerDraft("nobody"), ADA, ADA, OwnerDraft(" "))
    assert isinstance(bad, DefinitionInvalid)
    assert isinstance(ada, Owner)
    assert isinstance(twin, DefinitionExists)
    assert isinstance(empty, DefinitionInvalid)
    assert isinstance((await make(house, ADA))[0], DefinitionExists)


async def test_a_person_who_is_there_already_becomes_the_owner(house: House) -> None:
    schema = await house.schema()
    async with house.database.unit() as conn:
        await store.create(
            conn,
            schema,
            schema.type("users"),
            [store.Draft({"hs_email": "ada@example.test", "hs_job_title": "Countess"})],
            house.write,
        )
    (ada,) = await make(house, ADA)
    record = await person(house, "ada@example.test")
    assert record.properties["hs_job_title"] == "Countess"
    assert record.properties["hubspot_owner_id"] == str(ada.id)


async def test_owners_are_read_page_by_page_and_by_address(house: House) -> None:
    made = await make(house, *(OwnerDraft(f"o{place}@example.test") for place in range(5)))
    async with house.database.unit() as conn:
        first = await owners.page(conn, limit=3)
        second = await owners.page(conn, limit=3, after=first[-1].id)
        assert [owner.id for owner in [*first, *second]] == [owner.id for owner in made]
        found = await owners.page(conn, email="O3@example.test")
        assert found == [made[3]]
        assert await owners.page(conn, user_ids=[made[2].user_id]) == [made[2]]
        assert await owners.page(conn, archived=True) == []


async def test_a_person_changes_with_the_owner(house: House) -> None:
    ada, _ = await make(house, ADA, OwnerDraft("bob@example.test"))
    later = house.write.now.replace(hour=12)
    write = replace(house.write, now=later)
    async with house.database.unit() as conn:
        changed = await owners.update_one(
            conn, ada.id, {"email": "countess@example.test", "last_name": "King"}, write
        )
        with pytest.raises(DefinitionExists):
            await owners.update_one(conn, ada.id, {"email": "bob@example.test"}, write)
    assert (changed.email, changed.first_name, changed.last_name) == (
        "countess@example.test",
        "Ada",
        "King",
    )
    assert (changed.created_at, changed.updated_at) == (ada.created_at, later)
    record = await person(house, "countess@example.test")
    assert record.properties["hs_family_name"] == "King"


async def test_an_archived_owner_keeps_what_is_theirs_and_gets_nothing_new(house: House) -> None:
    (ada,) = await make(house, ADA)
    schema = await house.schema()
    type = schema.type("contacts")
    theirs = {"hubspot_owner_id": str(ada.id)}
    async with house.database.unit() as conn:
        kept = store.one(await store.create(conn, schema, type, [store.Draft(theirs)], house.write))
        (gone,) = await owners.archive(conn, [ada.id, 5], house.write)
        assert gone.archived_at == house.write.now
    schema = await house.schema()
    async with house.database.unit() as conn:
        (refused,) = await store.create(conn, schema, type, [store.Draft(theirs)], house.write)
        assert not isinstance(refused, Record)
        assert (await read(conn, type, [kept.id]))[kept.id].properties == kept.properties
        with pytest.raises(DefinitionNotFound):
            await owners.read_one(conn, ada.id)
        assert (await owners.read_one(conn, ada.id, archived=True)).email == ada.email
    assert (await person(house, ada.email)).properties["hs_deactivated"] is True


async def test_an_archived_owner_comes_back_unless_somebody_took_the_address(
    house: House,
) -> None:
    (ada,) = await make(house, ADA)
    async with house.database.unit() as conn:
        await owners.archive(conn, [ada.id], house.write)
        back = await owners.restore_one(conn, ada.id, house.write)
        assert back.archived_at is None
        await owners.archive(conn, [ada.id], house.write)
    assert (await person(house, ada.email)).properties["hs_deactivated"] is True
    (other,) = await make(house, ADA)
    assert other.id != ada.id
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionExists):
            await owners.restore_one(conn, ada.id, house.write)
