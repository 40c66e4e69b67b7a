"""Create task (semantics §3.4): all its settings, and its associations wherever the others are."""

from datetime import timedelta
from typing import Any

import pytest

from penstock.records import merging, owners
from penstock.records.values import instant_text
from penstock.workflows import store as workflows
from tests.conftest import NOW
from tests.story import (
    Story,
    all_of,
    any_of,
    associated,
    both,
    equals,
    set_property,
    step,
    to,
    when,
)

LEADS = when(all_of(any_of("lifecyclestage", "lead")))
TO_CONTACT, TO_COMPANY, TO_DEAL = 204, 192, 216
PRIMARY_COMPANY, DEALS_OF_CONTACT = 1, 4


def task(**settings: Any) -> dict[str, Any]:
    return step("1", "0-3", {"subject": "Call", **settings})


def link(type_id: int, value: dict[str, Any] | None = None) -> dict[str, Any]:
    target = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return {"target": target, **({"value": value} if value else {})}


def copied(type_id: int) -> dict[str, Any]:
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return {"type": "COPY_ASSOCIATION", "sourceSpec": spec}


async def the_task(story: Story) -> Any:
    (row,) = await story.query("SELECT id, properties FROM records WHERE type = '0-27'")
    return row


async def edges(story: Story, record: int) -> set[tuple[int, int]]:
    """The edges of a record, each as its type and the other end; both directions must agree."""
    there = await story.query("SELECT type_id, to_id FROM associations WHERE from_id = %s", record)
    back = await story.query(
        "SELECT t.inverse, a.from_id FROM associations a JOIN association_types t"
        " ON t.id = a.type_id WHERE a.to_id = %s",
        record,
    )
    found = {tuple(row) for row in there}
    assert found == {tuple(row) for row in back}
    return found  # type: ignore[return-value]


