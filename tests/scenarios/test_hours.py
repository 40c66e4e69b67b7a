"""Hours, pause dates, holidays and zones: when steps are done that fall due outside of them.

The stories begin on Monday, 2 March 2026, at 10 in UTC.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from penstock.engine import history
from penstock.workflows import store as workflows
from penstock.workflows.store import Workflow
from tests.story import Story, all_of, any_of, branch, delay, set_property, to, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")
NOTE = set_property("1", "hs_lead_status", "NEW")
STOCKHOLM = {"type": "STATIC_TIME_ZONE", "timeZoneId": "Europe/Stockholm"}
QUARTER = timedelta(minutes=15)


def hours(start: int, end: int, *days: str) -> list[dict[str, Any]]:
    return [
        {"day": day, "startTime": {"hour": start, "minute": 0}, "endTime": {"hour": end}}
        for day in days or WEEKDAYS
    ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def due(story: Story, flow: Workflow) -> list[datetime]:
    """When those who are in the workflow are to go on."""
    rows = await story.query(
        "SELECT t.due_at FROM timers t JOIN enrollments e ON e.id = t.enrollment_id"
        " WHERE e.workflow_id = %s AND e.ended_at IS NULL ORDER BY t.due_at",
        flow.id,
    )
    return [row[0].astimezone(UTC) for row in rows]


async def go_to(story: Story, text: str) -> None:
    story.clock.go_to(at(text))
    await story.rest()


async def begun(
    story: Story, when_: str, actions: list[dict[str, Any]], **settings: Any
) -> tuple[Workflow, int]:
    """A workflow that is on, and a contact that enrolls at that moment."""
    flow = await story.workflow(when(LEADS), actions, **settings)
    await story.turn_on(flow)
    story.clock.go_to(at(when_))
    return flow, await story.contact(lifecyclestage="lead")


async def test_within_the_hours_a_step_is_done_at_once(story: Story) -> None:
    flow, ada = await begun(story, "2026-03-02T10:00", [NOTE], timeWindows=hours(9, 17))
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]


async def test_outside_it_is_put_off_told_and_counted_at_its_step(story: Story) -> None:
    flow, ada = await begun(story, "2026-03-02T20:00", [NOTE], timeWindows=hours(9, 17))
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "rescheduled"]
    (then,) = await due(story, flow)
    assert at("2026-03-03T09:00") <= then < at("2026-03-03T09:00") + QUARTER
    async with story.house.database.unit() as conn:
        counts = (await history.counts(conn, [flow.id]))[flow.id]
        entry = (await history.of_record(conn, ada))[-1]
    assert counts.steps == {"1": {"here": 1, "rescheduled": 1}}
    assert str(entry.text()) == (
        f"Put off until {then:%Y-%m-%d %H:%M:%S} UTC: the workflow does not act at this time of the"
        " week"
    )
    await go_to(story, "2026-03-03T08:59")
    assert await story.kinds(flow, ada) == ["enrolled", "rescheduled"]
    await go_to(story, "2026-03-03T09:15")
    assert await story.kinds(flow, ada) == ["enrolled", "rescheduled", "succeeded", "finished"]
    assert await story.verify() == []


async def test_on_the_wrong_day_within_the_hours_it_keeps_its_clock_time(story: Story) -> None:
    flow, _ = await begun(story, "2026-03-07T11:20", [NOTE], timeWindows=hours(9, 17))
    await story.rest()
    (then,) = await due(story, flow)
    assert at("2026-03-09T11:20") <= then < at("2026-03-09T11:20") + QUARTER


async def test_delays_and_branches_run_on_outside_the_hours_and_the_next_action_waits(
    story: Story,
) -> None:
    """HubSpot's example: Monday to Thursday, a delay of two days that begins on a Thursday."""
    flow, ada = await begun(
        story,
        "2026-03-05T18:00",
        [
            delay("1", 2, "DAYS"),
            branch("2", ("Leads", LEADS, "3")),
            set_property("3", "hs_lead_status", "NEW"),
        ],
        timeWindows=hours(9, 17, *WEEKDAYS[:4]),
    )
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
    assert await due(story, flow) == [at("2026-03-07T18:00")]
    await go_to(story, "2026-03-07T18:00")
    assert await story.kinds(flow, ada) == [
        "enrolled", "waiting", "succeeded", "succeeded", "rescheduled",
    ]  # fmt: skip
    (then,) = await due(story, flow)
    assert at("2026-03-09T09:00") <= then < at("2026-03-09T09:00") + QUARTER
    # The branch was decided on Saturday: what becomes of the lead on Sunday is too late for it.
    await story.update("contacts", ada, lifecyclestage="customer")
    await go_to(story, "2026-03-09T09:15")
    record = await story.record("contacts", ada)
    assert record.properties["hs_lead_status"] == "NEW"
    assert await story.verify() == []


