"""From a wish and a file to a plan."""

from typing import Any

import pytest

from penstock.imports.errors import EncodingUnknown, MappingInvalid, NothingMapped
from penstock.imports.model import Choice, Column, DateFormat, Link, Operation, Plan, Wish
from penstock.imports.planning import find_out, plan_of
from penstock.imports.samples import Sample
from penstock.records.errors import ObjectTypeUnknown
from tests.conftest import House
from tests.imports.conftest import Desk
from tests.imports.files import people_file


async def planned(house: House, text: str | bytes, object_type: str, **wish: Any) -> Plan:
    data = text if isinstance(text, bytes) else text.encode()
    sample = Sample(data)
    return plan_of(await house.schema(), Wish(object_type=object_type, **wish), sample, [])


async def refused(house: House, text: str, object_type: str, **wish: Any) -> list[tuple[str, str]]:
    """Where and what is in the way."""
    with pytest.raises(MappingInvalid) as caught:
        await planned(house, text, object_type, **wish)
    return [(str(problem.where), str(problem.code)) for problem in caught.value.problems]


async def test_what_the_user_leaves_out_is_found_out(desk: Desk) -> None:
    await desk.define("subscription_date", label="Subscription date", type="date")
    plan = await planned(desk.house, people_file(50).encode("cp1252"), "contacts")
    assert plan.options.encoding == "windows-1252"
    assert plan.options.delimiter == ","
    assert plan.options.date_format == DateFormat.DAY_MONTH_YEAR
    assert plan.options.decimal_mark == "."
    assert plan.options.time_zone == "UTC"
    assert plan.options.operation == Operation.UPSERT
    assert plan.options.key == "email"
    assert plan.columns[10].property == "subscription_date"


async def test_what_the_user_says_stands(house: House) -> None:
    plan = await planned(
        house,
        "E-mail;x\na@b.example;1\n",
        "contacts",
        encoding="latin-1",
        date_format="MONTH_DAY_YEAR",
        decimal_mark=",",
        time_zone="Europe/Stockholm",
        operation="UPDATE",
        clear_empty=True,
        columns=[Choice(column="e-MAIL", property="email")],
    )
    assert plan.options.model_dump() == {
        "encoding": "iso-8859-1",
        "delimiter": ";",
        "date_format": DateFormat.MONTH_DAY_YEAR,
        "decimal_mark": ",",
        "time_zone": "Europe/Stockholm",
        "operation": Operation.UPDATE,
        "key": "email",
        "clear_empty": True,
    }
    assert [column.property for column in plan.columns] == ["email", None]


async def test_a_guess_that_most_cells_contradict_is_dropped(house: House) -> None:
    text = "name,sector,owner,revenue\n" + "Acme,technolgy,Moses Frase,100\n" * 5
    plan = await planned(house, text, "companies")
    assert [column.property for column in plan.columns] == ["name", None, None, "annualrevenue"]
    text = "dealname,stage\n" + "A,Engaging\n" * 5 + "B,Closed Won\n" * 4
    plan = await planned(house, text, "deals")
    assert [column.property for column in plan.columns] == ["dealname", None]
    plan = await planned(house, "dealname,stage\nA,closed won\n", "deals")
    assert [column.property for column in plan.columns] == ["dealname", "dealstage"]


async def test_a_column_of_foreign_ids_is_not_taken_for_ours(house: House) -> None:
    plan = await planned(house, "dealname,Company ID\nA,EB54EF11\nB,FF00\n", "deals")
    assert plan.columns[1].link is None
    plan = await planned(house, "dealname,Company ID\nA,6400\nB,6465\n", "deals")
    assert plan.columns[1].link == Link(to="0-2", by="id")


async def test_columns_are_meant_by_name_or_number_and_doubles_in_their_order(
    house: House,
) -> None:
    plan = await planned(
        house,
        "E-mail,Phone,Phone,Name\na@b.example,1,2,Ada\n",
        "contacts",
        columns=[
            Choice(column="Phone", property="phone"),
            Choice(column="Phone", property="mobilephone"),
            Choice(column=4, property="firstname"),
            Choice(column=1, property="email"),
        ],
    )
    assert [column.property for column in plan.columns] == [
        "email",
        "phone",
        "mobilephone",
        "firstname",
    ]


async def test_a_column_may_be_chosen_once_for_a_property_and_once_for_a_link(
    house: House,
) -> None:
    plan = await planned(
        house,
        "E-mail,Company\na@b.example,Acme\n",
        "contacts",
        columns=[
            Choice(column="Company", property="company"),
            Choice(column="Company", link=Link(to="companies")),
        ],
    )
    assert plan.columns[1] == Column(name="Company", property="company", link=Link(to="0-2"))


