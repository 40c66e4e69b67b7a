"""Creating, updating, upserting, archiving and restoring records."""

from decimal import Decimal
from typing import Any

import pytest

from penstock.records import store
from penstock.records.associations import NewEdge
from penstock.records.errors import (
    EdgeInvalid,
    PropertyUnknown,
    RecordExists,
    RecordNotFound,
    ValuesInvalid,
    ValueTaken,
)
from penstock.records.reading import Record, find, history, read
from tests.conftest import House


async def create(house: House, word: str, *of_each: dict[str, Any]) -> list[store.Outcome]:
    schema = await house.schema()
    drafts = [store.Draft(properties) for properties in of_each]
    async with house.database.unit() as conn:
        return await store.create(conn, schema, schema.type(word), drafts, house.write)


async def update(house: House, word: str, *patches: store.Patch) -> list[store.Outcome]:
    schema = await house.schema()
    async with house.database.unit() as conn:
        return await store.update(conn, schema, schema.type(word), patches, house.write)


async def changes(house: House) -> list[Any]:
    async with house.database.unit() as conn:
        cursor = await conn.execute("SELECT * FROM changes ORDER BY id")
        return await cursor.fetchall()


async def test_a_record_that_is_wrong_does_not_keep_the_others_from_being_created(
    house: House,
) -> None:
    ada, bad, twin, unknown = await create(
        house,
        "contacts",
        {"email": "Ada@Example.test", "firstname": "Ada"},
        {"email": "no address"},
        {"email": "ada@example.test"},
        {"nickname": "x"},
    )
    assert isinstance(ada, Record)
    assert ada.properties["email"] == "ada@example.test"
    assert isinstance(bad, ValuesInvalid)
    assert isinstance(twin, RecordExists)
    assert twin.existing == ada.id
    assert isinstance(unknown, ValuesInvalid)
    assert unknown.problems[0].code == "PROPERTY_DOESNT_EXIST"
    assert [(row.kind, row.record_id) for row in await changes(house)] == [("created", ada.id)]


async def test_every_problem_of_a_record_is_told_at_once(house: House) -> None:
    (bad,) = await create(
        house,
        "contacts",
        {"email": "x", "lifecyclestage": "king", "createdate": "2020-01-01", "num_notes": "many"},
    )
    assert isinstance(bad, ValuesInvalid)
    assert {problem.where: problem.code for problem in bad.problems} == {
        "email": "INVALID_EMAIL",
        "lifecyclestage": "INVALID_OPTION",
        "createdate": "READ_ONLY_VALUE",
        "num_notes": "INVALID_NUMBER",
    }


async def test_ids_carry_their_bucket(house: House) -> None:
    records = await create(house, "contacts", *({} for _ in range(130)))
    buckets = {record.id & 63 for record in records if isinstance(record, Record)}
    assert buckets == set(range(64))


async def test_a_write_is_one_history_row_and_one_change(house: House) -> None:
    (ada,) = await create(house, "contacts", {"firstname": "Ada", "city": "Lund"})
    assert isinstance(ada, Record)
    await update(house, "contacts", store.Patch(ada.id, {"firstname": "Eva", "city": "Malmö"}))
    async with house.database.unit() as conn:
        past = await history(conn, [ada.id], ["firstname"])
        cursor = await conn.execute("SELECT count(*) FROM property_history")
        assert (await cursor.fetchone())[0] == 2
    assert [value.value for value in past[ada.id]["firstname"]] == ["Eva", "Ada"]
    assert [row.kind for row in await changes(house)] == ["created", "updated"]
    assert (await changes(house))[1].details == {"firstname": "Eva", "city": "Malmö"}


async def test_writing_the_same_value_is_no_change(house: House) -> None:
    (ada,) = await create(house, "contacts", {"firstname": "Ada", "num_notes": "12.50"})
    assert isinstance(ada, Record)
    (same,) = await update(
        house,
        "contacts",
        store.Patch(ada.id, {"firstname": "Ada", "num_notes": "12.5", "city": ""}),
    )
    assert isinstance(same, Record)
    assert same.updated_at == ada.updated_at
    assert len(await changes(house)) == 1


