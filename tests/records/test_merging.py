"""Two records become one, and people are erased."""

from typing import Any

import pytest

from penstock.records import associations, merging, store
from penstock.records.associations import NewEdge
from penstock.records.errors import MergeInvalid, RecordNotFound
from penstock.records.reading import find, history, read
from tests.conftest import House


async def _two(house: House) -> tuple[Any, Any, int, int, int]:
    schema = await house.schema()
    contacts = schema.type("contacts")
    async with house.database.unit() as conn:
        (acme,) = await store.create(
            conn, schema, schema.type("companies"), [store.Draft({"name": "Acme"})], house.write
        )
        acme_id = store.one([acme]).id
        drafts = [
            store.Draft({"email": "ada@example.test", "firstname": "Ada"}),
            store.Draft(
                {"email": "ada@old.test", "firstname": "A.", "city": "Lund"},
                [NewEdge(acme_id, (1,))],
            ),
        ]
        made = await store.create(conn, schema, contacts, drafts, house.write)
    ada, old = (store.one([record]).id for record in made)
    return schema, contacts, ada, old, acme_id


async def test_the_survivor_keeps_its_values_and_takes_what_it_lacks(house: House) -> None:
    schema, contacts, ada, old, acme = await _two(house)
    async with house.database.unit() as conn:
        merged = await merging.merge(conn, schema, contacts, ada, old, house.write)
        assert merged.properties["firstname"] == "Ada"
        assert merged.properties["city"] == "Lund"
        assert merged.properties["hs_additional_emails"] == "ada@old.test"
        assert (await read(conn, contacts, [old]))[old].id == ada
        found = await find(conn, contacts, "email", ["ada@old.test", "ada@example.test"])
        assert found == {"ada@old.test": ada, "ada@example.test": ada}
        types = (contacts, schema.type("companies"))
        (near,) = await associations.neighbours(conn, schema, types, ada)
        assert (near.id, {edge.id for edge in near.edges}) == (acme, {1, 279})
        assert await associations.neighbours(conn, schema, types, old) == []
        past = await history(conn, [ada], ["firstname"])
        assert {value.value for value in past[ada]["firstname"]} == {"Ada", "A."}


async def test_an_update_to_the_loser_reaches_the_survivor(house: House) -> None:
    schema, contacts, ada, old, _ = await _two(house)
    async with house.database.unit() as conn:
        await merging.merge(conn, schema, contacts, ada, old, house.write)
        patch = store.Patch(old, {"city": "Malmö"})
        record = store.one(await store.update(conn, schema, contacts, [patch], house.write))
    assert (record.id, record.properties["city"]) == (ada, "Malmö")


async def test_both_records_are_told_of_the_merge(house: House) -> None:
    schema, contacts, ada, old, _ = await _two(house)
    async with house.database.unit() as conn:
        await merging.merge(conn, schema, contacts, ada, old, house.write)
        cursor = await conn.execute(
            "SELECT record_id, kind FROM changes WHERE kind IN ('merged', 'absorbed')"
        )
        told = {tuple(row) for row in await cursor.fetchall()}
    assert told == {(old, "merged"), (ada, "absorbed")}


async def test_a_record_cannot_be_merged_with_itself_or_with_nobody(house: House) -> None:
    schema, contacts, ada, _, _ = await _two(house)
    async with house.database.unit() as conn:
        with pytest.raises(MergeInvalid):
            await merging.merge(conn, schema, contacts, ada, ada, house.write)
        with pytest.raises(RecordNotFound):
            await merging.merge(conn, schema, contacts, ada, 99, house.write)


async def test_an_erased_person_leaves_nothing_behind(house: House) -> None:
    schema, contacts, ada, old, _ = await _two(house)
    async with house.database.unit() as conn:
        await merging.merge(conn, schema, contacts, ada, old, house.write)
    async with house.database.unit() as conn:
        await merging.erase(conn, schema, contacts, ada, house.write)
    async with house.database.unit() as conn:
        for table, column in (
            ("records", "id"),
            ("property_history", "record_id"),
            ("unique_values", "record_id"),
            ("associations", "from_id"),
            ("associations", "to_id"),
        ):
            cursor = await conn.execute(
                f"SELECT count(*) FROM {table} WHERE {column} = ANY(%s)", ([ada, old],)
            )
            assert (await cursor.fetchone())[0] == 0, table
        cursor = await conn.execute(
            "SELECT record_id, kind FROM changes WHERE record_id = ANY(%s) AND kind = 'erased'",
            ([ada, old],),
        )
        assert {row.record_id for row in await cursor.fetchall()} == {ada, old}
        cursor = await conn.execute("SELECT kind FROM changes WHERE record_id = %s", (ada,))
        assert [row.kind for row in await cursor.fetchall()] == ["erased"]
