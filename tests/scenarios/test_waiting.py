"""Waiting for an event: what comes afterwards counts, or the time runs out (semantics §3.1)."""

from typing import Any

import pytest

from penstock.workflows import store as workflows
from tests.story import (
    Story,
    all_of,
    any_of,
    delay,
    equals,
    occurrence,
    set_property,
    step,
    to,
    when,
)

OSLO = when(all_of(equals("city", "Oslo")))
NOTE = set_property("2", "hs_lead_status", "NEW")


PRICING = occurrence("4-96000", equals("hs_page_url", "/pricing"))
MARRIED = occurrence("4-655002", equals("hs_name", "lastname"))


def wait(*events: dict[str, Any], minutes: int | None = 60) -> dict[str, Any]:
    fields: dict[str, Any] = {"event_filter_branches": list(events)}
    if minutes is not None:
        fields["expiration_minutes"] = minutes
    return step("1", "0-29", fields)


async def met(story: Story, record: int) -> list[str]:
    rows = await story.query(
        "SELECT detail ->> 'hs_event_criteria_met' AS met FROM journal"
        " WHERE record_id = %s AND step = '1' AND kind = 'succeeded'",
        record,
    )
    return [row.met for row in rows]


async def test_the_event_leads_on_and_the_time_that_was_set_does_nothing_more(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING), NOTE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    await story.happen("4-96000", ada, hs_page_url="/")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    ended = ["enrolled", "awaiting", "succeeded", "succeeded", "finished"]
    assert await story.kinds(flow, ada) == ended
    assert await met(story, ada) == ["true"]
    assert await story.query("SELECT 1 FROM waits UNION ALL SELECT 1 FROM timers") == []
    await story.pass_time(hours=2)
    assert await story.kinds(flow, ada) == ended


async def test_without_the_event_the_time_leads_on(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING), NOTE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await story.pass_time(hours=2)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await met(story, ada) == ["false"]
    assert await story.query("SELECT 1 FROM waits") == []


async def test_what_happened_before_the_step_does_not_count(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING), NOTE])
    await story.turn_on(flow)
    ada = await story.contact()
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.update("contacts", ada, city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]


async def test_it_may_wait_for_ever_and_for_any_of_several(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING, MARRIED, minutes=None), NOTE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.pass_time(days=400)
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    assert await story.verify() == []
    await story.update("contacts", ada, lastname="Lovelace")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_the_workflows_own_step_before_it_does_not_end_the_wait(story: Story) -> None:
    own = [
        set_property("0", "lastname", "Byron"),
        wait(MARRIED, minutes=None),
        NOTE,
    ]
    flow = await story.workflow(OSLO, own)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "awaiting"]


async def test_what_another_workflow_does_after_the_step_in_the_same_turn_counts(
    story: Story,
) -> None:
    before = await story.workflow(OSLO, [set_property("1", "lastname", "Byron")])
    flow = await story.workflow(OSLO, [wait(MARRIED), NOTE])
    after = await story.workflow(OSLO, [set_property("1", "lastname", "Lovelace")])
    for each in (before, flow):
        await story.turn_on(each)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    await story.turn_on(after)
    bo = await story.contact(city="Oslo")
    await story.rest()
    assert (await story.kinds(flow, bo))[-1] == "finished"
    assert "true" in await met(story, bo)
    assert await story.verify() == []


