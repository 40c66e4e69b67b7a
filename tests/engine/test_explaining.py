"""Why a record is in a workflow or is not, and what it waits for there."""

import pytest

from penstock.engine.explaining import Explanation, explain_enrollment
from penstock.kernel.clock import VirtualClock
from penstock.workflows import store as workflows
from penstock.workflows.store import Workflow
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, delay, equals, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
MANUAL = {"type": "MANUAL", "shouldReEnroll": False}
DONE = [set_property("1", "hs_lead_status", "NEW")]


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))


async def why(story: Story, flow: Workflow, record: int) -> Explanation:
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        now = await workflows.read_one(conn, flow.id)
        return await explain_enrollment(conn, schema, now, record, story.now)


async def test_who_does_not_match_is_told_which_condition_and_which_value(story: Story) -> None:
    flow = await story.workflow(when(LEADS), DONE)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="customer")
    await story.rest()
    told = await why(story, flow, ada)
    assert (told.code, told.refusal, told.rest, told.passages) == ("does_not_match", None, None, ())
    (condition,) = told.conditions
    assert condition.where == "$.enrollmentCriteria.listFilterBranch"
    assert (condition.role, condition.matching, condition.told.verdict) == ("enroll", False, False)
    leaf = condition.told.parts[0].parts[0]
    assert leaf.verdict is False
    assert [str(fact.sentence) for fact in leaf.facts] == ["the value is Customer"]


async def test_who_matched_before_is_told_since_when(story: Story) -> None:
    flow = await story.workflow(when(LEADS), DONE)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.turn_on(flow)
    told = await why(story, flow, ada)
    assert told.code == "matched_before"
    assert (told.conditions[0].matching, told.conditions[0].since) == (True, NOW)


async def test_what_has_just_happened_is_still_to_be_looked_at(story: Story) -> None:
    flow = await story.workflow(when(LEADS), DONE)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    assert (await why(story, flow, ada)).code == "not_settled"
    await story.rest()
    told = await why(story, flow, ada)
    assert (told.code, told.refusal) == ("not_eligible_again", "not_eligible_again")
    assert [passage.state for passage in told.passages] == ["finished"]


async def test_goal_and_suppression_are_told_with_their_conditions(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        DONE,
        goalFilterBranch=all_of(equals("city", "Oslo")),
        suppressionFilterBranch=all_of(equals("city", "Rome")),
    )
    await story.turn_on(flow)
    oslo, rome = await story.create("contacts", {"city": "Oslo"}, {"city": "Rome"})
    await story.rest()
    met = await why(story, flow, oslo)
    assert met.code == "goal_met"
    by_role = {condition.role: condition.told.verdict for condition in met.conditions}
    assert by_role == {"enroll": False, "goal": True, "suppress": False}
    assert (await why(story, flow, rome)).code == "unenrollment_trigger"
    await story.update("contacts", rome, lifecyclestage="lead")
    await story.rest()
    assert (await why(story, flow, rome)).last_refusal == "unenrollment_trigger"


async def test_a_workflow_that_is_off_says_so_and_explains_its_draft(story: Story) -> None:
    flow = await story.workflow(when(LEADS), DONE)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    told = await why(story, flow, ada)
    assert (told.code, told.refusal) == ("workflow_off", "workflow_off")
    assert told.conditions[0].told.verdict is True
    assert told.conditions[0].matching is None


async def test_records_that_are_gone_or_of_another_type_are_told_so(story: Story) -> None:
    flow = await story.workflow(when(LEADS), DONE)
    await story.turn_on(flow)
    (acme,) = await story.create("companies", {"name": "Acme"})
    gone = await story.contact(lifecyclestage="customer")
    await story.archive("contacts", gone)
    await story.rest()
    assert (await why(story, flow, acme)).code == "wrong_type"
    assert (await why(story, flow, gone)).code == "record_gone"
    assert (await why(story, flow, 77)).code == "record_gone"


async def test_by_hand_only_means_that_somebody_must_choose_it(story: Story) -> None:
    flow = await story.workflow(MANUAL, DONE)
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert (await why(story, flow, ada)).code == "awaits_choice"


async def test_an_event_trigger_tells_its_events_and_its_condition(story: Story) -> None:
    event = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "filterBranches": [],
        "operator": "HAS_COMPLETED",
        "eventTypeId": "4-1639801",
        "filters": [],
    }
    criteria = {
        "type": "EVENT_BASED",
        "shouldReEnroll": False,
        "eventFilterBranches": [event],
        "listMembershipFilterBranches": [],
        "refinementCriteria": LEADS,
    }
    flow = await story.workflow(criteria, DONE)
    await story.turn_on(flow)
    lead, customer = await story.create(
        "contacts", {"lifecyclestage": "lead"}, {"lifecyclestage": "customer"}
    )
    await story.rest()
    told = await why(story, flow, lead)
    assert told.code == "awaits_event"
    assert {each.role: each.told.verdict for each in told.conditions} == {
        "event": None,
        "condition": True,
    }
    assert (await why(story, flow, customer)).code == "condition_not_met"


async def test_who_waits_is_told_until_when_and_why(story: Story) -> None:
    flow = await story.workflow(MANUAL, [delay("1", 60), *[set_property("2", "city", "Rome")]])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.enroll(flow, ada)
    await story.rest()
    told = await why(story, flow, ada)
    assert told.code == "in_workflow"
    assert told.refusal == "already_active"
    assert told.rest is not None
    assert (told.rest.step, str(told.rest.action)) == ("1", "Delay for a set amount of time")
    assert [str(reason) for reason in told.rest.reasons] == ["until 2026-03-02 11:00:00 UTC"]
    story.clock.forward(hours=2)
    told = await why(story, flow, ada)
    assert told.rest is not None
    assert [str(reason) for reason in told.rest.reasons] == ["until the next turn, since it is due"]


