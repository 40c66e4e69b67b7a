"""Date-centred workflows: delays count from a date, once or every year.

The stories begin on Monday, 2 March 2026, at 10 in UTC.
"""

from datetime import UTC, datetime
from typing import Any

from penstock.engine import history
from penstock.workflows import store as workflows
from penstock.workflows.store import Workflow
from tests.story import Story, all_of, any_of, delay, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
OWN = {"type": "CONTACT_PROPERTY_ANCHOR", "contactProperty": "closedate"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(id: str, count: int, hour: int = 9) -> dict[str, Any]:
    clock = {"hour": hour, "minute": 0}
    return step(id, "0-1", {"delta": count, "time_unit": "DAYS", "time_of_day": clock})


STEPS = [
    days("1", -7),
    set_property("2", "hs_lead_status", "NEW"),
    days("3", -1),
    set_property("4", "hs_lead_status", "OPEN"),
    days("5", 3),
    set_property("6", "hs_lead_status", "CONNECTED"),
]


async def go_to(story: Story, text: str) -> None:
    story.clock.go_to(at(text))
    await story.rest()


async def on(story: Story, anchor: dict[str, Any], **rest: Any) -> Workflow:
    flow = await story.workflow(when(LEADS), rest.pop("actions", STEPS), eventAnchor=anchor, **rest)
    await story.turn_on(flow)
    return flow


async def due(story: Story, flow: Workflow) -> list[datetime]:
    rows = await story.query(
        "SELECT t.due_at FROM timers t JOIN enrollments e ON e.id = t.enrollment_id"
        " WHERE e.workflow_id = %s AND e.ended_at IS NULL ORDER BY t.due_at",
        flow.id,
    )
    return [row[0].astimezone(UTC) for row in rows]


async def status(story: Story, id: int) -> Any:
    return (await story.record("contacts", id)).properties.get("hs_lead_status")


async def test_delays_count_from_the_date_that_a_contact_holds(story: Story) -> None:
    flow = await on(story, OWN)
    ada = await story.contact(lifecyclestage="lead", closedate="2026-03-20T15:00:00Z")
    await story.rest()
    seen = []
    for moment in ("2026-03-13T09:00", "2026-03-19T09:00", "2026-03-23T09:00"):
        assert await due(story, flow) == [at(moment)]
        await go_to(story, moment)
        seen.append(await status(story, ada))
    assert seen == ["NEW", "OPEN", "CONNECTED"]
    assert (await story.kinds(flow, ada))[-1] == "finished"
    await go_to(story, "2027-12-31T09:00")
    assert (await story.kinds(flow, ada)).count("enrolled") == 1
    assert await story.verify() == []


async def test_what_was_past_when_the_contact_enrolled_is_skipped(story: Story) -> None:
    flow = await on(story, OWN)
    ada = await story.contact(lifecyclestage="lead", closedate="2026-03-05T15:00:00Z")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "skipped", "waiting"]
    async with story.house.database.unit() as conn:
        entry = next(e for e in await history.of_record(conn, ada) if e.kind == "skipped")
    assert str(entry.text()) == "Skipped: its moment was past when the record enrolled"
    assert await status(story, ada) is None
    await go_to(story, "2026-03-04T09:00")
    assert await status(story, ada) == "OPEN"
    late = await story.contact(lifecyclestage="lead", closedate="2025-01-01T15:00:00Z")
    await story.rest()
    assert (await story.kinds(flow, late)).count("skipped") == 3
    assert (await story.kinds(flow, late))[-1] == "finished"
    assert await story.verify() == []


async def test_what_comes_due_later_than_it_should_is_done_all_the_same(story: Story) -> None:
    flow = await on(story, OWN)
    ada = await story.contact(lifecyclestage="lead", closedate="2026-03-20T15:00:00Z")
    await story.rest()
    await go_to(story, "2026-03-21T12:00")  # nobody was there for weeks
    assert "skipped" not in await story.kinds(flow, ada)
    assert await status(story, ada) == "OPEN"