async def test_many_who_are_put_off_are_spread_over_a_quarter_of_an_hour(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [NOTE], timeWindows=hours(9, 17))
    await story.turn_on(flow)
    story.clock.go_to(at("2026-03-07T20:00"))
    await story.create("contacts", *([{"lifecyclestage": "lead"}] * 300))
    await story.rest()
    moments = await due(story, flow)
    assert len(moments) == 300
    begin = at("2026-03-09T09:00")
    assert begin <= moments[0] < begin + QUARTER / 5
    assert begin + 4 * QUARTER / 5 < moments[-1] < begin + QUARTER
    await go_to(story, "2026-03-09T09:07")
    finished = (await story.counts(flow))["finished"]
    assert 75 < finished < 225
    await go_to(story, "2026-03-09T09:15")
    assert (await story.counts(flow))["finished"] == 300


async def test_who_is_taken_too_late_is_put_off_once_more(story: Story) -> None:
    flow, ada = await begun(story, "2026-03-02T20:00", [NOTE], timeWindows=hours(9, 17))
    await story.rest()
    await go_to(story, "2026-03-03T19:00")  # nobody was there all day
    assert await story.kinds(flow, ada) == ["enrolled", "rescheduled", "rescheduled"]
    await go_to(story, "2026-03-04T09:15")
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_a_pause_date_moves_steps_to_the_next_day(story: Story) -> None:
    once = {"month": "MARCH", "dayOfMonth": 3, "year": 2026}
    yearly = {"month": "MARCH", "dayOfMonth": 4}
    flow, ada = await begun(story, "2026-03-03T10:30", [NOTE], blockedDates=[once, yearly])
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "rescheduled"]
    (then,) = await due(story, flow)
    assert at("2026-03-05T10:30") <= then < at("2026-03-05T10:30") + QUARTER


@pytest.mark.parametrize(
    ("calendars", "then"),
    [
        ([{"country": "SE"}], "2026-06-07T12:00"),  # Sweden's national day
        ([{"country": "GB", "subdivision": "ENG"}], None),
        ([{"country": "NL"}, {"country": "SE"}], "2026-06-07T12:00"),
    ],
)
async def test_a_public_holiday_moves_steps_to_the_next_day(
    story: Story, calendars: list[dict[str, str]], then: str | None
) -> None:
    flow, ada = await begun(story, "2026-06-06T12:00", [NOTE], holidayCalendars=calendars)
    await story.rest()
    if then is None:
        assert (await story.kinds(flow, ada))[-1] == "finished"
        return
    async with story.house.database.unit() as conn:
        entry = (await history.of_record(conn, ada))[-1]
    assert (entry.kind, entry.detail["reason"]) == ("rescheduled", "holiday")
    (moment,) = await due(story, flow)
    assert at(then) <= moment < at(then) + QUARTER


async def test_in_spring_the_hours_move_with_the_clocks(story: Story) -> None:
    """Clocks go from 2 to 3 on 29 March: nine in the morning is an hour earlier from then on."""
    settings = {"timeWindows": hours(9, 17, "SATURDAY", "SUNDAY"), "timeZone": STOCKHOLM}
    flow, _ = await begun(story, "2026-03-27T20:00", [NOTE], **settings)
    await story.rest()
    (before,) = await due(story, flow)
    assert at("2026-03-28T08:00") <= before < at("2026-03-28T08:00") + QUARTER
    await go_to(story, "2026-03-28T20:00")
    (after,) = await due(story, flow)
    assert at("2026-03-29T07:00") <= after < at("2026-03-29T07:00") + QUARTER


