"""What lies beside the record: associated records, events, memberships."""

from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from penstock.filters.compile import Dependency, Slots, check, select_matching, select_verdicts
from penstock.filters.describe import describe
from penstock.kernel.db import Connection
from penstock.records import store
from penstock.records.associations import NewEdge
from penstock.records.events import Happening, record
from penstock.records.reading import Record
from penstock.records.schema import Schema
from tests.conftest import NOW, House
from tests.filters.golden import asks, only

SLOTS = Slots("UTC", NOW)
CITY = {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "Oslo"}
INDUSTRY = {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "acme"}


async def create(
    conn: Connection, schema: Schema, house: House, type: str, *drafts: store.Draft
) -> list[int]:
    made = await store.create(conn, schema, schema.type(type), drafts, house.write, trusted=True)
    return [each.id for each in made if isinstance(each, Record)]


async def matching(
    conn: Connection, schema: Schema, document: dict[str, Any], ids: list[int], type: str = "0-1"
) -> list[int]:
    criterion = check(document, schema, type)
    judged = select_verdicts({1: criterion}, schema, SLOTS)
    cursor = await conn.execute(judged.sql.encode(), {**judged.parameters, "candidates": ids})
    verdicts = {row.record_id: row.verdict for row in await cursor.fetchall()}
    listed = select_matching(criterion, schema, SLOTS)
    cursor = await conn.execute(listed.sql.encode(), listed.parameters)
    assert {row.record_id for row in await cursor.fetchall()} == {
        id for id, verdict in verdicts.items() if verdict
    }
    return [id for id in ids if verdicts[id]]


def of_company(*filters: dict[str, Any], operator: str = "IN_LIST") -> dict[str, Any]:
    return {
        "filterBranchType": "AND",
        "filterBranches": [
            {
                "filterBranchType": "ASSOCIATION",
                "filterBranchOperator": "AND",
                "objectTypeId": "0-2",
                "associationTypeId": 279,
                "associationCategory": "HUBSPOT_DEFINED",
                "operator": operator,
                "filters": list(filters),
            }
        ],
    }


async def test_associated_records_are_asked_one_and_the_same(house: House) -> None:
    schema = await house.schema()
    async with house.database.unit() as conn:
        both, oslo, acme = await create(
            conn, schema, house, "companies",
            store.Draft({"city": "Oslo", "name": "Acme"}),
            store.Draft({"city": "Oslo", "name": "B"}),
            store.Draft({"city": "Rome", "name": "Acme"}),
        )  # fmt: skip
        ids = await create(
            conn, schema, house, "contacts",
            store.Draft({}, (NewEdge(both),)),
            store.Draft({}, (NewEdge(oslo), NewEdge(acme))),
            store.Draft({}, (NewEdge(acme),)),
            store.Draft({}),
        )  # fmt: skip
        document = of_company(asks("city", CITY), asks("name", INDUSTRY))
        assert await matching(conn, schema, document, ids) == ids[:1]
        document = of_company(asks("city", CITY), asks("name", INDUSTRY), operator="NOT_IN_LIST")
        assert await matching(conn, schema, document, ids) == ids[1:]
        apart = {
            "filterBranchType": "AND",
            "filterBranches": [of_company(asks("city", CITY)), of_company(asks("name", INDUSTRY))],
        }
        assert await matching(conn, schema, apart, ids) == ids[:2]
        assert str(describe(document, schema, "contacts")) == (
            "has no associated Company with (City is equal to"
            ' "Oslo" and Company name is equal to "acme")'
        )
        assert check(document, schema, "contacts").depends == {
            Dependency("association", "279"),
            Dependency("property", "0-2/city", (279,)),
            Dependency("property", "0-2/name", (279,)),
        }