async def test_a_contact_without_the_date_drops_out(story: Story) -> None:
    flow = await on(story, OWN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "unenrolled"]
    async with story.house.database.unit() as conn:
        entry = (await history.of_record(conn, ada))[-1]
    assert str(entry.text()) == "Unenrolled: it has no date for the workflow to centre on"
    grace = await story.contact(lifecyclestage="lead", closedate="2026-03-20T15:00:00Z")
    await story.rest()
    await story.update("contacts", grace, closedate="")
    await go_to(story, "2026-03-13T09:00")
    assert (await story.kinds(flow, grace))[-1] == "unenrolled"
    assert await story.verify() == []


async def test_a_fixed_date_is_the_same_for_all(story: Story) -> None:
    fixed = {"type": "STATIC_DATE_ANCHOR", "dayOfMonth": 20, "month": "MARCH", "year": 2026}
    flow = await on(story, fixed)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await due(story, flow) == [at("2026-03-13T09:00")]
    for moment in ("2026-03-13T09:00", "2026-03-19T09:00", "2026-03-23T09:00"):
        await go_to(story, moment)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await due(story, flow) == []


async def test_a_date_without_a_year_comes_back_every_year(story: Story) -> None:
    flow = await on(story, {"type": "STATIC_DATE_ANCHOR", "dayOfMonth": 20, "month": "MARCH"})
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    for moment in ("2026-03-13T09:00", "2026-03-19T09:00", "2026-03-23T09:00"):
        await go_to(story, moment)
    assert (await story.kinds(flow, ada))[-2:] == ["enrolled", "waiting"]
    assert await due(story, flow) == [at("2027-03-13T09:00")]
    await go_to(story, "2027-03-13T09:00")
    await go_to(story, "2027-03-19T09:00")
    # Who does not meet the criteria any more does not come again.
    await story.update("contacts", ada, lifecyclestage="customer")
    await go_to(story, "2027-03-23T09:00")
    assert (await story.kinds(flow, ada)).count("enrolled") == 2
    assert await due(story, flow) == []
    assert await story.verify() == []


async def test_anniversaries_of_a_contacts_own_date(story: Story) -> None:
    flow = await on(story, {**OWN, "yearly": True})
    ada = await story.contact(lifecyclestage="lead", closedate="1990-03-05T15:00:00Z")
    leap = await story.contact(lifecyclestage="lead", closedate="2000-02-29T15:00:00Z")
    await story.rest()
    # Of the one a step is still to come this year; of the other, only what follows the day.
    assert await due(story, flow) == [at("2026-03-03T09:00"), at("2026-03-04T09:00")]
    await go_to(story, "2026-03-03T09:00")
    assert await story.kinds(flow, leap) == [
        "enrolled", "succeeded", "skipped", "succeeded", "skipped", "waiting", "succeeded",
        "succeeded", "finished", "enrolled", "waiting",
    ]  # fmt: skip
    await go_to(story, "2026-03-04T09:00")
    await go_to(story, "2026-03-08T09:00")
    assert (await story.kinds(flow, ada)).count("enrolled") == 2
    assert await due(story, flow) == [at("2027-02-21T09:00"), at("2027-02-26T09:00")]
    assert await story.verify() == []


async def test_times_are_those_of_the_workflows_zone(story: Story) -> None:
    zone = {"type": "STATIC_TIME_ZONE", "timeZoneId": "Europe/Stockholm"}
    fixed = {"type": "STATIC_DATE_ANCHOR", "dayOfMonth": 30, "month": "MARCH", "year": 2026}
    flow = await on(story, fixed, actions=[days("1", -2), days("2", 0)], timeZone=zone)
    await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await due(story, flow) == [at("2026-03-28T08:00")]
    await go_to(story, "2026-03-28T08:00")
    assert await due(story, flow) == [at("2026-03-30T07:00")]


async def test_only_there_may_a_delay_lead_back(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", -1, "DAYS")])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        checked = await workflows.review(conn, schema, flow)
    assert [each.code for each in checked.problems] == ["NEGATIVE_DELAY"]