async def test_an_empty_string_clears_a_value(house: House) -> None:
    (ada,) = await create(house, "contacts", {"firstname": "Ada"})
    assert isinstance(ada, Record)
    (cleared,) = await update(house, "contacts", store.Patch(ada.id, {"firstname": ""}))
    assert isinstance(cleared, Record)
    assert "firstname" not in cleared.properties
    assert (await changes(house))[1].details == {"firstname": None}


async def test_numbers_are_added_exactly(house: House) -> None:
    (ada,) = await create(house, "contacts", {"num_notes": "0.1"})
    assert isinstance(ada, Record)
    (more,) = await update(house, "contacts", store.Patch(ada.id, adds={"num_notes": "0.2"}))
    assert isinstance(more, Record)
    assert more.properties["num_notes"] == Decimal("0.3")


async def test_an_option_is_appended_once(house: House) -> None:
    (ada,) = await create(house, "contacts", {"hs_buying_role": "CHAMPION"})
    assert isinstance(ada, Record)
    patch = store.Patch(ada.id, appends={"hs_buying_role": "CHAMPION;BUDGET_HOLDER"})
    (more,) = await update(house, "contacts", patch)
    assert isinstance(more, Record)
    assert more.properties["hs_buying_role"] == ["CHAMPION", "BUDGET_HOLDER"]


async def test_a_value_that_another_record_has_cannot_be_taken(house: House) -> None:
    ada, eva = await create(
        house, "contacts", {"email": "ada@example.test"}, {"email": "eva@example.test"}
    )
    assert isinstance(ada, Record)
    assert isinstance(eva, Record)
    taken, fine = await update(
        house,
        "contacts",
        store.Patch(eva.id, {"email": "ada@example.test"}),
        store.Patch(ada.id, {"city": "Lund"}),
    )
    assert isinstance(taken, ValueTaken)
    assert taken.existing == ada.id
    assert isinstance(fine, Record)
    schema = await house.schema()
    async with house.database.unit() as conn:
        contacts = schema.type("contacts")
        assert await find(conn, contacts, "email", ["eva@example.test"]) == {
            "eva@example.test": eva.id
        }


async def test_two_records_may_exchange_their_addresses(house: House) -> None:
    ada, eva = await create(
        house, "contacts", {"email": "ada@example.test"}, {"email": "eva@example.test"}
    )
    assert isinstance(ada, Record)
    assert isinstance(eva, Record)
    outcomes = await update(
        house,
        "contacts",
        store.Patch(ada.id, {"email": "eva@example.test"}),
        store.Patch(eva.id, {"email": "ada@example.test"}),
    )
    assert all(isinstance(outcome, Record) for outcome in outcomes)


async def test_what_does_not_exist_cannot_be_updated(house: House) -> None:
    (missing,) = await update(house, "contacts", store.Patch(99, {"city": "Lund"}))
    assert isinstance(missing, RecordNotFound)


async def test_several_patches_of_one_record_are_one_write(house: House) -> None:
    (ada,) = await create(house, "contacts", {})
    assert isinstance(ada, Record)
    await update(
        house,
        "contacts",
        store.Patch(ada.id, {"city": "Lund"}),
        store.Patch(ada.id, {"city": "Malmö", "firstname": "Ada"}),
    )
    assert [row.details for row in await changes(house)][1:] == [
        {"city": "Malmö", "firstname": "Ada"}
    ]


