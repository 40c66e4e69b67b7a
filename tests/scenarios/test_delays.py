"""Steps that wait for a day, a time or a date."""

from typing import Any

import pytest

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, branch, equals, set_property, step, to, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
OPENED = [
    {"filterBranchType": "UNIFIED_EVENTS", "eventTypeId": "4-666440", "operator": "HAS_COMPLETED"}
]


def until(id: str, **fields: Any) -> dict[str, Any]:
    return step(id, "0-35", {"delta": 0, "time_unit": "DAYS", **fields})


def closing(**fields: Any) -> dict[str, Any]:
    return until("1", date={"type": "OBJECT_PROPERTY", "propertyName": "closedate"}, **fields)


async def test_a_record_waits_until_the_next_allowed_day(story: Story) -> None:
    delay = {"delta": 0, "timeUnit": "DAYS", "daysOfWeek": ["WEDNESDAY"], "timeOfDay": {"hour": 8}}
    flow = await story.workflow(
        when(LEADS), [step("1", "0-28", {"delay": delay}), set_property("2", "city", "Lund")]
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.pass_time(hours=45)
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
    await story.pass_time(hours=1)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_who_comes_on_an_allowed_day_goes_on_at_once(story: Story) -> None:
    delay = {"delta": 0, "timeUnit": "DAYS", "daysOfWeek": ["MONDAY"]}
    flow = await story.workflow(when(LEADS), [step("1", "0-28", {"delay": delay})])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]


async def test_a_record_waits_until_so_long_before_its_own_date(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            closing(delta="-1440", time_unit="MINUTES", time_of_day={"hour": 8, "minute": 0}),
            *by_outcome(),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", closedate="2026-03-06")
    await story.rest()
    await story.pass_time(days=2, hours=21, minutes=59)
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
    await story.pass_time(minutes=1)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert (await story.record("contacts", ada)).properties["city"] == "In time"


def by_outcome() -> list[dict[str, Any]]:
    """A branch by what became of the date, and a step for each outcome."""
    branch = {
        "type": "STATIC_BRANCH",
        "actionId": "2",
        "inputValue": {"type": "FIELD_DATA", "actionId": "1", "dataKey": "hs_date_outcome"},
        "staticBranches": [
            {"branchValue": "REACHED", "connection": to("3")},
            {"branchValue": "PAST", "connection": to("4")},
            {"branchValue": "EMPTY", "connection": to("5")},
        ],
    }
    return [
        branch,
        set_property("3", "city", "In time", connection=None),
        set_property("4", "city", "Too late", connection=None),
        set_property("5", "city", "No date", connection=None),
    ]


@pytest.mark.parametrize(
    ("date", "city", "sentence"),
    [
        ("2026-03-01", "Too late", "Its date was past: it went on at once"),
        ("", "No date", "It has no date: it went on at once"),
    ],
)
async def test_what_is_past_or_empty_goes_on_and_a_branch_can_read_it(
    story: Story, date: str, city: str, sentence: str
) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            closing(),
            *by_outcome(),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", closedate=date)
    await story.rest()
    assert (await story.record("contacts", ada)).properties["city"] == city
    assert sentence in await story.told(flow, ada)
    assert await story.verify() == []


async def test_what_is_past_may_end_the_workflow(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [closing(when_missed="END"), set_property("2", "city", "Lund")]
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", closedate="2026-03-01")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
    assert "city" not in (await story.record("contacts", ada)).properties
    assert await story.counts(flow) == {"enrolled": 1, "finished": 1}
    (row,) = await story.query("SELECT reason FROM enrollments WHERE record_id = %s", ada)
    assert row.reason == "date_past"
    assert await story.verify() == []


async def test_what_is_past_may_leave_its_branch(story: Story) -> None:
    swedish = all_of(equals("country", "Sweden"))
    flow = await story.workflow(
        when(LEADS),
        [
            branch("9", ("Swedish", swedish, "1"), default="3"),
            closing(when_missed="SKIP_BRANCH"),
            set_property("2", "city", "Lund", connection=to("4", jump=True)),
            set_property("3", "city", "Elsewhere"),
            set_property("4", "jobtitle", "Met again"),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", country="Sweden", closedate="2026-03-01")
    eve = await story.contact(lifecyclestage="lead", country="Chile")
    await story.rest()
    record = (await story.record("contacts", ada)).properties
    assert ("city" in record, record["jobtitle"]) == (False, "Met again")
    assert (await story.record("contacts", eve)).properties["city"] == "Elsewhere"
    assert "Its date was past: it left the branch" in await story.told(flow, ada)
    assert await story.verify() == []


async def test_leaving_a_branch_that_meets_no_other_ends_there(story: Story) -> None:
    swedish = all_of(equals("country", "Sweden"))
    flow = await story.workflow(
        when(LEADS),
        [
            branch("9", ("Swedish", swedish, "1")),
            closing(when_missed="SKIP_BRANCH"),
            set_property("2", "city", "Lund"),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", country="Sweden")
    await story.rest()
    assert "city" not in (await story.record("contacts", ada)).properties
    assert await story.counts(flow) == {"enrolled": 1, "finished": 1}


async def test_a_calendar_date_may_be_fixed(story: Story) -> None:
    midnight = {"type": "STATIC_VALUE", "staticValue": "1772755200000"}
    flow = await story.workflow(when(LEADS), [until("1", date=midnight, time_of_day={"hour": 9})])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    (entry,) = [text for text in await story.told(flow, ada) if "Waits" in text]
    assert entry == "Waits until 2026-03-06 09:00:00 UTC"


async def test_a_date_that_is_none_is_a_problem_of_the_step(story: Story) -> None:
    city = {"type": "OBJECT_PROPERTY", "propertyName": "city"}
    broken = await story.workflow(when(LEADS), [until("1", date=city)])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, broken)
    assert [problem.code for problem in problems] == ["NO_DATE"]


async def test_nobody_waits_for_less_than_no_time(story: Story) -> None:
    fields = {"event_filter_branches": OPENED, "expiration_minutes": -5}
    flow = await story.workflow(when(LEADS), [step("1", "0-29", fields)])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        (problem,) = await workflows.problems(conn, schema, flow)
    assert problem.code == "NEGATIVE_DELAY"
    assert problem.where == "$.actions[0].fields.expiration_minutes"


@pytest.mark.parametrize(
    ("type_id", "fields", "where"),
    [
        ("0-1", {"delta": "200", "time_unit": "YEARS"}, "delta"),
        ("0-1", {"delta": 10**400, "time_unit": "MINUTES"}, "delta"),
        ("0-28", {"delay": {"delta": 10**9, "daysOfWeek": ["MONDAY"]}}, "delay.delta"),
        ("0-35", {"date": {"type": "TIMESTAMP"}, "delta": -(10**9)}, "delta"),
        (
            "0-29",
            {"event_filter_branches": OPENED, "expiration_minutes": 10**12},
            "expiration_minutes",
        ),
    ],
)
async def test_who_waits_longer_than_any_calendar_reaches_would_wait_for_nothing(
    story: Story, type_id: str, fields: dict[str, Any], where: str
) -> None:
    endless = await story.workflow(when(LEADS), [step("1", type_id, fields)])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, endless)
    assert [(problem.code, problem.where) for problem in problems] == [
        ("DELAY_TOO_LONG", f"$.actions[0].fields.{where}")
    ]
