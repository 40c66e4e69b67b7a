"""Columns that name records of other types."""

import asyncio
import threading
from typing import Any

import psycopg
import pytest

from penstock.imports.model import Choice, Counts, Import, Link
from penstock.kernel.db import Database
from penstock.records import store
from tests.conftest import NOW
from tests.imports.conftest import Desk

PLAIN, BACK = 279, 280
"""Contact to company without a label, and its other direction."""

COMPANIES = "Name,Domain\nAcme Corporation,acme.example\nBolt & Söner,bolt.example\nTwin,\nTWIN ,\n"


def columns(**link: Any) -> list[Choice]:
    return [
        Choice(column="E-mail", property="email"),
        Choice(column="Company", link=Link(to="companies", **link)),
    ]


async def linked(desk: Desk, type_id: int = PLAIN) -> list[tuple[str, str]]:
    """Pairs of e-mail and company, by the edges from contacts."""
    rows = await desk.query(
        "SELECT p.properties ->> 'email' AS email, c.properties ->> 'name' AS name"
        " FROM associations a JOIN records p ON p.id = a.from_id"
        " JOIN records c ON c.id = a.to_id"
        " WHERE a.type_id = %s ORDER BY a.from_id, c.id",
        type_id,
    )
    return [tuple(row) for row in rows]


async def company_id(desk: Desk, name: str) -> int:
    ((id,),) = await desk.query("SELECT id FROM records WHERE properties ->> 'name' = %s", name)
    return int(id)


