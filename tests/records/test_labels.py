"""Labels and limits of associations."""

import pytest

from penstock.records import associations, labels, store
from penstock.records.associations import NewEdge
from penstock.records.errors import (
    DefinitionExists,
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
    EdgeInvalid,
)
from penstock.records.reading import Record
from tests.conftest import House

PAIR = ("contacts", "companies")


async def test_a_label_leads_both_ways(house: House) -> None:
    async with house.database.unit() as conn:
        there, back = await labels.create(conn, PAIR, "advises", "Advises", "Advised by")
    schema = await house.schema()
    assert schema.edges[there.id] == there
    assert schema.edges[back.id] == back
    assert (there.inverse, back.inverse) == (back.id, there.id)
    assert (there.from_type, back.from_type, there.category) == ("0-1", "0-2", "USER_DEFINED")


async def test_between_records_of_one_type_a_label_may_be_its_own_inverse(house: House) -> None:
    async with house.database.unit() as conn:
        friend, same = await labels.create(conn, ("contact", "contact"), "friend", "Friend")
        parent, child = await labels.create(
            conn, ("contact", "contact"), "parent", "Parent", "Child"
        )
    assert (friend, friend.inverse) == (same, friend.id)
    assert (parent.name, child.name, child.inverse) == ("parent", "parent_inverse", parent.id)
    assert (await house.schema()).edges[child.id] == child


async def test_a_label_is_renamed_and_removed_both_ways(house: House) -> None:
    async with house.database.unit() as conn:
        there, back = await labels.create(conn, PAIR, "advises", "Advises")
        await labels.rename(conn, PAIR, there.id, "Counsels")
        await labels.rename(conn, ("companies", "contacts"), back.id, "Counselled by")
    schema = await house.schema()
    assert (schema.edges[there.id].label, schema.edges[back.id].label) == (
        "Counsels",
        "Counselled by",
    )
    async with house.database.unit() as conn:
        await labels.remove(conn, PAIR, there.id, house.write)
    assert not {there.id, back.id} & (await house.schema()).edges.keys()


@pytest.mark.parametrize(
    ("name", "label", "error"),
    [
        ("advises", "Other", DefinitionExists),
        ("other", "Advises", DefinitionExists),
        ("two words", "Two", DefinitionInvalid),
        ("empty", " ", DefinitionInvalid),
    ],
)
async def test_a_label_that_clashes_or_is_wrong_is_refused(
    house: House, name: str, label: str, error: type[Exception]
) -> None:
    async with house.database.unit() as conn:
        await labels.create(conn, PAIR, "advises", "Advises")
    async with house.database.unit() as conn:
        with pytest.raises(error):
            await labels.create(conn, PAIR, name, label)


async def test_only_labels_that_users_made_can_be_changed(house: House) -> None:
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionFixed):
            await labels.rename(conn, PAIR, 279, "Plain")
        with pytest.raises(DefinitionFixed):
            await labels.remove(conn, PAIR, 1, house.write)
        with pytest.raises(DefinitionNotFound):
            await labels.remove(conn, PAIR, 3, house.write)


async def test_a_limit_refuses_what_exceeds_it_and_keeps_what_is_there(house: House) -> None:
    schema = await house.schema()
    async with house.database.unit() as conn:
        (ada,) = await store.create(
            conn, schema, schema.type("contacts"), [store.Draft({})], house.write
        )
        firms = await store.create(
            conn, schema, schema.type("companies"), [store.Draft({"name": "A"})] * 3, house.write
        )
        ids = [firm.id for firm in firms if isinstance(firm, Record)]
        assert isinstance(ada, Record)
        live = await associations.lock(conn, ids)
        edges = [(ada.id, NewEdge(id)) for id in ids]
        await associations.add(conn, schema, schema.type("contacts"), edges[:2], live, house.write)
        await labels.limit(conn, PAIR, {279: 1})
    schema = await house.schema()
    assert [edge.id for edge in labels.limited(schema, PAIR)] == [279]
    assert schema.limited == {279, 280}
    type = schema.type("contacts")
    async with house.database.unit() as conn:
        live = await associations.lock(conn, ids, alone=True)
        with pytest.raises(EdgeInvalid):
            await associations.add(conn, schema, type, edges[2:], live, house.write)
        # What is there already is not new, so nothing is exceeded by it.
        await conn.rollback()
    async with house.database.unit() as conn:
        live = await associations.lock(conn, ids, alone=True)
        assert await associations.add(conn, schema, type, edges[:2], live, house.write) == []


@pytest.mark.parametrize("most", [0, -1, labels.LARGEST_LIMIT + 1])
async def test_a_limit_has_its_bounds(house: House, most: int) -> None:
    async with house.database.unit() as conn:
        with pytest.raises(DefinitionInvalid):
            await labels.limit(conn, PAIR, {279: most})
        await labels.limit(conn, PAIR, {279: None})