async def test_upsert_updates_who_is_there_and_creates_who_is_not(house: House) -> None:
    (ada,) = await create(house, "contacts", {"email": "ada@example.test"})
    assert isinstance(ada, Record)
    schema = await house.schema()
    drafts = [
        store.Draft({"email": "ADA@example.test", "city": "Lund"}),
        store.Draft({"email": "eva@example.test"}),
        store.Draft({"email": "Eva@example.test", "city": "Malmö"}),
        store.Draft({"email": "nonsense"}),
    ]
    async with house.database.unit() as conn:
        contacts = schema.type("contacts")
        old, new, again, bad = await store.upsert(
            conn, schema, contacts, "email", drafts, house.write
        )
    assert isinstance(old, store.Upserted)
    assert (old.new, old.record.id) == (False, ada.id)
    assert isinstance(new, store.Upserted)
    assert new.new
    assert isinstance(again, store.Upserted)
    assert (again.new, again.record.id) == (False, new.record.id)
    assert again.record.properties["city"] == "Malmö"
    assert isinstance(bad, ValuesInvalid)


async def test_upsert_needs_a_unique_property(house: House) -> None:
    schema = await house.schema()
    async with house.database.unit() as conn:
        with pytest.raises(PropertyUnknown):
            await store.upsert(
                conn, schema, schema.type("contacts"), "city", [store.Draft({})], house.write
            )


async def test_a_new_deal_starts_at_the_first_stage_and_is_stamped(house: House) -> None:
    (deal,) = await create(house, "deals", {"dealname": "Ten machines"})
    assert isinstance(deal, Record)
    assert deal.properties["pipeline"] == "default"
    assert deal.properties["dealstage"] == "appointmentscheduled"
    assert deal.properties["hs_is_closed"] is False
    (won,) = await update(house, "deals", store.Patch(deal.id, {"dealstage": "closedwon"}))
    assert isinstance(won, Record)
    assert won.properties["hs_is_closed"] is True
    assert won.properties["hs_is_closed_won"] is True
    assert won.properties["hs_deal_stage_probability"] == 1


async def test_a_stage_of_no_pipeline_is_refused(house: House) -> None:
    deal, bad = await create(
        house,
        "deals",
        {"dealname": "Ten machines"},
        {"dealname": "Nine machines", "dealstage": "dreaming"},
    )
    assert isinstance(deal, Record)
    assert isinstance(bad, ValuesInvalid)
    (moved,) = await update(house, "deals", store.Patch(deal.id, {"dealstage": "dreaming"}))
    assert isinstance(moved, ValuesInvalid)


async def test_a_deal_without_a_name_is_refused(house: House) -> None:
    (bad,) = await create(house, "deals", {"amount": "7"})
    assert isinstance(bad, ValuesInvalid)
    assert bad.problems[0].code == "REQUIRED_PROPERTY_MISSING"


async def test_an_owner_who_does_not_exist_is_refused(house: House) -> None:
    (bad,) = await create(house, "contacts", {"hubspot_owner_id": "12345"})
    assert isinstance(bad, ValuesInvalid)
    assert bad.problems[0].code == "INVALID_OWNER_ID"


async def test_an_archived_record_gives_up_its_address_until_it_is_restored(house: House) -> None:
    (ada,) = await create(house, "contacts", {"email": "ada@example.test"})
    assert isinstance(ada, Record)
    schema = await house.schema()
    contacts = schema.type("contacts")
    async with house.database.unit() as conn:
        await store.archive(conn, contacts, [ada.id, 999], house.write)
        assert await read(conn, contacts, [ada.id]) == {}
        assert ada.id in await read(conn, contacts, [ada.id], archived=True)
    (twin,) = await create(house, "contacts", {"email": "ada@example.test"})
    assert isinstance(twin, Record)
    async with house.database.unit() as conn:
        with pytest.raises(RecordExists):
            await store.restore(conn, contacts, ada.id, house.write)
    async with house.database.unit() as conn:
        await store.archive(conn, contacts, [twin.id], house.write)
        restored = await store.restore(conn, contacts, ada.id, house.write)
        assert restored.id == ada.id
    assert [row.kind for row in await changes(house)] == [
        "created", "archived", "created", "archived", "restored",
    ]  # fmt: skip


