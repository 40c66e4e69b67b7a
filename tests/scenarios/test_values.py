"""Where values come from (api §5.3): every source, in settings and in texts."""

from typing import Any

import pytest

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, branch, equals, set_property, step, when

LEADS = when(all_of(any_of("lifecyclestage", "lead")))


async def outcome(story: Story, value: Any, *, into: str = "city", **contact: str) -> Any:
    """What a source writes to a property of a contact."""
    flow = await story.workflow(LEADS, [set_property("1", into, value)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", **contact)
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
    return (await story.record("contacts", ada)).properties.get(into)


async def test_a_static_value_with_tokens_is_each_records_own(story: Story) -> None:
    value = {"type": "STATIC_VALUE", "staticValue": "Of {{ enrolled_object.firstname }}"}
    assert await outcome(story, value, firstname="Ada") == "Of Ada"


async def test_a_static_value_with_braces_alone_stays_as_it_is(story: Story) -> None:
    assert await outcome(story, {"type": "STATIC_VALUE", "staticValue": "{%} {a}"}) == "{%} {a}"


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland"])
async def test_a_moment_in_a_date_is_the_day_in_the_zone(story: Story, zone: str) -> None:
    await story.query("UPDATE account SET time_zone = %s RETURNING 1", zone)
    await story.query("UPDATE schema_state SET version = version + 1 RETURNING 1")
    await story.pass_time(hours=5)
    midnight = {"delta": 0, "timeUnit": "DAYS", "daysOfWeek": [], "timeOfDay": {"hour": 0}}
    flow = await story.workflow(
        when(all_of(equals("name", "Lamp"))),
        [
            set_property("1", "hs_recurring_billing_start_date", {"type": "TIMESTAMP"}),
            set_property("2", "description", {"type": "TIMESTAMP"}),
            branch("3", ("", all_of(equals("description", "2026-03-02T15:00:00.000Z")), "4")),
            set_property(
                "4",
                "hs_recurring_billing_start_date",
                {"type": "RELATIVE_DATETIME", "timeDelay": {**midnight, "delta": 1}},
            ),
        ],
        type="PLATFORM_FLOW",
        objectTypeId="0-7",
    )
    await story.turn_on(flow)
    (lamp,) = await story.create("products", {"name": "Lamp"})
    await story.rest()
    rows = await story.query(
        "SELECT changed ->> 'hs_recurring_billing_start_date' AS day FROM property_history"
        " WHERE record_id = %s AND changed ? 'hs_recurring_billing_start_date' ORDER BY id",
        lamp,
    )
    days = {"UTC": ["2026-03-02", "2026-03-03"], "Pacific/Auckland": ["2026-03-03", "2026-03-04"]}
    assert [row.day for row in rows] == days[zone]


async def test_a_relative_moment_is_counted_from_the_step(story: Story) -> None:
    value = {
        "type": "RELATIVE_DATETIME",
        "timeDelay": {
            "delta": 2,
            "timeUnit": "DAYS",
            "daysOfWeek": [],
            "timeOfDay": {"hour": 8, "minute": 30},
        },
    }
    assert await outcome(story, value, into="closedate") == "2026-03-04T08:30:00.000Z"


async def test_several_values_become_the_options_of_one_property(story: Story) -> None:
    value = {
        "type": "LIST",
        "values": [
            {"type": "STATIC_VALUE", "staticValue": "BLOCKER"},
            {"type": "OBJECT_PROPERTY", "propertyName": "jobtitle"},
        ],
    }
    written = await outcome(story, value, into="hs_buying_role", jobtitle="CHAMPION")
    assert written == ["BLOCKER", "CHAMPION"]


async def test_what_is_appended_may_have_tokens(story: Story) -> None:
    value = {"type": "STATIC_APPEND_VALUE", "staticAppendValue": " {{ contact.lastname }}"}
    assert "Lovelace" in await outcome(story, value, city="Ada", lastname="Lovelace")


async def test_an_event_that_enrols_leaves_its_properties(story: Story) -> None:
    visited = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "eventTypeId": "4-96000",
        "operator": "HAS_COMPLETED",
        "filterBranches": [],
        "filters": [],
    }
    criteria = {
        "type": "EVENT_BASED",
        "shouldReEnroll": False,
        "eventFilterBranches": [visited],
        "listMembershipFilterBranches": [],
    }
    source = {
        "type": "ENROLLMENT_EVENT_PROPERTY",
        "enrollmentEventPropertyToken": "{{ enrollment_event.hs_page_url }}",
    }
    flow = await story.workflow(
        criteria,
        [
            set_property("1", "city", source),
            step("2", "0-1", {"delta": 60, "time_unit": "MINUTES"}),
            set_property("3", "jobtitle", "Saw {{ enrollment_event.hs_page_url }}"),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(email="ada@x.test")
    page = "https://x.test/" + "p" * 100
    await story.happen("4-96000", ada, hs_page_url=page, hs_page_title="t" * 9000)
    await story.rest()
    await story.pass_time(hours=2)
    found = (await story.record("contacts", ada)).properties
    assert found["city"] == page
    assert found["jobtitle"] == f"Saw {found['city']}"
    (kept,) = await story.query("SELECT context FROM enrollments")
    assert kept.context[""]["event"].keys() == {"hs_page_url"}, "too large is left out"


PROBLEMS: list[tuple[Any, str, str]] = [
    (
        {"type": "OBJECT_PROPERTY", "propertyName": "nope"},
        "value.propertyName",
        "PROPERTY_DOESNT_EXIST",
    ),
    (
        {"type": "APPEND_OBJECT_PROPERTY", "appendPropertyName": "nope"},
        "value.appendPropertyName",
        "PROPERTY_DOESNT_EXIST",
    ),
    (
        {"type": "FIELD_DATA", "actionId": "9", "dataKey": "x"},
        "value.actionId",
        "ACTION_DOESNT_EXIST",
    ),
    (
        {"type": "FIELD_DATA", "actionId": "2", "dataKey": "x"},
        "value.actionId",
        "ACTION_DOESNT_EXIST",
    ),
    (
        {"type": "FIELD_DATA", "actionId": "0", "dataKey": "x"},
        "value.dataKey",
        "OUTPUT_DOESNT_EXIST",
    ),
    (
        {
            "type": "ACTION_OUTPUT_OBJECT_PROPERTY",
            "actionOutputPropertyToken": "{{ action_outputs.action_output_0.nope }}",
        },
        "value.actionOutputPropertyToken",
        "OUTPUT_DOESNT_EXIST",
    ),
    (
        {
            "type": "FETCHED_OBJECT_PROPERTY",
            "propertyToken": "{{ fetched_objects.boss.email }}",
        },
        "value.propertyToken",
        "DATA_SOURCE_DOESNT_EXIST",
    ),
    (
        {
            "type": "ENROLLMENT_EVENT_PROPERTY",
            "enrollmentEventPropertyToken": "{{ enrollment_event.hs_page_url }}",
        },
        "value.enrollmentEventPropertyToken",
        "EVENT_DOESNT_EXIST",
    ),
    (
        {
            "type": "ENROLLMENT_DATASET_COLUMN",
            "enrollmentDatasetColumnToken": "{{ dataset.x }}",
        },
        "value.enrollmentDatasetColumnToken",
        "DATASET_UNSUPPORTED",
    ),
    (
        {"type": "SINGLE_OBJECT_COORDINATES", "coordinatesToken": "nobody"},
        "value.coordinatesToken",
        "INVALID_TOKEN",
    ),
    (
        {"type": "SINGLE_OBJECT_COORDINATES", "coordinatesToken": "{{ enrolled_object.city }}"},
        "value.coordinatesToken",
        "INVALID_TOKEN",
    ),
    (
        {
            "type": "RELATIVE_DATETIME",
            "timeDelay": {"delta": 5000, "timeUnit": "YEARS", "daysOfWeek": []},
        },
        "value.timeDelay.delta",
        "DELAY_TOO_LONG",
    ),
    (
        {
            "type": "RELATIVE_DATETIME",
            "timeDelay": {
                "delta": 1,
                "timeUnit": "DAYS",
                "daysOfWeek": [],
                "timeZoneStrategy": {"type": "STATIC_TIME_ZONE", "timeZoneId": "Mars"},
            },
        },
        "value.timeDelay.timeZoneStrategy",
        "UNKNOWN_TIME_ZONE",
    ),
    (
        {"type": "STATIC_VALUE", "staticValue": "{{ enrolled_object.nope }}"},
        "value.staticValue",
        "PROPERTY_DOESNT_EXIST",
    ),
    (
        {"type": "STATIC_VALUE", "staticValue": "{{ company.name }} {{ quux.name }}"},
        "value.staticValue",
        "INVALID_TOKEN",
    ),
    (
        {"type": "STATIC_VALUE", "staticValue": "{{ enrolled_object.city"},
        "value.staticValue",
        "INVALID_TEMPLATE",
    ),
    (
        {"type": "LIST", "values": ["x", {"type": "OBJECT_PROPERTY", "propertyName": "nope"}]},
        "value.values[1].propertyName",
        "PROPERTY_DOESNT_EXIST",
    ),
    (
        {"type": "MAP", "values": {"a": {"type": "OBJECT_PROPERTY", "propertyName": "nope"}}},
        "value.values.a.propertyName",
        "PROPERTY_DOESNT_EXIST",
    ),
]


@pytest.mark.parametrize(("value", "where", "code"), PROBLEMS)
async def test_what_a_source_names_must_exist(
    story: Story, value: Any, where: str, code: str
) -> None:
    task = step("0", "0-3", {"subject": "Call"})
    flow = await story.workflow(
        LEADS, [task, set_property("1", "city", value), set_property("2", "city", "Lund")]
    )
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, await story.house.schema(), flow)
    assert [(each.where, each.code) for each in problems] == [
        (f"$.actions[1].fields.{where}", code)
    ]


async def test_what_a_text_names_must_exist(story: Story) -> None:
    fields = {"subject": "{{ enrolled_object.nope }}", "body": "{{ fetched_objects.boss.email }}"}
    flow = await story.workflow(LEADS, [step("1", "0-3", fields)])
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, await story.house.schema(), flow)
    assert [(each.where, each.code) for each in problems] == [
        ("$.actions[0].fields.subject", "PROPERTY_DOESNT_EXIST"),
        ("$.actions[0].fields.body", "DATA_SOURCE_DOESNT_EXIST"),
    ]


async def test_a_step_on_another_branch_has_put_out_nothing(story: Story) -> None:
    made = {
        "type": "FIELD_DATA",
        "actionId": "2",
        "dataKey": "hs_object_id",
    }
    flow = await story.workflow(
        LEADS,
        [
            branch("1", ("Oslo", all_of(equals("city", "Oslo")), "2"), default="3"),
            step("2", "0-3", {"subject": "Call"}, connection=None),
            set_property("3", "city", made),
        ],
    )
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, await story.house.schema(), flow)
    assert [each.code for each in problems] == ["ACTION_DOESNT_EXIST"]
