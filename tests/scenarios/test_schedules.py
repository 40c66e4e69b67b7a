"""Schedules: who enrols when one fires, and when the moment of a record's own comes.

The stories begin on Monday, 2 March 2026, at 10 in UTC.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from penstock.kernel.errors import Invalid
from penstock.workflows import store as workflows
from penstock.workflows.store import Workflow
from tests.story import Story, all_of, any_of, delay, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
NOTE = set_property("1", "hs_lead_status", "NEW")
DAILY = {"type": "DAILY", "timeOfDay": {"hour": 9, "minute": 0}}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def go_to(story: Story, text: str) -> None:
    story.clock.go_to(at(text))
    await story.rest()


async def on(
    story: Story, criteria: dict[str, Any] | None, schedule: dict[str, Any], **rest: Any
) -> Workflow:
    actions = rest.pop("actions", [NOTE])
    flow = await story.workflow(criteria, actions, enrollmentSchedule=schedule, **rest)
    await story.turn_on(flow)
    return flow


async def fired(story: Story, flow: Workflow) -> list[tuple[str, bool]]:
    rows = await story.query(
        "SELECT at, skipped FROM firings WHERE workflow_id = %s ORDER BY at", flow.id
    )
    return [(f"{row[0].astimezone(UTC):%m-%d %H:%M}", row[1]) for row in rows]


async def test_who_meets_the_criteria_at_the_moment_enrols_and_nobody_before(story: Story) -> None:
    ada, grace = await story.contact(lifecyclestage="lead"), await story.contact()
    flow = await on(story, when(LEADS), DAILY)
    edsger = await story.contact(lifecyclestage="lead")
    joan = await story.contact(lifecyclestage="lead")
    await go_to(story, "2026-03-03T08:59:59")
    assert await story.counts(flow) == {}
    await story.update("contacts", joan, lifecyclestage="customer")
    await go_to(story, "2026-03-03T09:00")
    for record, kinds in {
        ada: ["enrolled", "succeeded", "finished"],
        edsger: ["enrolled", "succeeded", "finished"],
        grace: [],
        joan: [],
    }.items():
        assert await story.kinds(flow, record) == kinds
    assert await fired(story, flow) == [("03-03 09:00", False)]
    assert await story.verify() == []


async def test_without_re_enrollment_each_record_enrols_once(story: Story) -> None:
    await story.contact(lifecyclestage="lead")
    flow = await on(story, when(LEADS), DAILY)
    for day in (3, 4, 5):
        await go_to(story, f"2026-03-0{day}T09:00")
    await story.contact(lifecyclestage="lead")
    await go_to(story, "2026-03-06T09:00")
    counts = await story.counts(flow)
    assert (counts["enrolled"], counts["finished"]) == (2, 2)
    assert "refused" not in counts


async def test_with_re_enrollment_it_enrols_at_every_firing(story: Story) -> None:
    await story.contact(lifecyclestage="lead")
    flow = await on(story, when(LEADS, shouldReEnroll=True), DAILY)
    for day in (3, 4, 5):
        await go_to(story, f"2026-03-0{day}T09:00")
    assert (await story.counts(flow))["finished"] == 3


@pytest.mark.parametrize("criteria", [None, {"type": "MANUAL", "shouldReEnroll": False}])
async def test_without_criteria_all_records_of_the_type_enrol(
    story: Story, criteria: dict[str, Any] | None
) -> None:
    await story.create("contacts", *([{}] * 150))
    await story.create("companies", {}, {})
    flow = await on(story, criteria, DAILY)
    await go_to(story, "2026-03-03T09:00")
    assert (await story.counts(flow))["finished"] == 150


async def test_it_works_for_every_kind_of_record(story: Story) -> None:
    await story.create("deals", *({"dealname": f"No. {n}"} for n in range(3)))
    schedule = {
        "type": "MONTHLY_RELATIVE_DAYS",
        "monthlyRelativeDays": "LAST_DAY_OF_MONTH",
        "timeOfDay": {"hour": 18, "minute": 30},
    }
    flow = await on(
        story, None, schedule, type="PLATFORM_FLOW", objectTypeId="0-3",
        actions=[set_property("1", "description", "seen")],
    )  # fmt: skip
    await go_to(story, "2026-03-31T18:29")
    assert await story.counts(flow) == {}
    await go_to(story, "2026-03-31T18:30")
    assert (await story.counts(flow))["finished"] == 3


async def test_a_crowd_enrols_portion_by_portion(story: Story) -> None:
    story.worker._portion = 7
    await story.create("contacts", *([{"lifecyclestage": "lead"}] * 1000))
    flow = await on(story, when(LEADS, shouldReEnroll=True), DAILY)
    for day in (3, 4):
        await go_to(story, f"2026-03-0{day}T09:00")
    assert (await story.counts(flow))["finished"] == 2000
    assert await story.verify() == []


async def test_a_filter_about_time_is_judged_as_of_the_moment(story: Story) -> None:
    """At midnight the day changes, and the schedule fires: whose day it is enrols."""
    born = all_of(
        {
            "filterType": "PROPERTY",
            "property": "closedate",
            "operation": {
                "operationType": "TIME_POINT",
                "operator": "IS_BEFORE",
                "includeObjectsWithNoValueSet": False,
                "timePoint": {
                    "timeType": "INDEXED",
                    "zoneId": "UTC",
                    "indexReference": {"referenceType": "TODAY"},
                },
            },
        }
    )
    await story.create("contacts", *([{"closedate": "2026-03-04T12:00:00Z"}] * 200))
    story.worker._portion = 5
    flow = await on(story, when(born), {**DAILY, "timeOfDay": {"hour": 0, "minute": 0}})
    await go_to(story, "2026-03-04T00:00")
    assert await story.counts(flow) == {}
    await go_to(story, "2026-03-05T00:00")
    assert (await story.counts(flow))["finished"] == 200


async def test_it_fires_in_the_zone_of_the_workflow(story: Story) -> None:
    await story.contact()
    zone = {"type": "STATIC_TIME_ZONE", "timeZoneId": "America/New_York"}
    flow = await on(story, None, DAILY, timeZone=zone)
    await go_to(story, "2026-03-06T13:59")
    assert (await fired(story, flow))[-1] == ("03-05 14:00", False)
    await go_to(story, "2026-03-09T13:00")  # the clocks have gone forward on the 8th
    assert (await fired(story, flow))[-1] == ("03-09 13:00", False)


@pytest.mark.parametrize(
    ("missed", "passes", "rows"),
    [
        ("RUN_LATEST", 1, [("03-03 09:00", True), ("03-04 09:00", True), ("03-05 09:00", False)]),
        ("SKIP", 0, [("03-03 09:00", True), ("03-04 09:00", True), ("03-05 09:00", True)]),
        ("RUN_ALL", 3, [("03-03 09:00", False), ("03-04 09:00", False), ("03-05 09:00", False)]),
    ],
)
async def test_what_becomes_of_firings_that_were_missed(
    story: Story, missed: str, passes: int, rows: list[tuple[str, bool]]
) -> None:
    ada = await story.contact(lifecyclestage="lead")
    flow = await on(story, when(LEADS, shouldReEnroll=True), DAILY, missedFirings=missed)
    await go_to(story, "2026-03-05T12:00")  # for three days nobody was there
    assert await fired(story, flow) == rows
    assert (await story.kinds(flow, ada)).count("finished") == passes
    await go_to(story, "2026-03-06T09:00")
    assert (await story.kinds(flow, ada)).count("finished") == passes + 1


async def test_while_off_nothing_fires_and_nothing_was_missed(story: Story) -> None:
    ada = await story.contact(lifecyclestage="lead")
    flow = await on(story, when(LEADS), DAILY, missedFirings="RUN_ALL")
    async with story.house.database.unit() as conn:
        off = await workflows.turn_off(conn, flow.id, "story", story.now)
    assert off.fires_at is None
    await go_to(story, "2026-03-05T12:00")
    await story.turn_on(flow)
    assert await fired(story, flow) == []
    await go_to(story, "2026-03-06T09:00")
    assert await fired(story, flow) == [("03-06 09:00", False)]
    assert (await story.kinds(flow, ada))[-1] == "finished"


async def test_a_changed_schedule_fires_at_its_new_moments(story: Story) -> None:
    await story.contact(lifecyclestage="lead")
    flow = await on(story, when(LEADS), DAILY)
    noon = {**DAILY, "timeOfDay": {"hour": 12, "minute": 0}}
    body = {**flow.document.raw, "enrollmentSchedule": noon, "isEnabled": True, "revisionId": "1"}
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        changed = await workflows.replace(conn, schema, flow.id, body, "story", story.now)
    assert changed.fires_at == at("2026-03-02T12:00")
    await go_to(story, "2026-03-03T09:00")
    assert await fired(story, flow) == [("03-02 12:00", False)]
    assert await story.verify() == []


ONCE = {
    "type": "PROPERTY_BASED",
    "dateProperty": "closedate",
    "daysDelta": -7,
    "yearly": False,
    "timeOfDay": {"hour": 8, "minute": 0},
}


async def test_each_record_enrols_so_many_days_from_its_date(story: Story) -> None:
    ada = await story.contact(closedate="2026-03-20T15:00:00Z")
    grace = await story.contact(closedate="2026-03-25T15:00:00Z")
    past = await story.contact(closedate="2026-03-05T15:00:00Z")
    never = await story.contact()
    flow = await on(story, None, ONCE)
    late = await story.contact(closedate="2026-03-04T15:00:00Z")
    await go_to(story, "2026-03-13T07:59:59")
    assert await story.counts(flow) == {}
    await go_to(story, "2026-03-13T08:00")
    assert (await story.kinds(flow, ada))[0] == "enrolled"
    assert await story.kinds(flow, grace) == []
    await go_to(story, "2026-03-18T08:00")
    assert (await story.kinds(flow, grace))[0] == "enrolled"
    await go_to(story, "2027-06-01T08:00")
    for record in (past, never, late):
        assert await story.kinds(flow, record) == []
    assert (await story.counts(flow))["enrolled"] == 2
    assert await story.verify() == []


async def test_a_date_that_changes_moves_the_moment(story: Story) -> None:
    ada = await story.contact(closedate="2026-03-20T15:00:00Z")
    flow = await on(story, None, ONCE)
    await story.update("contacts", ada, closedate="2026-04-20T15:00:00Z")
    await go_to(story, "2026-03-13T08:00")
    assert await story.kinds(flow, ada) == []
    await go_to(story, "2026-04-13T08:00")
    assert (await story.kinds(flow, ada))[0] == "enrolled"


async def test_at_its_moment_a_record_must_meet_the_criteria(story: Story) -> None:
    ada = await story.contact(closedate="2026-03-20T15:00:00Z", lifecyclestage="lead")
    grace = await story.contact(closedate="2026-03-20T15:00:00Z")
    joan = await story.contact(closedate="2026-03-20T15:00:00Z", lifecyclestage="lead")
    flow = await on(story, when(LEADS), ONCE)
    await story.update("contacts", joan, lifecyclestage="customer")
    await go_to(story, "2026-03-13T08:00")
    assert (await story.kinds(flow, ada))[0] == "enrolled"
    assert await story.kinds(flow, grace) == []
    assert await story.kinds(flow, joan) == []
    await story.update("contacts", grace, lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, grace) == []


async def test_every_year_it_enrols_anew_whatever_the_year_of_the_date(story: Story) -> None:
    ada = await story.contact(closedate="1990-03-10T15:00:00Z")
    leap = await story.contact(closedate="2000-02-29T15:00:00Z")
    flow = await on(story, None, {**ONCE, "daysDelta": 0, "yearly": True})
    await go_to(story, "2026-03-10T08:00")
    assert (await story.kinds(flow, ada)).count("enrolled") == 1
    await go_to(story, "2026-12-31T08:00")
    assert (await story.kinds(flow, ada)).count("enrolled") == 1
    await go_to(story, "2027-02-28T08:00")
    assert (await story.kinds(flow, leap)).count("enrolled") == 1
    await go_to(story, "2027-03-10T08:00")
    assert (await story.kinds(flow, ada)).count("enrolled") == 2
    await go_to(story, "2028-02-28T08:00")
    assert (await story.kinds(flow, leap)).count("enrolled") == 1
    await go_to(story, "2028-02-29T08:00")
    assert (await story.kinds(flow, leap)).count("enrolled") == 2
    assert await story.verify() == []


async def test_a_workflow_turns_itself_off(story: Story) -> None:
    flow = await on(story, when(LEADS), DAILY, turnOffAt="2026-03-03T12:00:00+01:00")
    await go_to(story, "2026-03-03T10:59")
    async with story.house.database.unit() as conn:
        assert (await workflows.read_one(conn, flow.id)).state == "on"
    await go_to(story, "2026-03-03T11:00")
    async with story.house.database.unit() as conn:
        assert (await workflows.read_one(conn, flow.id)).state == "off"
        schema = await story.house.schemas.current(conn)
        with pytest.raises(Invalid) as raised:
            await workflows.turn_on(conn, schema, flow.id, "story", story.now)
    assert [each.code for each in raised.value.problems] == ["TURN_OFF_PAST"]
    audited = await story.query("SELECT actor, operation, target FROM audit ORDER BY id DESC")
    assert tuple(audited[0]) == ("penstock", "workflows_turn_off", f"flows/{flow.id}")


async def test_delays_after_a_firing_are_delays(story: Story) -> None:
    ada = await story.contact(lifecyclestage="lead")
    actions = [delay("1", 1, "DAYS"), set_property("2", "hs_lead_status", "NEW")]
    flow = await on(story, when(LEADS, shouldReEnroll=True), DAILY, actions=actions)
    await go_to(story, "2026-03-03T09:00")
    await go_to(story, "2026-03-04T08:59")
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
