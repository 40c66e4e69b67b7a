"""What rows become: records made, changed, left alone or refused."""

from decimal import Decimal

import pytest

from penstock.imports.model import Choice, Counts, State
from penstock.records.definitions import object_types
from penstock.records.definitions.drafts import ObjectTypeDraft
from penstock.records.model import Property
from tests.conftest import NOW
from tests.imports.conftest import Desk
from tests.imports.files import HEADER, people, people_file, table

ADA = "E-mail,First name,Phone\nada@x.example,Ada,1\n"


async def test_rows_become_records_with_their_values(desk: Desk) -> None:
    await desk.define("subscription_date", label="Subscription date", type="date")
    done = await desk.take_in(people_file(25))
    assert done.state is State.FINISHED
    assert done.counts == Counts(rows_read=25, created=25)
    for record, row in zip(await desk.records(), people(25), strict=True):
        cells = dict(zip(HEADER, row, strict=True))
        day, month, year = cells["Subscription Date"].split("-")
        assert record["email"] == cells["Email"]
        assert record["firstname"] == cells["First Name"]
        assert record["company"] == cells["Company"]
        assert record["mobilephone"] == cells["Phone 2"]
        assert record["subscription_date"] == f"{year}-{month}-{day}"


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    await desk.take_in(people_file(25))
    again = await desk.take_in(people_file(25))
    assert again.counts == Counts(rows_read=25, unchanged=25)


async def test_a_row_updates_the_record_with_its_key_and_leaves_empty_cells_alone(
    desk: Desk,
) -> None:
    await desk.take_in(ADA)
    done = await desk.take_in("E-mail,First name,Phone\nADA@x.example,Augusta,\n")
    assert done.counts == Counts(rows_read=1, updated=1)
    (ada,) = await desk.records()
    assert (ada["firstname"], ada["phone"]) == ("Augusta", "1")


async def test_empty_cells_clear_if_that_is_wished(desk: Desk) -> None:
    await desk.take_in(ADA)
    await desk.take_in("E-mail,Phone\nada@x.example,\n", clear_empty=True)
    (ada,) = await desk.records()
    assert "phone" not in ada
    assert ada["firstname"] == "Ada"


async def test_later_rows_with_the_same_key_update_what_earlier_ones_made(desk: Desk) -> None:
    done = await desk.take_in(
        "E-mail,First name,Phone\nada@x.example,Ada,1\nAda@X.example,Augusta,\nada@x.example,,2\n"
    )
    assert done.counts == Counts(rows_read=3, created=1, updated=2)
    (ada,) = await desk.records()
    assert (ada["firstname"], ada["phone"]) == ("Augusta", "2")


async def test_a_bad_row_does_not_keep_a_good_one_with_its_key_from_being_written(
    desk: Desk,
) -> None:
    done = await desk.take_in(
        "E-mail,Lifecycle stage\nada@x.example,hero\nada@x.example,lead\n"
        "kim@x.example,lead\nkim@x.example,hero\n",
        columns=[
            Choice(column=1, property="email"),
            Choice(column=2, property="lifecyclestage"),
        ],
    )
    assert done.counts == Counts(rows_read=4, created=2, rejected=2)
    assert await desk.told(done.id) == [
        (2, "Lifecycle stage", "INVALID_OPTION"),
        (5, "Lifecycle stage", "INVALID_OPTION"),
    ]
    assert {record["lifecyclestage"] for record in await desk.records()} == {"lead"}


async def test_only_new_records_are_made_if_that_is_wished(desk: Desk) -> None:
    await desk.take_in(ADA)
    done = await desk.take_in(
        "E-mail,First name\nada@x.example,Augusta\nkim@x.example,Kim\n", operation="CREATE"
    )
    assert done.counts == Counts(rows_read=2, created=1, rejected=1)
    assert await desk.told(done.id) == [(2, "E-mail", "OBJECT_ALREADY_EXISTS")]
    assert [record["firstname"] for record in await desk.records()] == ["Ada", "Kim"]