async def test_who_waits_for_an_event_is_told_which(story: Story) -> None:
    event = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "filterBranches": [],
        "operator": "HAS_COMPLETED",
        "eventTypeId": "4-1639801",
        "filters": [],
    }
    wait = step("1", "0-29", {"event_filter_branches": [event], "expiration_minutes": 90})
    flow = await story.workflow(MANUAL, [wait])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.enroll(flow, ada)
    await story.rest()
    told = await why(story, flow, ada)
    assert told.rest is not None
    first, second = (str(reason) for reason in told.rest.reasons)
    assert first.startswith("until ")
    assert second == "until 2026-03-02 11:30:00 UTC"


async def test_who_waits_for_what_it_sent_is_told_to_whom(story: Story) -> None:
    flow = await story.workflow(MANUAL, [delay("1", 60)])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.enroll(flow, ada)
    await story.rest()
    await story.query("DELETE FROM timers RETURNING 1")
    told = await why(story, flow, ada)
    assert told.rest is not None
    assert str(told.rest.reasons[0]).startswith("for nothing at all")
    await story.query("""
        INSERT INTO effects (bucket, enrollment_id, visit, part, kind, state, payload, workflow_id,
            record_id, step, next_at, created_at)
        SELECT e.bucket, e.id, e.visit, p, 'mail', s, '{}', e.workflow_id, e.record_id, e.step,
            e.entered_at, e.entered_at
        FROM enrollments e, (VALUES ('a@example.test', 'pending'), ('b@example.test', 'uncertain'))
            AS v(p, s)
        RETURNING 1
        """)
    told = await why(story, flow, ada)
    assert told.rest is not None
    assert [str(reason) for reason in told.rest.reasons] == [
        "until it is known what becomes of what it sent to a@example.test",
        "until somebody decides whether what it sent to b@example.test has arrived",
    ]


async def test_who_waits_for_another_record_to_be_written_is_told_so(story: Story) -> None:
    company = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    write = set_property("1", "city", "Rome")
    write["fields"]["association"] = company
    flow = await story.workflow(MANUAL, [write])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    (acme,) = await story.create("companies", {"name": "Acme"})
    await story.associate(ada, acme, 279)
    await story.rest()
    await story.enroll(flow, ada)
    await story.worker.turn_one(ada & 63)
    told = await why(story, flow, ada)
    assert told.rest is not None
    assert [str(reason) for reason in told.rest.reasons] == [
        "until another record has been written, or could not be"
    ]
    await story.rest()
    assert (await why(story, flow, ada)).rest is None


async def test_who_keeps_to_a_revision_is_told_of_that_one(story: Story) -> None:
    flow = await story.workflow(MANUAL, [delay("1", 60)])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.enroll(flow, ada)
    await story.rest()
    await story.query("UPDATE enrollments SET revision = 1 RETURNING 1")
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        body = {**flow.document.raw, "revisionId": "1", "isEnabled": True, "startActionId": "2"}
        body["actions"] = [set_property("2", "city", "Rome")]
        await workflows.replace(conn, schema, flow.id, body, "story", story.now)
    await story.rest()
    assert await story.verify() == []
    told = await why(story, flow, ada)
    assert told.rest is not None
    assert str(told.rest.action) == "Delay for a set amount of time"
    await story.query("UPDATE enrollments SET step = '2' RETURNING 1")
    assert any("never had" in each for each in await story.verify())


async def test_a_schedule_is_told_with_its_next_moment(story: Story) -> None:
    daily = {"type": "DAILY", "timeOfDay": {"hour": 9, "minute": 0}}
    flow = await story.workflow(when(LEADS), DONE, enrollmentSchedule=daily)
    await story.turn_on(flow)
    lead, customer = await story.create(
        "contacts", {"lifecyclestage": "lead"}, {"lifecyclestage": "customer"}
    )
    await story.rest()
    told = await why(story, flow, lead)
    assert told.code == "awaits_schedule"
    assert str(told.text) == ("it enrols when the schedule fires next, at 2026-03-03 09:00:00 UTC")
    assert {each.role: each.told.verdict for each in told.conditions} == {"scheduled": True}
    assert (await why(story, flow, customer)).code == "does_not_match"


async def test_a_date_of_the_record_s_own_is_told_as_its_moment(story: Story) -> None:
    closing = {
        "type": "PROPERTY_BASED",
        "dateProperty": "closedate",
        "daysDelta": 0,
        "timeOfDay": {"hour": 9, "minute": 0},
        "yearly": False,
    }
    flow = await story.workflow(when(LEADS), DONE, enrollmentSchedule=closing)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", closedate="2026-03-09T00:00:00Z")
    await story.rest()
    told = await why(story, flow, ada)
    assert told.code == "awaits_moment"
    assert {each.role: each.told.verdict for each in told.conditions} == {
        "scheduled": True,
        "moment": False,
    }


async def test_who_is_parked_waits_for_the_end_of_the_pause(story: Story) -> None:
    flow = await story.workflow(MANUAL, [delay("1", 60)])
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Oslo"}, {"city": "Rome"})
    await story.enroll(flow, ada)
    await story.rest()
    async with story.house.database.unit() as conn:
        await workflows.pause(conn, flow.id, "story", story.now)
    await story.pass_time(hours=2)
    told = await why(story, flow, ada)
    assert told.rest is not None
    assert [str(reason) for reason in told.rest.reasons] == ["until the workflow is resumed"]
    other = await why(story, flow, bo)
    assert (other.code, other.refusal) == ("workflow_paused", "workflow_paused")
    assert await story.verify() == []
