"""From the text of a cell to a value."""

from typing import Any

import pytest

from penstock.imports.cells import converter, place_stage
from penstock.imports.model import DateFormat, Operation, Options
from penstock.records.values import BadValue
from tests.conftest import House

OPTIONS = Options(
    encoding="utf-8",
    delimiter=",",
    date_format=DateFormat.DAY_MONTH_YEAR,
    decimal_mark=",",
    time_zone="Europe/Stockholm",
    operation=Operation.UPSERT,
    key=None,
    clear_empty=False,
)

OWNERS = [("ada@x.example", "11"), ("Ada L", "11"), ("Kim K", "12"), ("Kim K", "13")]


async def converted(house: House, object_type: str, property: str, text: str) -> Any:
    type = (await house.schema()).type(object_type)
    convert = converter(type, type.properties[property], OPTIONS, OWNERS)
    return text if convert is None else convert(text)


@pytest.mark.parametrize(
    ("object_type", "property", "text", "value"),
    [
        ("contacts", "firstname", "Ada", "Ada"),
        ("contacts", "hubspotscore", "1.234,5", "1234.5"),
        ("deals", "closedate", "26-08-2020", "2020-08-25T22:00:00.000Z"),
        ("contacts", "lifecyclestage", "lead", "lead"),
        ("contacts", "lifecyclestage", "LEAD", "lead"),
        ("contacts", "lifecyclestage", "Marketing qualified lead", "marketingqualifiedlead"),
        ("contacts", "lifecyclestage", "hero", "hero"),
        ("contacts", "hs_buying_role", "champion; Decision maker", ["CHAMPION", "DECISION_MAKER"]),
        ("contacts", "hs_email_optout", "Yes", "true"),
        ("contacts", "hs_email_optout", "0", "false"),
        ("contacts", "hs_email_optout", "Nej", "false"),
        ("contacts", "hs_email_optout", "TRUE", "true"),
        ("contacts", "hs_email_optout", "maybe", "maybe"),
        ("contacts", "hubspot_owner_id", "Ada@X.example", "11"),
        ("contacts", "hubspot_owner_id", "ada l", "11"),
        ("contacts", "hubspot_owner_id", "12", "12"),
        ("deals", "pipeline", "Sales Pipeline", "default"),
    ],
)
async def test_a_cell_is_read_as_its_property_takes_it(
    house: House, object_type: str, property: str, text: str, value: Any
) -> None:
    assert await converted(house, object_type, property, text) == value


@pytest.mark.parametrize(
    ("property", "text", "code"),
    [
        ("hubspot_owner_id", "Kim K", "AMBIGUOUS_OPTION"),
        ("hubspot_owner_id", "Nobody", "OWNER_UNKNOWN"),
        ("hubspotscore", "many", "INVALID_NUMBER"),
    ],
)
async def test_what_cannot_be_read_is_refused(
    house: House, property: str, text: str, code: str
) -> None:
    with pytest.raises(BadValue) as refused:
        await converted(house, "contacts", property, text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("values", "placed"),
    [
        ({"dealstage": "Closed Won"}, {"dealstage": "closedwon", "pipeline": "default"}),
        (
            {"dealstage": "CONTRACT SENT", "pipeline": "default"},
            {"dealstage": "contractsent", "pipeline": "default"},
        ),
        ({"dealstage": "closedwon"}, {"dealstage": "closedwon"}),
        ({"dealstage": "no such stage"}, {"dealstage": "no such stage"}),
        ({"dealname": "Anvils"}, {"dealname": "Anvils"}),
    ],
)
async def test_a_stage_may_be_called_by_its_label(
    house: House, values: dict[str, Any], placed: dict[str, Any]
) -> None:
    place_stage((await house.schema()).type("deals"), values)
    assert values == placed


async def test_a_stage_that_several_pipelines_have_needs_the_pipeline(house: House) -> None:
    async with house.database.unit() as conn:
        await conn.execute(
            "INSERT INTO pipelines (object_type, id, label, display_order, created_at, updated_at)"
            " VALUES ('0-3', 'second', 'Second', 1, now(), now())"
        )
        await conn.execute(
            "INSERT INTO pipeline_stages (object_type, pipeline, id, label, display_order,"
            " created_at, updated_at)"
            " VALUES ('0-3', 'second', 'second_won', 'Closed Won', 0, now(), now())"
        )
        await conn.execute("UPDATE schema_state SET version = version + 1")
    type = (await house.schema()).type("deals")
    with pytest.raises(BadValue, match="several pipelines have a stage"):
        place_stage(type, {"dealstage": "Closed Won"})
    values = {"dealstage": "Closed Won", "pipeline": "second"}
    place_stage(type, values)
    assert values["dealstage"] == "second_won"