async def test_in_spring_a_window_in_the_gap_is_none(story: Story) -> None:
    night = [
        {"day": day, "startTime": {"hour": 2, "minute": 15}, "endTime": {"hour": 2, "minute": 45}}
        for day in ("SUNDAY", "MONDAY")
    ]
    flow, _ = await begun(story, "2026-03-28T20:00", [NOTE], timeWindows=night, timeZone=STOCKHOLM)
    await story.rest()
    (then,) = await due(story, flow)
    assert at("2026-03-30T00:15") <= then < at("2026-03-30T00:45")


async def test_in_autumn_a_window_in_the_repeated_hour_opens_once(story: Story) -> None:
    """Clocks go back from 3 to 2 on 25 October: half past two is at 0:30 in UTC, and at 1:30."""
    night = [{"day": "SUNDAY", "startTime": {"hour": 2, "minute": 30}, "endTime": {"hour": 4}}]
    flow, ada = await begun(
        story, "2026-10-24T20:00", [NOTE], timeWindows=night, timeZone=STOCKHOLM
    )
    await story.rest()
    (then,) = await due(story, flow)
    assert at("2026-10-25T00:30") <= then < at("2026-10-25T00:45")
    await go_to(story, "2026-10-25T00:45")
    assert (await story.kinds(flow, ada))[-2:] == ["succeeded", "finished"]
    await go_to(story, "2026-10-25T03:00")
    assert (await story.kinds(flow, ada)).count("succeeded") == 1


async def test_each_record_may_live_in_a_zone_of_its_own(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [delay("1", 1, "DAYS"), set_property("2", "hs_lead_status", "NEW")],
        timeWindows=hours(9, 17),
        timeZone={"type": "RECORD_PROPERTY", "propertyName": "hs_timezone"},
    )
    await story.turn_on(flow)
    story.clock.go_to(at("2026-03-28T12:00"))  # the night before clocks change in Stockholm
    for zone in ("europe_slash_stockholm", "america_slash_new_york", None):
        await story.contact(lifecyclestage="lead", hs_timezone=zone)
    await story.rest()
    # A day on the calendar: 23 hours where the clocks go forward.
    assert await due(story, flow) == [
        at("2026-03-29T11:00"), at("2026-03-29T12:00"), at("2026-03-29T12:00"),
    ]  # fmt: skip
    await go_to(story, "2026-03-29T11:00")
    await go_to(story, "2026-03-29T12:00")
    moments = await due(story, flow)
    # Monday, at the clock time of Sunday: 13 in Stockholm, 12 in UTC; in New York it was 8: 9.
    wanted = [at("2026-03-30T11:00"), at("2026-03-30T12:00"), at("2026-03-30T13:00")]
    assert all(begin <= then < begin + QUARTER for begin, then in zip(wanted, moments, strict=True))


async def test_while_off_steps_are_skipped_and_delays_and_branches_run_on(story: Story) -> None:
    flow, ada = await begun(
        story,
        "2026-03-02T10:00",
        [
            delay("1", 1, "DAYS"),
            branch("2", ("Leads", LEADS, "3")),
            set_property("3", "hs_lead_status", "NEW"),
            {**delay("4", 1, "DAYS"), "connection": to("5")},
            set_property("5", "hs_lead_status", "OPEN"),
        ],
        timeWindows=hours(9, 17),
    )
    await story.rest()
    async with story.house.database.unit() as conn:
        await workflows.turn_off(conn, flow.id, "story", story.now)
    grace = await story.contact(lifecyclestage="lead")
    await go_to(story, "2026-03-03T10:00")
    assert await story.kinds(flow, grace) == []
    assert await story.kinds(flow, ada) == [
        "enrolled", "waiting", "succeeded", "succeeded", "skipped", "waiting",
    ]  # fmt: skip
    async with story.house.database.unit() as conn:
        skipped = [e for e in await history.of_record(conn, ada) if e.kind == "skipped"]
    assert [str(entry.text()) for entry in skipped] == ["Skipped: the workflow is off"]
    # Turned on again before it is due, a step is done as ever.
    await story.turn_on(flow)
    await go_to(story, "2026-03-04T10:00")
    assert (await story.kinds(flow, ada))[-3:] == ["succeeded", "succeeded", "finished"]
    assert (await story.record("contacts", ada)).properties["hs_lead_status"] == "OPEN"
    assert await story.kinds(flow, grace) == []
    assert await story.verify() == []