async def test_events_count_within_their_time(house: House) -> None:
    schema = await house.schema()
    page = {"operationType": "STRING", "operator": "CONTAINS", "value": "pricing"}
    visited = {
        "filterBranchType": "UNIFIED_EVENTS",
        "eventTypeId": "4-96000",
        "operator": "HAS_COMPLETED",
        "filters": [asks("hs_page_url", page)],
    }
    async with house.database.unit() as conn:
        ids = await create(conn, schema, house, "contacts", *([store.Draft({})] * 3))
        url = {"hs_page_url": "https://example.com/pricing"}
        visits = [
            Happening("4-96000", url, record=ids[0], at=NOW - timedelta(days=1)),
            Happening("4-96000", url, record=ids[0], at=NOW - timedelta(days=9)),
            Happening("4-96000", url, record=ids[1], at=NOW - timedelta(days=9)),
            Happening("4-96000", {"hs_page_url": "/"}, record=ids[2], at=NOW),
        ]
        await record(conn, schema, visits, house.write)

        async def found(**more: Any) -> list[int]:
            document = {"filterBranchType": "AND", "filterBranches": [{**visited, **more}]}
            return await matching(conn, schema, document, ids)

        assert await found() == ids[:2]
        assert await found(operator="HAS_NOT_COMPLETED") == ids[2:]
        twice = {"type": "NUM_OCCURRENCES", "minOccurrences": 2}
        assert await found(coalescingRefineBy=twice) == ids[:1]
        late = (NOW - timedelta(days=2)).timestamp() * 1000
        after = {"type": "ABSOLUTE_COMPARATIVE", "comparison": "AFTER", "timestamp": int(late)}
        assert await found(pruningRefineBy=after) == ids[:1]


async def test_members_of_lists_match(house: House) -> None:
    schema = await house.schema()
    async with house.database.unit() as conn:
        ids = await create(conn, schema, house, "contacts", *([store.Draft({})] * 3))
        cursor = await conn.execute(
            "INSERT INTO lists (name, object_type, kind, document, created_at, updated_at,"
            " created_by, updated_by) VALUES ('Guests', '0-1', 'SNAPSHOT', %(none)s, %(now)s,"
            " %(now)s, '', '') RETURNING id",
            {"none": Jsonb({}), "now": NOW},
        )
        row = await cursor.fetchone()
        assert row is not None
        await conn.execute(
            "INSERT INTO list_members VALUES (%s, %s, %s, %s)", (ids[0] & 63, row.id, ids[0], NOW)
        )
        inside = {"filterType": "IN_LIST", "listId": str(row.id), "operator": "IN_LIST"}
        outside = {**inside, "operator": "NOT_IN_LIST"}
        assert await matching(conn, schema, only(inside), ids) == ids[:1]
        assert await matching(conn, schema, only(outside), ids) == ids[1:]
        await conn.execute("UPDATE lists SET deleted_at = %s", (NOW,))
        assert await matching(conn, schema, only(outside), ids) == []


async def test_what_happens_again_counts_anew_but_not_where_it_must_not_happen(
    house: House,
) -> None:
    schema = await house.schema()
    form = {"filterType": "FORM_SUBMISSION", "operator": "FILLED_OUT"}
    opened = {"filterType": "EMAIL_EVENT", "operator": "OPENED_BUT_NOT_REPLIED"}
    page = {"filterBranchType": "UNIFIED_EVENTS", "eventTypeId": "4-96000"}

    def recurs(document: dict[str, Any]) -> set[str]:
        return {each.key for each in check(document, schema, "contacts").recurs}

    def branch(operator: str) -> dict[str, Any]:
        return {"filterBranchType": "AND", "filterBranches": [{**page, "operator": operator}]}

    assert recurs(only(form)) == {"4-1639801"}
    assert recurs(only({**form, "operator": "NOT_FILLED_OUT"})) == set()
    assert recurs(only(opened)) == {"4-666440"}
    assert recurs(branch("HAS_COMPLETED")) == {"4-96000"}
    assert recurs(branch("HAS_NOT_COMPLETED")) == set()
    replied = Dependency("event", "4-665538")
    assert replied in check(only(opened), schema, "contacts").depends