async def test_the_wait_begins_at_once_whatever_the_hours_of_the_workflow(story: Story) -> None:
    mornings = [{"day": "MONDAY", "startTime": {"hour": 8}, "endTime": {"hour": 9}}]
    flow = await story.workflow(OSLO, [wait(PRICING, minutes=None), NOTE], timeWindows=mornings)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")  # at ten
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "awaiting"]
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    assert (await story.kinds(flow, ada))[-2:] == ["succeeded", "rescheduled"]
    await story.pass_time(days=6, hours=22, minutes=30)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_while_the_workflow_is_off_waits_are_entered_like_delays(story: Story) -> None:
    flow = await story.workflow(OSLO, [delay("5", 30), wait(PRICING), NOTE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    async with story.house.database.unit() as conn:
        await workflows.turn_off(conn, flow.id, "story", story.now)
    await story.pass_time(minutes=30)
    assert (await story.kinds(flow, ada))[-1] == "awaiting"
    await story.turn_on(flow)
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    assert (await story.kinds(flow, ada))[-2:] == ["succeeded", "finished"]
    assert await story.verify() == []


async def test_who_leaves_the_workflow_waits_no_more(story: Story) -> None:
    flow = await story.workflow(
        OSLO, [wait(PRICING), NOTE], goalFilterBranch=all_of(equals("city", "Rome"))
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await story.update("contacts", ada, city="Rome")
    await story.rest()
    assert await story.query("SELECT 1 FROM waits") == []
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "goal_met"


async def test_many_waits_and_many_events_meet_each_their_own(story: Story) -> None:
    flow = await story.workflow(OSLO, [wait(PRICING), NOTE])
    await story.turn_on(flow)
    people = await story.create("contacts", *([{"city": "Oslo"}] * 300))
    await story.rest()
    for person in people[::3]:
        await story.happen("4-96000", person, hs_page_url="/pricing")
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 300, "active": 200, "finished": 100}
    await story.pass_time(hours=2)
    assert await story.counts(flow) == {"enrolled": 300, "finished": 300}
    assert await story.verify() == []


async def test_a_branch_reads_whether_the_event_came(story: Story) -> None:
    read = {
        "type": "STATIC_BRANCH",
        "actionId": "2",
        "inputValue": {
            "type": "FIELD_DATA",
            "actionId": "1",
            "dataKey": "hs_event_criteria_met",
        },
        "staticBranches": [{"branchValue": "true", "connection": to("3")}],
        "defaultBranch": to("4"),
    }
    flow = await story.workflow(
        OSLO,
        [
            {**wait(PRICING), "connection": to("2")},
            read,
            set_property("3", "hs_lead_status", "CONNECTED", connection=None),
            set_property("4", "hs_lead_status", "UNQUALIFIED", connection=None),
        ],
    )
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Oslo"}, {"city": "Oslo"})
    await story.rest()
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    await story.pass_time(hours=2)
    found = [(await story.record("contacts", id)).properties["hs_lead_status"] for id in (ada, bo)]
    assert found == ["CONNECTED", "UNQUALIFIED"]


OPENED = occurrence("4-666440")
DONE = occurrence("4-655002", equals("hs_name", "hs_task_status"), any_of("hs_value", "COMPLETED"))
TASK = step("0", "0-3", {"subject": "Call"})


async def emailing(story: Story, *between: dict[str, Any], minutes: int | None = 60) -> Any:
    """A workflow that sends a mail and waits until that is opened; with the mail's id."""
    mail = await story.email(subject="Hello", text="Hi")
    send = step("0", "0-4", {"content_id": mail})
    waiting = wait({**OPENED, "actionId": "0"}, minutes=minutes)
    flow = await story.workflow(OSLO, [send, *between, waiting, NOTE])
    await story.turn_on(flow)
    return flow, mail


async def test_its_own_mail_is_meant_and_no_other(story: Story) -> None:
    flow, mail = await emailing(story)
    ada = await story.contact(city="Oslo", email="ada@x.test")
    await story.rest()
    await story.happen("4-666440", ada, hs_email_id="12345")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "awaiting"
    await story.happen("4-666440", ada, hs_email_id=mail)
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await met(story, ada) == ["true"]
    assert await story.verify() == []


async def test_what_became_of_the_mail_before_anybody_waited_counts_at_once(story: Story) -> None:
    flow, mail = await emailing(story, delay("d", 60), minutes=None)
    ada, bo = await story.create(
        "contacts",
        {"city": "Oslo", "email": "ada@x.test"},
        {"city": "Oslo", "email": "bo@x.test"},
    )
    await story.rest()
    await story.happen("4-666440", ada, hs_email_id=mail)
    await story.happen("4-666440", bo, hs_email_id="12345")
    await story.rest()
    await story.pass_time(hours=2)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await met(story, ada) == ["true"]
    assert (await story.kinds(flow, bo))[-1] == "awaiting"
    assert await story.verify() == []


async def test_what_became_of_the_same_mail_sent_before_does_not_count(story: Story) -> None:
    flow, mail = await emailing(story, delay("d", 60))
    ada = await story.contact(email="ada@x.test")
    await story.happen("4-666440", ada, hs_email_id=mail)
    await story.rest()
    await story.update("contacts", ada, city="Oslo")
    await story.rest()
    await story.pass_time(hours=1)
    assert (await story.kinds(flow, ada))[-1] == "awaiting"
    await story.pass_time(hours=2)
    assert await met(story, ada) == ["false"]


async def test_its_own_task_is_meant_wherever_it_is_done(story: Story) -> None:
    flow = await story.workflow(OSLO, [TASK, wait({**DONE, "actionId": "0"}), NOTE])
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Oslo"}, {"city": "Oslo"})
    await story.rest()
    task = await task_of(story, ada)
    await story.update("tasks", task, hs_task_status="IN_PROGRESS")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "awaiting"
    await story.update("tasks", task, hs_task_status="COMPLETED")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert (await story.kinds(flow, bo))[-1] == "awaiting"
    assert await story.verify() == []


async def task_of(story: Story, contact: int) -> int:
    (row,) = await story.query(
        "SELECT from_id AS task FROM associations WHERE type_id = 204 AND to_id = %s", contact
    )
    found: int = row.task
    return found


async def test_a_task_that_was_done_before_anybody_waited_counts_at_once(story: Story) -> None:
    flow = await story.workflow(
        OSLO, [TASK, delay("d", 60), wait({**DONE, "actionId": "0"}, minutes=None), NOTE]
    )
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Oslo"}, {"city": "Oslo"})
    await story.rest()
    await story.update("tasks", await task_of(story, ada), hs_task_status="COMPLETED")
    await story.rest()
    await story.update("tasks", await task_of(story, ada), hs_task_status="WAITING")
    await story.pass_time(hours=1)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await met(story, ada) == ["true"]
    assert (await story.kinds(flow, bo))[-1] == "awaiting"


async def test_a_record_that_it_made_may_be_of_any_type(story: Story) -> None:
    made = step(
        "0",
        "0-14",
        {
            "object_type_id": "0-5",
            "properties": [
                {"targetProperty": "subject", "value": "Onboard {{ enrolled_object.firstname }}"},
                {"targetProperty": "hs_pipeline_stage", "value": "1"},
            ],
        },
    )
    moved = occurrence("4-655002", equals("hs_name", "hs_pipeline_stage"))
    flow = await story.workflow(OSLO, [made, wait({**moved, "actionId": "0"}), NOTE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo", firstname="Ada")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "awaiting"
    (ticket,) = await story.query("SELECT id, properties FROM records WHERE type = '0-5'")
    assert ticket.properties["subject"] == "Onboard Ada"
    await story.update("tickets", ticket.id, hs_pipeline_stage="4")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await met(story, ada) == ["true"]


async def test_who_got_no_mail_does_not_wait_for_what_cannot_come(story: Story) -> None:
    flow, _ = await emailing(story, minutes=None)
    nobody = await story.contact(city="Oslo")
    await story.rest()
    assert (await story.kinds(flow, nobody))[-1] == "finished"
    assert await met(story, nobody) == ["false"]
    assert await story.verify() == []


async def test_the_second_time_at_a_wait_forgets_the_first(story: Story) -> None:
    back = {
        "type": "STATIC_BRANCH",
        "actionId": "2",
        "inputValue": {"type": "OBJECT_PROPERTY", "propertyName": "jobtitle"},
        "staticBranches": [{"branchValue": "again", "connection": to("1", jump=True)}],
    }
    flow = await story.workflow(OSLO, [{**wait(PRICING), "connection": to("2")}, back])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo", jobtitle="again")
    await story.rest()
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    await story.pass_time(minutes=2)
    await story.update("contacts", ada, jobtitle="")
    await story.pass_time(hours=2)
    assert await met(story, ada) == ["true", "false"]


@pytest.mark.parametrize(
    ("step_id", "code"), [("9", "ACTION_DOESNT_EXIST"), ("n", "EVENT_UNSUPPORTED")]
)
async def test_a_wait_names_a_step_before_it_of_which_events_can_tell(
    story: Story, step_id: str, code: str
) -> None:
    before = set_property("n", "lastname", "Byron")
    flow = await story.workflow(OSLO, [before, wait({**OPENED, "actionId": step_id}), NOTE])
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, await story.house.schema(), flow)
    assert [(each.where, each.code) for each in problems] == [
        ("$.actions[1].fields.event_filter_branches[0].actionId", code)
    ]