async def test_a_link_keeps_the_types_id_whatever_word_was_used(house: House) -> None:
    plan = await planned(
        house,
        "E-mail,Company\na@b.example,Acme\n",
        "contacts",
        columns=[
            Choice(column="E-mail", property="email"),
            Choice(column="Company", property="company", link=Link(to="companies", type_ids=(1,))),
        ],
    )
    assert plan.columns[1].link == Link(to="0-2", type_ids=(1,))


async def test_everything_that_is_wrong_with_a_mapping_is_told_at_once(house: House) -> None:
    choices = [
        Choice(column="A", property="no_such"),
        Choice(column="B", property="createdate"),
        Choice(column="C", property="firstname", link=Link(to="unicorns")),
        Choice(column="D", property="firstname"),
        Choice(column="E", link=Link(to="companies", by="no_such")),
        Choice(column="F", link=Link(to="companies", type_ids=(4,))),
        Choice(column="Z", property="lastname"),
        Choice(column=9, property="lastname"),
    ]
    text = "A,B,C,D,E,F\n1,2,3,4,5,6\n"
    assert await refused(house, text, "contacts", columns=choices, key="domain") == [
        ("Z", "COLUMN_UNKNOWN"),
        ("9", "COLUMN_UNKNOWN"),
        ("A", "PROPERTY_UNUSABLE"),
        ("B", "PROPERTY_UNUSABLE"),
        ("C", "ASSOCIATION_UNUSABLE"),
        ("D", "PROPERTY_UNUSABLE"),
        ("E", "ASSOCIATION_UNUSABLE"),
        ("F", "ASSOCIATION_UNUSABLE"),
        ("domain", "KEY_NOT_UNIQUE"),
    ]


async def test_a_key_must_be_mapped_and_an_update_needs_one(house: House) -> None:
    text = "First name,Record ID\nAda,64\n"
    first = [Choice(column=1, property="firstname")]
    assert await refused(house, text, "contacts", columns=first, key="email") == [
        ("email", "KEY_UNMAPPED")
    ]
    assert await refused(house, text, "contacts", columns=first, key="hs_object_id") == [
        ("hs_object_id", "KEY_UNMAPPED")
    ]
    assert await refused(house, text, "contacts", columns=first, operation="UPDATE") == [
        ("operation", "KEY_MISSING")
    ]
    assert await refused(house, text, "contacts", operation="CREATE") == [
        ("hs_object_id", "ID_GIVEN")
    ]


async def test_what_new_records_need_is_missed_before_the_first_row(house: House) -> None:
    text = "amount,Record ID\n5,64\n"
    amount = [Choice(column="amount", property="amount")]
    missing = [("dealname", "REQUIRED_PROPERTY_MISSING")]
    assert await refused(house, text, "deals", columns=amount) == missing
    assert await refused(house, text, "deals", columns=amount, operation="CREATE") == missing
    plan = await planned(house, text, "deals")
    assert plan.options.key is None


async def test_a_time_zone_must_exist(house: House) -> None:
    for zone in ("Mars/Base", "../etc/passwd", ""):
        if zone:
            assert await refused(house, "email\na@b.example\n", "contacts", time_zone=zone) == [
                ("time_zone", "TIME_ZONE_UNKNOWN")
            ]


async def test_a_file_of_strange_columns_is_refused_with_their_names(house: House) -> None:
    with pytest.raises(NothingMapped, match="Contacts; the columns are: Colour, Size"):
        await planned(house, "Colour,Size\nred,9\n", "contacts")


async def test_an_unknown_type_or_encoding_is_refused(house: House) -> None:
    with pytest.raises(ObjectTypeUnknown):
        await planned(house, "a\n1\n", "unicorns")
    with pytest.raises(EncodingUnknown):
        await planned(house, "a\n1\n", "contacts", encoding="klingon")


async def test_findings_tell_what_is_in_the_way_without_refusing(house: House) -> None:
    sample = Sample(b"First Name,Company\nAda,Acme\n")
    wish = Wish(object_type="contacts", operation=Operation.UPDATE)
    findings = find_out(await house.schema(), wish, sample, [])
    assert [problem.code for problem in findings.problems] == ["KEY_MISSING"]
    assert findings.links == (None, Link(to="0-2"))
    assert [row.cells for row in findings.rows] == [["Ada", "Acme"]]
