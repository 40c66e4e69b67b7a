"""Many criteria in one pass, candidates that are none, and what has gone since it was checked."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.filters.compile import Slots, check, select_matching, select_verdicts
from penstock.records import store
from penstock.records.schema import TypeSchema
from tests.conftest import NOW, House
from tests.filters.bench import Bench, examples
from tests.filters.documents import NOWS, ZONES, documents, records
from tests.filters.golden import asks, only

KNOWN = {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"}
EVERYBODY = only({"filterType": "CONSTANT", "shouldAccept": True})
SLOTS = Slots("UTC", NOW)


@examples(100)
@given(st.lists(documents(), min_size=2, max_size=6), NOWS, st.sampled_from(ZONES), st.data())
def test_many_criteria_in_one_pass_are_judged_like_each_alone(
    bench: Bench, asked: list[dict[str, Any]], now: datetime, zone: str, data: st.DataObject
) -> None:
    ids = bench.place(data.draw(st.lists(records(now), min_size=1, max_size=5)), now)
    criteria = {
        7 * number: check(document, bench.schema, "contacts")
        for number, document in enumerate(asked)
    }
    together = bench.judge(criteria, ids, now, zone)
    alone = [bench.judge({id: each}, ids, now, zone) for id, each in criteria.items()]
    assert together == {key: value for each in alone for key, value in each.items()}
    assert len(together) == len(criteria) * len(ids)


async def test_the_same_document_twice_has_two_verdicts(bench: Bench) -> None:
    (id,) = bench.place([{"city": "Oslo"}], NOW)
    criterion = check(only(asks("city", KNOWN)), bench.schema, "contacts")
    found = bench.judge({1: criterion, 2: criterion}, [id], NOW, "UTC")
    assert found == {(id, 1): (True, None), (id, 2): (True, None)}


async def test_only_live_records_of_the_type_are_judged(house: House) -> None:
    schema = await house.schema()
    everybody = check(EVERYBODY, schema, "contacts")
    async with house.database.unit() as conn:
        contacts, companies = schema.type("contacts"), schema.type("companies")

        async def create(type: TypeSchema, **properties: str) -> int:
            drafts = [store.Draft(properties)]
            return store.one(await store.create(conn, schema, type, drafts, house.write)).id

        ada, bo = await create(contacts, firstname="Ada"), await create(contacts, firstname="Bo")
        company = await create(companies, name="X")
        await store.archive(conn, contacts, [bo], house.write)
        judged = select_verdicts({5: everybody}, schema, SLOTS)
        candidates = [ada, bo, company, 99 * 64]
        cursor = await conn.execute(
            judged.sql.encode(), {**judged.parameters, "candidates": candidates}
        )
        rows = await cursor.fetchall()
        assert [tuple(row) for row in rows] == [(ada, 5, True, None)]
        assert [column.name for column in cursor.description or ()] == [
            "record_id",
            "criterion",
            "verdict",
            "flip",
        ]
        listed = select_matching(everybody, schema, SLOTS)
        cursor = await conn.execute(listed.sql.encode(), listed.parameters)
        assert [tuple(row) for row in await cursor.fetchall()] == [(ada,)]


async def test_no_parameter_can_be_taken_for_one_of_the_caller(bench: Bench) -> None:
    criterion = check(only(asks("city", KNOWN)), bench.schema, "contacts")
    for statement in (
        select_verdicts({1: criterion}, bench.schema, SLOTS),
        select_matching(criterion, bench.schema, SLOTS),
    ):
        assert all(name.startswith("f_") for name in statement.parameters)
        assert "city" not in statement.sql


async def test_criteria_of_several_types_are_not_judged_together(bench: Bench) -> None:
    of_contacts, of_deals = (check(EVERYBODY, bench.schema, type) for type in ("0-1", "0-3"))
    for criteria in ({1: of_contacts, 2: of_deals}, {}):
        with pytest.raises(ValueError, match="of one type"):
            select_verdicts(criteria, bench.schema, SLOTS)