async def test_only_known_records_are_changed_if_that_is_wished(desk: Desk) -> None:
    await desk.take_in(ADA)
    done = await desk.take_in(
        "E-mail,First name\nada@x.example,Augusta\nkim@x.example,Kim\n,Nobody\n",
        operation="UPDATE",
    )
    assert done.counts == Counts(rows_read=3, updated=1, rejected=2)
    assert await desk.told(done.id) == [
        (3, "E-mail", "OBJECT_NOT_FOUND"),
        (4, "E-mail", "KEY_MISSING"),
    ]
    assert [record["firstname"] for record in await desk.records()] == ["Augusta"]


async def test_a_column_of_ids_tells_the_records(desk: Desk) -> None:
    await desk.take_in(ADA)
    ((id,),) = await desk.query("SELECT id FROM records")
    done = await desk.take_in(
        f"Record ID,First name\n{id},Augusta\n999999,Nobody\nx1,Nobody\n"
        "99999999999999999999,Nobody\n,Kim\n",
        columns=[
            Choice(column=1, property="hs_object_id"),
            Choice(column=2, property="firstname"),
        ],
    )
    assert done.counts == Counts(rows_read=5, created=1, updated=1, rejected=3)
    assert await desk.told(done.id) == [
        (3, "Record ID", "OBJECT_NOT_FOUND"),
        (4, "Record ID", "INVALID_ID"),
        (5, "Record ID", "INVALID_ID"),
    ]
    assert [record["firstname"] for record in await desk.records()] == ["Augusta", "Kim"]


async def test_rows_without_an_id_go_by_the_key_unless_ids_alone_are_wished(desk: Desk) -> None:
    await desk.take_in(ADA)
    text = "Record ID,E-mail,First name\n,ada@x.example,Augusta\n"
    columns = [
        Choice(column=1, property="hs_object_id"),
        Choice(column=2, property="email"),
        Choice(column=3, property="firstname"),
    ]
    by_key = await desk.take_in(text, columns=columns)
    assert by_key.counts == Counts(rows_read=1, updated=1)
    by_id = await desk.take_in(text, columns=columns, key="hs_object_id")
    assert by_id.counts == Counts(rows_read=1, rejected=1)


async def test_a_row_without_any_value_makes_no_record(desk: Desk) -> None:
    done = await desk.take_in("E-mail,First name,Colour\n,,red\nada@x.example,,blue\n")
    assert done.counts == Counts(rows_read=2, created=1, rejected=1)
    assert await desk.told(done.id) == [(2, None, "NOTHING_TO_IMPORT")]


async def test_without_a_key_every_row_is_a_new_record(desk: Desk) -> None:
    done = await desk.take_in("First name\nAda\nAda\n")
    assert done.counts == Counts(rows_read=2, created=2)


async def test_the_address_of_another_record_cannot_be_taken(desk: Desk) -> None:
    await desk.take_in("E-mail\nada@x.example\nkim@x.example\n")
    ((ada,), _) = await desk.query("SELECT id FROM records ORDER BY id")
    done = await desk.take_in(
        f"Record ID,E-mail\n{ada},kim@x.example\n",
        columns=[Choice(column=1, property="hs_object_id"), Choice(column=2, property="email")],
        key="hs_object_id",
    )
    assert await desk.told(done.id) == [(2, "E-mail", "VALUE_ALREADY_TAKEN")]


async def test_another_unique_value_of_somebody_else_is_no_invitation_to_overwrite_them(
    desk: Desk,
) -> None:
    await desk.define("member_no", unique=True)
    await desk.take_in("E-mail,member_no,First name\nada@x.example,7,Ada\n")
    done = await desk.take_in("E-mail,member_no,First name\nkim@x.example,7,Kim\n")
    assert done.counts == Counts(rows_read=1, rejected=1)
    assert [code for _, _, code in await desk.told(done.id)] == ["OBJECT_ALREADY_EXISTS"]
    assert [record["firstname"] for record in await desk.records()] == ["Ada"]


