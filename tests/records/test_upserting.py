"""Upserting and revising: what several drafts share, who clashes, and what counts as a change."""

from penstock.kernel.errors import PenstockError
from penstock.records import store
from penstock.records.associations import NewEdge
from penstock.records.errors import EdgeInvalid, RecordExists, RecordNotFound, ValuesInvalid
from penstock.records.reading import Record
from penstock.records.store import Draft, Patch, Upserted
from tests.conftest import NOW, House

Outcomes = list[Upserted | PenstockError]


async def upsert(house: House, *drafts: Draft, key: str = "email") -> Outcomes:
    schema = await house.schema()
    async with house.database.unit() as conn:
        type = schema.type("contacts")
        return await store.upsert(conn, schema, type, key, drafts, house.write)


async def revise(house: House, *patches: Patch) -> Outcomes:
    schema = await house.schema()
    async with house.database.unit() as conn:
        type = schema.type("contacts")
        return await store.revise(conn, schema, type, patches, house.write)


async def company(house: House) -> int:
    schema = await house.schema()
    async with house.database.unit() as conn:
        type = schema.type("companies")
        record = store.one(
            await store.create(conn, schema, type, [Draft({"name": "Acme"})], house.write)
        )
    return record.id


def done(outcome: Upserted | PenstockError) -> Upserted:
    assert isinstance(outcome, Upserted), outcome
    return outcome


async def test_a_draft_that_cannot_be_created_leaves_its_key_to_the_next_one(house: House) -> None:
    bad, good, later = await upsert(
        house,
        Draft({"email": "ada@x.example", "lifecyclestage": "hero"}),
        Draft({"email": "ada@x.example", "firstname": "Ada"}),
        Draft({"email": "ada@x.example", "firstname": "Augusta"}),
    )
    assert isinstance(bad, ValuesInvalid)
    assert done(good).new
    assert not done(later).new
    assert done(later).record.id == done(good).record.id


async def test_drafts_that_all_fail_tell_their_own_reasons(house: House) -> None:
    outcomes = await upsert(
        house, *(Draft({"email": "ada@x.example", "lifecyclestage": str(n)}) for n in range(3))
    )
    assert [type(outcome) for outcome in outcomes] == [ValuesInvalid] * 3


async def test_a_clash_by_another_unique_value_updates_nobody(house: House) -> None:
    async with house.database.unit() as conn:
        await conn.execute(
            "INSERT INTO properties (object_type, name, label, type, field_type, group_name,"
            " has_unique_value, created_at, updated_at)"
            " VALUES ('0-1', 'member_no', 'Member', 'string', 'text', '', true, %s, %s)",
            (NOW, NOW),
        )
        await conn.execute("UPDATE schema_state SET version = version + 1")
    (ada,) = await upsert(house, Draft({"email": "ada@x.example", "member_no": "7"}))
    (kim,) = await upsert(house, Draft({"email": "kim@x.example", "member_no": "7"}))
    assert isinstance(kim, RecordExists)
    assert kim.existing == done(ada).record.id
    (again,) = await upsert(house, Draft({"email": "ada@x.example"}))
    assert done(again).record.properties["email"] == "ada@x.example"


async def test_what_stays_as_it_was_is_no_change(house: House) -> None:
    (ada,) = await upsert(house, Draft({"email": "ada@x.example", "firstname": "Ada"}))
    same, other = await upsert(
        house,
        Draft({"email": "ada@x.example", "firstname": "Ada"}),
        Draft({"email": "kim@x.example"}),
    )
    assert not done(same).changed
    assert done(other).changed
    (changed,) = await revise(house, Patch(done(ada).record.id, {"firstname": "Augusta"}))
    assert done(changed).changed


async def test_an_edge_that_is_new_is_a_change_and_one_that_is_there_is_none(house: House) -> None:
    acme = await company(house)
    (ada,) = await upsert(house, Draft({"email": "ada@x.example"}))
    patch = Patch(done(ada).record.id, edges=[NewEdge(acme)])
    (first,) = await revise(house, patch)
    (second,) = await revise(house, patch)
    assert done(first).changed
    assert not done(second).changed


async def test_an_edge_to_nobody_refuses_its_record_alone(house: House) -> None:
    acme = await company(house)
    outcomes = await upsert(house, Draft({"email": "a@x.example"}), Draft({"email": "b@x.example"}))
    a, b = (done(outcome).record.id for outcome in outcomes)
    bad, good, stranger = await revise(
        house,
        Patch(a, {"firstname": "A"}, edges=[NewEdge(999)]),
        Patch(b, {"firstname": "B"}, edges=[NewEdge(acme)]),
        Patch(888, {"firstname": "C"}),
    )
    assert isinstance(bad, EdgeInvalid)
    assert done(good).record.properties["firstname"] == "B"
    assert isinstance(stranger, RecordNotFound)
    (unchanged,) = await revise(house, Patch(a))
    assert "firstname" not in done(unchanged).record.properties


async def test_quotation_marks_backslashes_and_nulls_survive_the_way_into_the_database(
    house: House,
) -> None:
    values = {"firstname": '"\\"null\'', "message": "line\nå\u2028{},[]"}
    (ada,) = await upsert(house, Draft({"email": "ada@x.example", **values}))
    (again,) = await upsert(house, Draft({"email": "ada@x.example", **values}))
    assert not done(again).changed
    assert {name: done(ada).record.properties[name] for name in values} == values
    assert isinstance(done(again).record, Record)


async def test_a_unique_value_too_long_for_its_index_is_refused(house: House) -> None:
    (outcome,) = await upsert(house, Draft({"email": "x" * 2_500 + "@x.example"}))
    assert isinstance(outcome, ValuesInvalid)
    assert outcome.problems[0].code == "VALUE_TOO_LONG"
