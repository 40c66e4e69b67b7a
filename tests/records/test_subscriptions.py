"""What people said about being written to."""

from penstock.records import merging, store, subscriptions
from penstock.records.reading import read
from penstock.records.subscriptions import WHOLE, Said
from tests.conftest import House


async def _contacts(house: House, *addresses: str) -> list[int]:
    schema = await house.schema()
    drafts = [store.Draft({"email": address}) for address in addresses]
    async with house.database.unit() as conn:
        made = await store.create(conn, schema, schema.type("contacts"), drafts, house.write)
    return [store.one([record]).id for record in made]


async def _say(house: House, *said: Said) -> None:
    schema = await house.schema()
    async with house.database.unit() as conn:
        await subscriptions.say(conn, schema, said, house.write)


async def _changes(house: House) -> list[int]:
    async with house.database.unit() as conn:
        cursor = await conn.execute(
            "DELETE FROM changes WHERE kind = 'subscribed' RETURNING record_id"
        )
        return sorted(row.record_id for row in await cursor.fetchall())


async def test_only_what_is_new_is_told_to_the_engine(house: House) -> None:
    ada, bo = await _contacts(house, "ada@x.test", "bo@x.test")
    both = [Said(ada, 1, "SUBSCRIBED"), Said(bo, 1, "UNSUBSCRIBED")]
    await _say(house, *both)
    assert await _changes(house) == [ada, bo]
    await _say(house, *both, Said(bo, 2, "SUBSCRIBED"))
    assert await _changes(house) == [bo]


async def test_the_later_of_two_words_counts(house: House) -> None:
    (ada,) = await _contacts(house, "ada@x.test")
    await _say(house, Said(ada, 1, "SUBSCRIBED"), Said(ada, 1, "UNSUBSCRIBED"))
    async with house.database.unit() as conn:
        (said,) = (await subscriptions.of_contacts(conn, [ada]))[ada]
    assert said.status == "UNSUBSCRIBED"


async def test_what_is_said_of_all_mail_is_in_the_contacts_property(house: House) -> None:
    (ada,) = await _contacts(house, "ada@x.test")
    contacts = (await house.schema()).type("contacts")
    for status, out in (("UNSUBSCRIBED", True), ("SUBSCRIBED", False)):
        await _say(house, Said(ada, WHOLE, status))  # type: ignore[arg-type]
        async with house.database.unit() as conn:
            seen = (await read(conn, contacts, [ada]))[ada]
        assert seen.properties["hs_email_optout"] is out


async def test_the_survivor_of_a_merge_wants_nothing_that_either_did_not_want(
    house: House,
) -> None:
    ada, old = await _contacts(house, "ada@x.test", "ada@old.test")
    await _say(
        house,
        Said(ada, 1, "SUBSCRIBED"), Said(old, 1, "UNSUBSCRIBED"),
        Said(ada, 2, "UNSUBSCRIBED"), Said(old, 2, "SUBSCRIBED"),
        Said(old, 3, "SUBSCRIBED"),
    )  # fmt: skip
    schema = await house.schema()
    async with house.database.unit() as conn:
        await merging.merge(conn, schema, schema.type("contacts"), ada, old, house.write)
        said = await subscriptions.of_contacts(conn, [ada, old])
    kept = {one.type: one.status for one in said[ada]}
    assert kept == {1: "UNSUBSCRIBED", 2: "UNSUBSCRIBED", 3: "SUBSCRIBED"}
    assert said[old] == []