async def test_every_bad_cell_is_reported_with_line_column_value_and_reason(desk: Desk) -> None:
    await desk.define("joined", type="date")
    done = await desk.take_in(
        "E-mail,Lifecycle stage,joined,Score,Name\n"
        '"a@b.example",lead,26-08-2020,"1,5",Ada\n'
        "no address,hero,26-13-2020,many,Bob\n"
        "c@d.example,lead,2020-08-26,2,Cid\n",
        columns=[
            Choice(column="E-mail", property="email"),
            Choice(column="Lifecycle stage", property="lifecyclestage"),
            Choice(column="joined", property="joined"),
            Choice(column="Score", property="hubspotscore"),
        ],
    )
    assert done.counts == Counts(rows_read=3, created=2, rejected=1)
    problems = await desk.problems(done.id)
    assert [(p.line, p.column_number, p.column_name, p.value, p.code) for p in problems] == [
        (3, 3, "joined", "26-13-2020", "INVALID_DATE"),
        (3, 4, "Score", "many", "INVALID_NUMBER"),
        (3, 1, "E-mail", "no address", "INVALID_EMAIL"),
        (3, 2, "Lifecycle stage", "hero", "INVALID_OPTION"),
    ]
    assert [p.property for p in problems] == ["joined", "hubspotscore", "email", "lifecyclestage"]
    assert all(p.rejected for p in problems)
    assert str(problems[2].text) == '"email" is not valid: "no address" is not an e-mail address'
    first, last = await desk.records()
    assert (first["hubspotscore"], first["joined"]) == (Decimal("1.5"), "2020-08-26")
    assert (last["hubspotscore"], last["joined"]) == (2, "2020-08-26")


async def test_an_import_leaves_the_changes_that_every_write_leaves(desk: Desk) -> None:
    done = await desk.take_in(ADA)
    await desk.take_in("E-mail,First name\nada@x.example,Augusta\n")
    rows = await desk.query(
        "SELECT kind, lane, source, depth, object_type, details, at FROM changes ORDER BY at, id"
    )
    assert [tuple(row[:5]) for row in rows] == [
        ("created", 1, f"IMPORT/{done.id}", 0, "0-1"),
        ("updated", 1, f"IMPORT/{done.id + 1}", 0, "0-1"),
        ("imported", 1, f"IMPORT/{done.id + 1}", 0, "0-1"),
    ]
    assert rows[0].details["email"] == "ada@x.example"
    assert rows[1].details == {"firstname": "Augusta"}
    assert rows[2].details == {"import": done.id + 1}
    assert rows[0].at == NOW
    history = await desk.query("SELECT source FROM property_history ORDER BY id")
    assert [row[0] for row in history] == [f"IMPORT/{done.id}", f"IMPORT/{done.id + 1}"]


@pytest.mark.parametrize("object_type", ["companies", "deals", "tickets", "products", "leads"])
async def test_every_kind_of_record_can_be_imported(desk: Desk, object_type: str) -> None:
    type = (await desk.house.schema()).type(object_type)
    done = await desk.take_in(
        table([type.primary], ["Anvil"], ["Bolt"]), object_type, operation="CREATE"
    )
    assert done.counts == Counts(rows_read=2, created=2)
    assert [record[type.primary] for record in await desk.records(type.id)] == ["Anvil", "Bolt"]


async def test_records_of_a_custom_type_can_be_imported(desk: Desk) -> None:
    plate = Property("plate", "Licence plate", unique=True)
    async with desk.database.unit() as conn:
        id = await object_types.create_one(
            conn, ObjectTypeDraft("car", "Car", "Cars", required=["plate"], properties=[plate]), NOW
        )
    done = await desk.take_in("Licence plate\nABC 123\nABC 124\nABC 123\n", "car")
    assert done.counts == Counts(rows_read=3, created=2, unchanged=1)
    assert [record["plate"] for record in await desk.records(id)] == ["ABC 123", "ABC 124"]
