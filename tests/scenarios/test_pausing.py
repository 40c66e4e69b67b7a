"""A workflow that is paused freezes everybody; when it goes on, each choice does what it says.

The stories begin on Monday, 2 March 2026, at 10 in UTC.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from penstock.engine import history
from penstock.workflows import store as workflows
from penstock.workflows.errors import StepsUnknown, WorkflowNotOn, WorkflowNotPaused
from penstock.workflows.pausing import Resumption
from penstock.workflows.store import Workflow
from tests.story import Story, all_of, any_of, chained, delay, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
CREATED = {
    "filterBranchType": "UNIFIED_EVENTS",
    "eventTypeId": "4-655002",
    "operator": "HAS_COMPLETED",
    "filters": [],
    "filterBranches": [],
}
CHAIN = [
    delay("1", 1, "DAYS"),
    set_property("2", "hs_lead_status", "NEW"),
    delay("3", 1, "DAYS"),
    set_property("4", "hs_lead_status", "OPEN"),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def go_to(story: Story, text: str) -> None:
    story.clock.go_to(at(text))
    await story.rest()


async def pause(story: Story, flow: Workflow) -> Workflow:
    async with story.house.database.unit() as conn:
        paused = await workflows.pause(conn, flow.id, "story", story.now)
    await story.rest()
    return paused


async def resume(story: Story, flow: Workflow, *choice: Any, **more: Any) -> Workflow:
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        resumption = Resumption(*choice, **more)
        going = await workflows.resume(conn, schema, flow.id, resumption, "story", story.now)
    await story.rest()
    return going


async def due(story: Story, flow: Workflow) -> list[datetime]:
    rows = await story.query(
        "SELECT t.due_at FROM timers t JOIN enrollments e ON e.id = t.enrollment_id"
        " WHERE e.workflow_id = %s AND e.ended_at IS NULL ORDER BY t.due_at",
        flow.id,
    )
    return [row[0].astimezone(UTC) for row in rows]


async def on(story: Story, actions: list[dict[str, Any]], **rest: Any) -> Workflow:
    flow = await story.workflow(rest.pop("criteria", when(LEADS)), actions, **rest)
    await story.turn_on(flow)
    return flow


async def status(story: Story, id: int) -> Any:
    return (await story.record("contacts", id)).properties.get("hs_lead_status")


async def test_while_paused_nobody_moves_and_nobody_enrols(story: Story) -> None:
    flow = await on(story, CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    paused = await pause(story, flow)
    assert (paused.state, paused.enabled, paused.paused_at) == ("paused", True, story.now)
    grace = await story.contact(lifecyclestage="lead")
    await go_to(story, "2026-03-09T10:00")
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
    assert await story.kinds(flow, grace) == []
    assert await story.counts(flow) == {"enrolled": 1, "active": 1}
    assert await story.verify() == []


async def test_those_whose_time_came_go_on_now(story: Story) -> None:
    flow = await on(story, CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await go_to(story, "2026-03-09T10:00")
    going = await resume(story, flow)
    assert (going.state, going.paused_at, going.on_since) == ("on", None, at("2026-03-02T10:00"))
    assert await story.kinds(flow, ada) == [
        "enrolled", "waiting", "succeeded", "succeeded", "waiting",
    ]  # fmt: skip
    assert await due(story, flow) == [at("2026-03-10T10:00")]
    assert await story.verify() == []


async def test_those_whose_time_is_still_to_come_keep_it(story: Story) -> None:
    flow = await on(story, CHAIN)
    await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await go_to(story, "2026-03-02T16:00")
    await resume(story, flow, "RUN_NOW")
    assert await due(story, flow) == [at("2026-03-03T10:00")]
    await pause(story, flow)
    await go_to(story, "2026-03-02T20:00")
    await resume(story, flow, "SKIP")
    assert await due(story, flow) == [at("2026-03-03T10:00")]


async def test_they_go_on_one_after_the_other_at_the_rate_that_is_chosen(story: Story) -> None:
    flow = await on(story, [delay("1", 1, "DAYS"), set_property("2", "hs_lead_status", "NEW")])
    await story.create("contacts", *([{"lifecyclestage": "lead"}] * 640))
    await story.rest()
    await pause(story, flow)
    await go_to(story, "2026-03-09T10:00")
    await resume(story, flow, "RUN_NOW", 64)
    finished = []
    for _ in range(5):
        await story.pass_time(minutes=1)
        finished.append((await story.counts(flow)).get("finished", 0))
    assert all(abs(count - 64 * minute) < 20 for minute, count in enumerate(finished, 1)), finished
    await story.pass_time(minutes=30)
    assert (await story.counts(flow))["finished"] == 640
    assert await story.verify() == []


async def test_what_fell_due_is_skipped_until_the_next_wait(story: Story) -> None:
    flow = await on(story, CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await go_to(story, "2026-03-09T10:00")
    await resume(story, flow, "SKIP")
    assert await story.kinds(flow, ada) == [
        "enrolled", "waiting", "succeeded", "skipped", "waiting",
    ]  # fmt: skip
    assert await status(story, ada) is None
    async with story.house.database.unit() as conn:
        entry = next(e for e in await history.of_record(conn, ada) if e.kind == "skipped")
    assert str(entry.text()) == "Skipped: its time came while the workflow was paused"
    await go_to(story, "2026-03-10T10:00")
    assert (await story.kinds(flow, ada))[-3:] == ["succeeded", "succeeded", "finished"]
    assert await status(story, ada) == "OPEN"
    assert await story.verify() == []


async def test_all_times_are_later_by_the_length_of_the_pause(story: Story) -> None:
    flow = await on(story, CHAIN)
    await story.contact(lifecyclestage="lead")
    await story.rest()
    await go_to(story, "2026-03-02T12:00")
    await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await go_to(story, "2026-03-03T11:00")  # the time of one has come, that of the other has not
    await resume(story, flow, "SHIFT")
    assert await due(story, flow) == [at("2026-03-04T09:00"), at("2026-03-04T11:00")]
    # Twice in a row, and the second pause ends before any turn has come.
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        await workflows.pause(conn, flow.id, "story", story.now)
        later = story.clock.forward(hours=2)
        await workflows.resume(conn, schema, flow.id, Resumption("SHIFT"), "story", later)
    await story.rest()
    assert await due(story, flow) == [at("2026-03-04T11:00"), at("2026-03-04T13:00")]
    assert await story.verify() == []


async def test_each_step_may_have_a_policy_of_its_own(story: Story) -> None:
    flow = await on(story, CHAIN)
    early = await story.contact(lifecyclestage="lead")
    await story.rest()
    await go_to(story, "2026-03-03T10:00")  # it waits at 3, before 4
    late = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await go_to(story, "2026-03-09T10:00")
    await resume(story, flow, "RUN_NOW", steps={"4": "SKIP", "1": "SHIFT"})
    assert (await story.kinds(flow, early))[-3:] == ["succeeded", "skipped", "finished"]
    assert (await story.kinds(flow, late))[-1] == "waiting"
    assert await due(story, flow) == [at("2026-03-10T10:00")]
    assert await story.verify() == []


@pytest.mark.parametrize("enrolls", [False, True])
async def test_who_came_to_match_enrols_if_that_is_chosen(story: Story, enrolls: bool) -> None:
    before = await story.contact(lifecyclestage="lead")
    flow = await on(story, CHAIN)
    await pause(story, flow)
    await go_to(story, "2026-03-04T10:00")
    ada, fickle = await story.contact(lifecyclestage="lead"), await story.contact()
    await story.update("contacts", fickle, lifecyclestage="lead")
    await story.rest()
    await story.update("contacts", fickle, lifecyclestage="customer")
    await go_to(story, "2026-03-05T10:00")
    await resume(story, flow, enrolls=enrolls)
    assert await story.kinds(flow, ada) == (["enrolled", "waiting"] if enrolls else [])
    assert await story.kinds(flow, before) == []
    assert await story.kinds(flow, fickle) == []
    grace = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, grace) == ["enrolled", "waiting"]


async def test_a_pause_before_it_is_on_puts_off_the_enrolling_of_who_matches_already(
    story: Story,
) -> None:
    flow = await story.workflow(when(LEADS), CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await workflows.turn_on(conn, schema, flow.id, "story", story.now, enroll_existing=True)
        await workflows.pause(conn, flow.id, "story", story.now)
    await story.rest()
    assert await story.kinds(flow, ada) == []
    await resume(story, flow)
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
    assert await story.verify() == []


async def test_who_ceased_to_match_leaves_when_it_goes_on(story: Story) -> None:
    flow = await on(
        story, CHAIN, criteria={**when(LEADS), "unEnrollObjectsNotMeetingCriteria": True}
    )
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
    await resume(story, flow)
    assert (await story.kinds(flow, ada))[-1] == "unenrolled"
    assert await story.verify() == []


async def test_an_event_that_comes_during_the_pause_is_not_lost(story: Story) -> None:
    wait = step(
        "1", "0-29", {"event_filter_branches": [CREATED], "expiration_minutes": 60 * 24 * 30}
    )
    flow = await on(story, [wait, set_property("2", "hs_lead_status", "NEW")])
    ada = await story.contact(lifecyclestage="lead")
    grace = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await story.update("contacts", ada, firstname="Ada")
    await go_to(story, "2026-03-04T10:00")
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    assert await story.verify() == []
    await resume(story, flow)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.kinds(flow, grace) == ["enrolled", "awaiting"]
    await story.update("contacts", grace, firstname="Grace")
    await story.rest()
    assert (await story.kinds(flow, grace))[-1] == "finished"
    assert await story.verify() == []


async def test_paused_and_turned_off_they_run_on_as_in_any_workflow_that_is_off(
    story: Story,
) -> None:
    flow = await on(story, CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await go_to(story, "2026-03-04T10:00")
    async with story.house.database.unit() as conn:
        await workflows.turn_off(conn, flow.id, "story", story.now)
    await story.rest()
    assert (await story.kinds(flow, ada))[-2:] == ["skipped", "waiting"]
    assert await story.verify() == []


async def test_paused_and_deleted_nobody_stays_frozen(story: Story) -> None:
    flow = await on(story, CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    async with story.house.database.unit() as conn:
        await workflows.delete(conn, flow.id, "story", story.now)
    await go_to(story, "2026-03-04T10:00")
    assert await story.query("SELECT * FROM parked") == []
    assert (await story.kinds(flow, ada))[-2:] == ["skipped", "waiting"]
    assert await story.verify() == []


async def test_a_changed_workflow_goes_live_when_it_goes_on(story: Story) -> None:
    flow = await on(story, CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    changed = [delay("1", 3, "DAYS"), *CHAIN[1:]]
    raw = {**flow.document.raw, "actions": chained(changed)}
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        body = {**raw, "isEnabled": True, "revisionId": "1"}
        saved = await workflows.replace(conn, schema, flow.id, body, "story", story.now)
    assert (saved.state, saved.live_revision) == ("paused", 1)
    await go_to(story, "2026-03-02T20:00")
    await resume(story, flow)
    assert await due(story, flow) == [at("2026-03-05T10:00")]
    assert await story.kinds(flow, ada) == ["enrolled", "waiting", "waiting"]
    assert await story.verify() == []


async def test_turning_it_on_ends_the_pause_too(story: Story) -> None:
    flow = await on(story, CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await go_to(story, "2026-03-04T10:00")
    await story.turn_on(flow)
    assert (await story.kinds(flow, ada))[-2:] == ["succeeded", "waiting"]


async def test_a_schedule_does_not_fire_while_paused(story: Story) -> None:
    daily = {"type": "DAILY", "timeOfDay": {"hour": 9, "minute": 0}}
    flow = await on(story, CHAIN, enrollmentSchedule=daily)
    ada = await story.contact(lifecyclestage="lead")
    await pause(story, flow)
    await go_to(story, "2026-03-05T10:00")
    going = await resume(story, flow)
    assert going.fires_at == at("2026-03-06T09:00")
    assert await story.kinds(flow, ada) == []
    await go_to(story, "2026-03-06T09:00")
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]


async def test_a_record_that_goes_leaves_a_paused_workflow(story: Story) -> None:
    flow = await on(story, CHAIN)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await pause(story, flow)
    await story.archive("contacts", ada)
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "unenrolled"
    await go_to(story, "2026-03-05T10:00")
    await resume(story, flow, "SHIFT")
    assert await due(story, flow) == []
    assert await story.verify() == []


async def test_only_what_is_on_is_paused_and_only_what_is_paused_goes_on(story: Story) -> None:
    flow = await story.workflow(when(LEADS), CHAIN)
    with pytest.raises(WorkflowNotOn):
        await pause(story, flow)
    with pytest.raises(WorkflowNotPaused):
        await resume(story, flow)


async def test_a_policy_for_a_step_that_does_not_exist_ends_no_pause(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 60)])
    await story.turn_on(flow)
    await pause(story, flow)
    with pytest.raises(StepsUnknown) as refused:
        await resume(story, flow, steps={"1": "SHIFT", "7": "SKIP"})
    assert str(refused.value) == f"Workflow {flow.id} has no step 7; there are: 1"
    async with story.house.database.unit() as conn:
        assert (await workflows.read_one(conn, flow.id)).state == "paused"