async def made(story: Story, settings: dict[str, Any], **contact: str) -> Any:
    flow = await story.workflow(LEADS, [task(**settings)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", **contact)
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
    return await the_task(story)


async def test_all_settings_of_a_task(story: Story) -> None:
    async with story.house.database.unit() as conn:
        draft = owners.OwnerDraft("boss@x.test")
        (boss,) = await owners.create(conn, [draft], story.write)
        assert isinstance(boss, owners.Owner)
    row = await made(
        story,
        {
            "task_type": "EMAIL",
            "subject": "Write to {{ enrolled_object.firstname }}",
            "body": "<p>{{ enrolled_object.lastname }}</p>",
            "priority": "LOW",
            "owner_assignment": {
                "type": "CUSTOM",
                "value": {"type": "OBJECT_PROPERTY", "propertyName": "hubspot_owner_id"},
            },
            "due_time": {
                "delta": 3,
                "timeUnit": "DAYS",
                "daysOfWeek": ["MONDAY", "TUESDAY", "FRIDAY"],
                "timeOfDay": {"hour": 9, "minute": 0},
            },
            "reminder": {"delta": 30, "timeUnit": "MINUTES"},
            "queue_ids": ["7", "8"],
        },
        firstname="Ada <3",
        lastname="<script>",
        hubspot_owner_id=str(boss.id),
    )
    due = (NOW + timedelta(days=7)).replace(hour=9)
    expected = {
        "hs_task_type": "EMAIL",
        "hs_task_subject": "Write to Ada <3",
        "hs_task_body": "<p>&lt;script&gt;</p>",
        "hs_task_priority": "LOW",
        "hs_task_status": "NOT_STARTED",
        "hubspot_owner_id": str(boss.id),
        "hs_timestamp": instant_text(due),
        "hs_task_reminders": str(int((due - timedelta(minutes=30)).timestamp() * 1000)),
        "hs_queue_membership_ids": "7;8",
    }
    assert {name: row.properties.get(name) for name in expected} == expected


async def test_a_task_for_nobody(story: Story) -> None:
    row = await made(story, {"owner_assignment": {"type": "UNASSIGNED"}})
    assert "hubspot_owner_id" not in row.properties
    assert row.properties["hs_timestamp"] == instant_text(NOW)


async def test_a_time_of_day_is_that_of_the_records_own_zone(story: Story) -> None:
    due = {"delta": 1, "timeUnit": "DAYS", "timeOfDay": {"hour": 9}, "daysOfWeek": []}
    flow = await story.workflow(
        LEADS,
        [
            task(due_time=due),
            set_property("2", "city", {"type": "STATIC_VALUE", "staticValue": "x"}),
        ],
        timeZone={"type": "RECORD_PROPERTY", "propertyName": "hs_timezone"},
    )
    await story.turn_on(flow)
    await story.contact(lifecyclestage="lead", hs_timezone="america_slash_new_york")
    await story.rest()
    row = await the_task(story)
    assert row.properties["hs_timestamp"] == "2026-03-03T14:00:00.000Z"


async def test_later_steps_know_the_task(story: Story) -> None:
    source = {
        "type": "ACTION_OUTPUT_OBJECT_PROPERTY",
        "actionOutputPropertyToken": "{{ action_outputs.action_output_1.hs_task_priority }}",
    }
    split = {
        "type": "STATIC_BRANCH",
        "actionId": "2",
        "inputValue": source,
        "staticBranches": [{"branchValue": "HIGH", "connection": to("3")}],
        "defaultBranchName": "None",
    }
    note = set_property("3", "city", "Task {{ action_outputs.action_output_1.hs_object_id }}")
    flow = await story.workflow(
        LEADS, [{**task(priority="HIGH"), "connection": to("2")}, split, note]
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    row = await the_task(story)
    assert (await story.record("contacts", ada)).properties["city"] == f"Task {row.id}"


async def around(story: Story, *actions: dict[str, Any], **rest: Any) -> tuple[Any, int, int, int]:
    """A contact with a company and a deal in other buckets, enrolled; returns the task and them."""
    flow = await story.workflow(LEADS, list(actions), **rest)
    await story.turn_on(flow)
    ada = await story.contact()
    (company,) = await story.create("companies", {"name": "Acme"})
    (deal,) = await story.create("deals", {"dealname": "Big"})
    assert len({id & 63 for id in (ada, company, deal)}) == 3
    await story.associate(ada, company, PRIMARY_COMPANY)
    await story.associate(ada, deal, DEALS_OF_CONTACT)
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    return await the_task(story), ada, company, deal


async def test_the_enrolled_record_comes_along_unless_only_others_are_wanted(story: Story) -> None:
    row, ada, company, deal = await around(
        story,
        task(
            associations=[
                link(TO_COMPANY, copied(PRIMARY_COMPANY)),
                link(TO_DEAL, copied(DEALS_OF_CONTACT)),
            ]
        ),
    )
    assert await edges(story, row.id) == {
        (TO_CONTACT, ada), (TO_COMPANY, company), (TO_DEAL, deal),
    }  # fmt: skip


async def test_explicit_associations_are_all_there_are(story: Story) -> None:
    source = {
        "type": "ASSOCIATION",
        "name": "employer",
        "objectTypeId": "0-2",
        "associationCategory": "HUBSPOT_DEFINED",
        "associationTypeId": PRIMARY_COMPANY,
    }
    value = {
        "type": "SINGLE_OBJECT_COORDINATES",
        "coordinatesToken": "{{ fetched_objects.employer }}",
    }
    row, _, company, _ = await around(
        story,
        task(use_explicit_associations="true", associations=[link(TO_COMPANY, value)]),
        dataSources=[source],
    )
    assert await edges(story, row.id) == {(TO_COMPANY, company)}


async def test_each_end_of_an_edge_says_that_it_came(story: Story) -> None:
    document = both(associated("0-27", 191, equals("hs_task_subject", "Call")))
    other = await story.workflow(
        when(document),
        [set_property("1", "city", "Has a task")],
        type="PLATFORM_FLOW",
        objectTypeId="0-2",
    )
    await story.turn_on(other)
    _, _, company, _ = await around(
        story, task(associations=[link(TO_COMPANY, copied(PRIMARY_COMPANY))])
    )
    assert (await story.record("companies", company)).properties["city"] == "Has a task"


async def test_who_is_merged_meanwhile_hands_the_edge_on(story: Story) -> None:
    flow = await story.workflow(
        LEADS, [task(associations=[link(TO_COMPANY, copied(PRIMARY_COMPANY))])]
    )
    await story.turn_on(flow)
    ada = await story.contact()
    loser, survivor = await story.create("companies", {"name": "Acme"}, {"name": "Acme Inc"})
    await story.associate(ada, loser, PRIMARY_COMPANY)
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.turn(ada)
    row = await the_task(story)
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await merging.merge(conn, schema, schema.type("companies"), survivor, loser, story.write)
    await story.rest()
    assert await edges(story, row.id) == {(TO_CONTACT, ada), (TO_COMPANY, survivor)}
    assert await edges(story, loser) == set()


@pytest.mark.parametrize("how", ["archive", "erase"])
async def test_who_is_gone_meanwhile_takes_the_edge_along(story: Story, how: str) -> None:
    flow = await story.workflow(
        LEADS, [task(associations=[link(TO_DEAL, copied(DEALS_OF_CONTACT))])]
    )
    await story.turn_on(flow)
    ada = await story.contact()
    (deal,) = await story.create("deals", {"dealname": "Big"})
    await story.associate(ada, deal, DEALS_OF_CONTACT)
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.turn(ada)
    row = await the_task(story)
    if how == "archive":
        await story.archive("deals", deal)
    else:
        schema = await story.house.schema()
        async with story.house.database.unit() as conn:
            await merging.erase(conn, schema, schema.type("deals"), deal, story.write)
    await story.rest()
    assert await edges(story, row.id) == {(TO_CONTACT, ada)}


async def test_a_record_that_is_not_there_refuses_the_task(story: Story) -> None:
    value = {"type": "STATIC_VALUE", "staticValue": "123456"}
    flow = await story.workflow(LEADS, [task(associations=[link(TO_COMPANY, value)])])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "failed", "finished"]
    assert await story.query("SELECT 1 FROM records WHERE type = '0-27'") == []


PROBLEMS: list[tuple[dict[str, Any], str, str]] = [
    ({"subject": " "}, "subject", "REQUIRED"),
    (
        {"associations": [link(1)]},
        "associations[0].target.associationTypeId",
        "ASSOCIATION_TYPE_UNKNOWN",
    ),
    (
        {"associations": [link(TO_DEAL)]},
        "associations[0].target.associationTypeId",
        "WRONG_OBJECT_TYPE",
    ),
    (
        {"associations": [link(TO_COMPANY, copied(DEALS_OF_CONTACT))]},
        "associations[0].target.associationTypeId",
        "WRONG_OBJECT_TYPE",
    ),
    (
        {"associations": [link(TO_COMPANY, copied(99_999))]},
        "associations[0].value.sourceSpec.associationTypeId",
        "ASSOCIATION_TYPE_UNKNOWN",
    ),
    (
        {"associations": [link(TO_COMPANY, {"type": "OBJECT_PROPERTY", "propertyName": "nope"})]},
        "associations[0].value.propertyName",
        "PROPERTY_DOESNT_EXIST",
    ),
    (
        {"owner_assignment": {"type": "CUSTOM", "value": "99"}},
        "owner_assignment.value",
        "INVALID_OWNER_ID",
    ),
    ({"owner_assignment": {"type": "CUSTOM"}}, "owner_assignment", "REQUIRED"),
    (
        {
            "owner_assignment": {
                "type": "CUSTOM",
                "value": {"type": "OBJECT_PROPERTY", "propertyName": "nope"},
            }
        },
        "owner_assignment.value.propertyName",
        "PROPERTY_DOESNT_EXIST",
    ),
    ({"due_time": {"delta": 200, "timeUnit": "YEARS"}}, "due_time.delta", "DELAY_TOO_LONG"),
    (
        {"due_time": {"delta": 1, "timeZoneStrategy": {"timeZoneId": "Mars"}}},
        "due_time.timeZoneStrategy",
        "UNKNOWN_TIME_ZONE",
    ),
    (
        {"due_time": {"delta": 1, "daysOfWeek": ["SOMEDAY"]}},
        "due_time.daysOfWeek[0]",
        "LITERAL_ERROR",
    ),
]


@pytest.mark.parametrize(("settings", "where", "code"), PROBLEMS)
async def test_what_is_wrong_with_the_settings_is_told_with_its_path(
    story: Story, settings: dict[str, Any], where: str, code: str
) -> None:
    flow = await story.workflow(LEADS, [task(**settings)])
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, await story.house.schema(), flow)
    assert [(each.where, each.code) for each in problems] == [
        (f"$.actions[0].fields.{where}", code)
    ]