async def test_a_record_is_found_by_name_domain_or_id_as_it_fits(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    acme = await company_id(desk, "Acme Corporation")
    done = await desk.take_in(
        "E-mail,Company\na@x.example,acme  corporation\nb@x.example,ACME CORPORATION\n"
        f"c@x.example,https://www.bolt.example/about\nd@x.example,{acme}\n"
        "e@x.example,bolt & söner\nf@x.example,\n",
        columns=columns(),
    )
    assert done.counts == Counts(rows_read=6, created=6, warnings=1)
    assert await linked(desk) == [
        ("b@x.example", "Acme Corporation"),
        ("c@x.example", "Bolt & Söner"),
        ("d@x.example", "Acme Corporation"),
        ("e@x.example", "Bolt & Söner"),
    ]
    back = await desk.query("SELECT count(*) FROM associations WHERE type_id = %s", BACK)
    assert back[0][0] == 4


async def test_a_cell_may_name_several_records(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    await desk.take_in(
        "E-mail,Company\na@x.example,Acme Corporation; bolt.example;Acme Corporation\n",
        columns=columns(),
    )
    assert await linked(desk) == [
        ("a@x.example", "Acme Corporation"),
        ("a@x.example", "Bolt & Söner"),
    ]


async def test_a_cell_that_names_too_many_records_rejects_its_row(desk: Desk) -> None:
    names = ";".join(str(number) for number in range(10_000))
    done = await desk.take_in(f"E-mail,Company\na@x.example,{names}\n", columns=columns())
    assert done.counts == Counts(rows_read=1, rejected=1)
    assert await desk.told(done.id) == [(2, "Company", "TOO_MANY_NAMES")]


async def test_what_is_not_found_is_reported_and_the_row_is_imported(desk: Desk) -> None:
    done = await desk.take_in("E-mail,Company\na@x.example,Nowhere\n", columns=columns())
    assert done.counts == Counts(rows_read=1, created=1, warnings=1)
    (problem,) = await desk.problems(done.id)
    assert not problem.rejected
    assert (problem.line, problem.column_name, problem.value) == (2, "Company", "Nowhere")
    assert str(problem.text) == 'there is no company "Nowhere" to associate with'


async def test_a_row_that_is_rejected_later_has_no_warnings(desk: Desk) -> None:
    await desk.take_in("E-mail\na@x.example\n")
    done = await desk.take_in(
        "E-mail,Company\na@x.example,Nowhere\n", columns=columns(), operation="CREATE"
    )
    assert done.counts == Counts(rows_read=1, rejected=1)
    problems = await desk.problems(done.id)
    assert [(problem.code, problem.rejected) for problem in problems] == [
        ("ASSOCIATION_NOT_FOUND", True),
        ("OBJECT_ALREADY_EXISTS", True),
    ]


async def test_what_is_not_found_rejects_the_row_if_that_is_wished(desk: Desk) -> None:
    done = await desk.take_in(
        "E-mail,Company\na@x.example,Nowhere\nb@x.example,\n", columns=columns(missing="reject")
    )
    assert done.counts == Counts(rows_read=2, created=1, rejected=1)
    assert await desk.told(done.id) == [(2, "Company", "ASSOCIATION_NOT_FOUND")]


async def test_what_is_not_found_is_made_once_if_that_is_wished(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    rows = "".join(f"p{number}@x.example,New {number % 3}\n" for number in range(2_500))
    done = await desk.take_in(
        "E-mail,Company\nz@x.example,new 1\n" + rows, columns=columns(missing="create")
    )
    assert done.counts == Counts(rows_read=2_501, created=2_501)
    names = [record["name"] for record in await desk.records("0-2")]
    assert names[4:] == ["new 1", "New 0", "New 2"]
    assert len(await linked(desk)) == 2_501


async def test_a_batch_that_is_written_in_parts_makes_each_record_once(desk: Desk) -> None:
    await desk.query(
        "ALTER TABLE records ADD CHECK (properties ->> 'email' IS DISTINCT FROM 'poison@x.example')"
    )
    rows = [f"p{number}@x.example,New {number % 3}" for number in range(64)]
    rows[40] = "poison@x.example,New 1"
    done = await desk.take_in(
        "E-mail,Company\n" + "\n".join(rows), columns=columns(missing="create")
    )
    assert done.counts == Counts(rows_read=64, created=63, rejected=1)
    assert [record["name"] for record in await desk.records("0-2")] == ["New 0", "New 1", "New 2"]
    assert len(await linked(desk)) == 63


async def test_what_cannot_be_made_is_reported_with_the_reason(desk: Desk) -> None:
    done = await desk.take_in(
        "Deal name,Contact\nAnvils,no address\nBolts,kim@x.example\n",
        "deals",
        columns=[
            Choice(column="Deal name", property="dealname"),
            Choice(column="Contact", link=Link(to="contacts", missing="create")),
        ],
    )
    assert done.counts == Counts(rows_read=2, created=2, warnings=1)
    (problem,) = await desk.problems(done.id)
    assert problem.code == "ASSOCIATION_NOT_CREATED"
    assert "is not an e-mail address" in str(problem.text)
    assert [record["email"] for record in await desk.records()] == ["kim@x.example"]


async def test_a_name_that_several_records_have_is_reported_with_their_ids(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    for missing in ("report", "create"):
        done = await desk.take_in(
            "E-mail,Company\na@x.example,twin\n", columns=columns(missing=missing)
        )
        (problem,) = await desk.problems(done.id)
        assert problem.code == "ASSOCIATION_AMBIGUOUS"
        assert str(await company_id(desk, "TWIN")) in str(problem.text)
    assert await linked(desk) == []


@pytest.mark.parametrize("by", ["id", "name", "domain"])
async def test_the_user_may_say_by_what_records_are_found(desk: Desk, by: str) -> None:
    await desk.take_in("Name,Domain\n64,128.example\n", "companies")
    id = await company_id(desk, "64")
    cells = {"id": str(id), "name": "64", "domain": "128.example"}
    text = "E-mail,Company\n" + "".join(f"{n}@x.example,{cells[n]}\n" for n in cells)
    await desk.take_in(text, columns=columns(by=by))
    assert await linked(desk) == [(f"{by}@x.example", "64")]


async def test_an_id_of_another_type_is_not_taken(desk: Desk) -> None:
    await desk.take_in("E-mail\nada@x.example\n")
    ((ada,),) = await desk.query("SELECT id FROM records")
    done = await desk.take_in(f"E-mail,Company\nkim@x.example,{ada}\n", columns=columns(by="id"))
    assert [code for _, _, code in await desk.told(done.id)] == ["ASSOCIATION_NOT_FOUND"]


async def test_a_label_is_set_with_the_plain_association(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    await desk.take_in("E-mail,Company\na@x.example,acme.example\n", columns=columns(type_ids=(1,)))
    assert await linked(desk, 1) == [("a@x.example", "Acme Corporation")]
    assert await linked(desk, PLAIN) == [("a@x.example", "Acme Corporation")]


async def test_an_association_with_a_known_record_counts_as_an_update_once(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    text = "E-mail,Company\na@x.example,acme.example\n"
    await desk.take_in("E-mail\na@x.example\n")
    assert (await desk.take_in(text, columns=columns())).counts == Counts(rows_read=1, updated=1)
    assert (await desk.take_in(text, columns=columns())).counts == Counts(rows_read=1, unchanged=1)
    ((id,),) = await desk.query("SELECT id FROM records WHERE type = '0-1'")
    by_id = await desk.take_in(
        f"Record ID,Company\n{id},bolt.example\n",
        columns=[
            Choice(column=1, property="hs_object_id"),
            Choice(column=2, link=Link(to="companies")),
        ],
    )
    assert by_id.counts == Counts(rows_read=1, updated=1)
    assert len(await linked(desk)) == 2


async def test_archived_and_renamed_records_are_not_found_by_what_they_were(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    await desk.query(
        "UPDATE records SET archived_at = %s WHERE properties ->> 'name' = 'Acme Corporation'", NOW
    )
    done = await desk.take_in(
        "E-mail,Company\na@x.example,Acme Corporation\n", columns=columns(by="name")
    )
    assert [code for _, _, code in await desk.told(done.id)] == ["ASSOCIATION_NOT_FOUND"]


async def test_records_that_come_while_the_import_runs_are_found_in_later_batches(
    desk: Desk,
) -> None:
    rows = "".join(f"p{number}@x.example,\n" for number in range(998))
    text = f"E-mail,Company\na@x.example,Late\n{rows}b@x.example,Late\nc@x.example,Late\n"
    begun = await desk.begin(text, columns=columns())
    schema = await desk.house.schema()

    async def make() -> None:
        async with Database(desk.database.url) as database, database.unit() as conn:
            late = store.Draft({"name": "Late"})
            await store.create(conn, schema, schema.type("companies"), [late], desk.house.write)

    def arrive(progress: Import) -> None:
        if progress.counts.rows_read == 1_000 and not progress.ended:
            thread = threading.Thread(target=lambda: asyncio.run(make()))
            thread.start()
            thread.join()

    done = await desk.run(begun.id, arrive)
    assert done.counts == Counts(rows_read=1_001, created=1_001, warnings=2)
    assert await linked(desk) == [("c@x.example", "Late")]


async def test_names_stay_clear_when_the_schema_changes_while_the_import_runs(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    rows = "".join(f"p{number}@x.example,Acme Corporation\n" for number in range(1_001))
    begun = await desk.begin("E-mail,Company\n" + rows, columns=columns())

    def change(progress: Import) -> None:
        with psycopg.connect(desk.database.url, autocommit=True) as conn:
            conn.execute("UPDATE schema_state SET version = version + 1")

    done = await desk.run(begun.id, change)
    assert done.counts == Counts(rows_read=1_001, created=1_001)
    assert len(await linked(desk)) == 1_001


async def test_several_types_at_once(desk: Desk) -> None:
    await desk.take_in(COMPANIES, "companies")
    await desk.take_in("E-mail\nada@x.example\n")
    done = await desk.take_in(
        "Deal name,Account,Contact\nAnvils,acme.example,ada@x.example\n", "deals"
    )
    assert done.counts == Counts(rows_read=1, created=1)
    types = await desk.query("SELECT type_id FROM associations ORDER BY type_id")
    assert [row[0] for row in types] == [3, 4, 341, 342]