async def test_a_record_is_created_with_its_edges_in_both_directions(house: House) -> None:
    (acme,) = await create(house, "companies", {"name": "Acme"})
    assert isinstance(acme, Record)
    schema = await house.schema()
    contacts = schema.type("contacts")
    drafts = [
        store.Draft({"firstname": "Ada"}, [NewEdge(acme.id, (1,))]),
        store.Draft({"firstname": "Eva"}, [NewEdge(12345)]),
        store.Draft({"firstname": "Isa"}, [NewEdge(acme.id, (4,))]),
    ]
    async with house.database.unit() as conn:
        ada, nowhere, misled = await store.create(conn, schema, contacts, drafts, house.write)
        cursor = await conn.execute(
            "SELECT from_id, type_id, to_id FROM associations ORDER BY type_id"
        )
        edges = [tuple(row) for row in await cursor.fetchall()]
    assert isinstance(ada, Record)
    assert isinstance(nowhere, EdgeInvalid)
    assert isinstance(misled, EdgeInvalid)
    assert edges == [
        (ada.id, 1, acme.id),
        (acme.id, 2, ada.id),
        (ada.id, 279, acme.id),
        (acme.id, 280, ada.id),
    ]


async def test_a_contact_has_one_primary_company(house: House) -> None:
    acme, zeta = await create(house, "companies", {"name": "Acme"}, {"name": "Zeta"})
    assert isinstance(acme, Record)
    assert isinstance(zeta, Record)
    schema = await house.schema()
    contacts = schema.type("contacts")
    from penstock.records import associations

    async with house.database.unit() as conn:
        draft = store.Draft({}, [NewEdge(acme.id, (1,))])
        (ada,) = await store.create(conn, schema, contacts, [draft], house.write)
        assert isinstance(ada, Record)
        live = await associations.lock(conn, [zeta.id])
        edge = (ada.id, NewEdge(zeta.id, (1,)))
        await associations.add(conn, schema, contacts, [edge], live, house.write)
        types = (contacts, schema.type("companies"))
        near = await associations.neighbours(conn, schema, types, ada.id)
    assert {(n.id, tuple(sorted(e.id for e in n.edges))) for n in near} == {
        (acme.id, (279,)),
        (zeta.id, (1, 279)),
    }


async def test_a_value_that_its_owner_keeps_after_all_is_nobody_elses(house: House) -> None:
    schema = await house.schema()
    type = schema.type("contacts")
    async with house.database.unit() as conn:
        drafts = [store.Draft({"email": f"{name}@x.test"}) for name in ("a", "b", "c", "d")]
        made = await store.create(conn, schema, type, drafts, house.write)
    a, b, c, d = (one.id for one in made if isinstance(one, Record))
    # a wants what d has; b wants what a has, c what b has: nobody can move.
    wants = {a: "d@x.test", b: "a@x.test", c: "b@x.test"}
    patches = [store.Patch(id, {"email": email}) for id, email in reversed(wants.items())]
    async with house.database.unit() as conn:
        outcomes = await store.update(conn, schema, type, patches, house.write)
        assert [getattr(outcome, "existing", None) for outcome in outcomes] == [b, a, d]
        held = await find(conn, type, "email", [f"{name}@x.test" for name in "abcd"])
    assert held == {f"{name}@x.test": id for name, id in zip("abcd", (a, b, c, d), strict=True)}


async def test_records_can_exchange_their_unique_values(house: House) -> None:
    schema = await house.schema()
    type = schema.type("contacts")
    async with house.database.unit() as conn:
        drafts = [store.Draft({"email": f"{name}@x.test"}) for name in ("a", "b")]
        made = await store.create(conn, schema, type, drafts, house.write)
        a, b = (one.id for one in made if isinstance(one, Record))
        patches = [store.Patch(a, {"email": "b@x.test"}), store.Patch(b, {"email": "a@x.test"})]
        outcomes = await store.update(conn, schema, type, patches, house.write)
        assert [one.properties["email"] for one in outcomes if isinstance(one, Record)] == [
            "b@x.test",
            "a@x.test",
        ]
        assert await find(conn, type, "email", ["a@x.test", "b@x.test"]) == {
            "a@x.test": b,
            "b@x.test": a,
        }
