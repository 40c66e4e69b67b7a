"""Somebody enrols records, and takes them out again: what is refused is named, with the reason."""

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, delay, equals, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
MANUAL = {"type": "MANUAL", "shouldReEnroll": False}


async def test_each_record_that_is_refused_is_named_with_its_reason(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), [delay("1", 60)], suppressionFilterBranch=all_of(equals("city", "Oslo"))
    )
    await story.turn_on(flow)
    inside, ada, away = await story.create(
        "contacts", {"lifecyclestage": "lead"}, {"city": "Lund"}, {"city": "Oslo"}
    )
    (acme,) = await story.create("companies", {"name": "Acme"})
    gone = await story.contact(city="Lund")
    await story.archive("contacts", gone)
    await story.rest()
    refused = await story.enroll(flow, inside, ada, away, acme, gone, ada)
    assert refused == {
        inside: "already_active",
        away: "unenrollment_trigger",
        acme: "wrong_type",
        gone: "record_gone",
    }
    await story.rest()
    assert await story.told(flow, ada) == [
        "Enrolled by story",
        "Waits until 2026-03-02 11:00:00 UTC",
    ]
    assert await story.told(flow, away) == [
        "Not enrolled, though story asked: it meets the workflow's unenrollment trigger"
    ]
    assert await story.told(flow, acme) == [
        "Not enrolled, though story asked: the record is of another type"
    ]
    assert (await story.counts(flow))["refused"] == 3
    assert await story.verify() == []


async def test_who_has_been_through_comes_again_only_where_that_is_allowed(story: Story) -> None:
    step = [set_property("1", "hs_lead_status", "NEW")]
    once = await story.workflow(MANUAL, step)
    often = await story.workflow({**MANUAL, "shouldReEnroll": True}, step)
    ada = await story.contact(city="Lund")
    for flow in (once, often):
        await story.turn_on(flow)
        assert await story.enroll(flow, ada) == {}
        await story.rest()
    assert await story.enroll(once, ada) == {ada: "not_eligible_again"}
    assert await story.enroll(often, ada) == {}
    await story.rest()
    assert (await story.kinds(once, ada)).count("enrolled") == 1
    assert (await story.kinds(often, ada)).count("enrolled") == 2


async def test_a_workflow_that_is_off_takes_nobody(story: Story) -> None:
    flow = await story.workflow(MANUAL, [delay("1", 60)])
    ada = await story.contact(city="Lund")
    assert await story.enroll(flow, ada) == {ada: "workflow_off"}
    await story.rest()
    assert await story.told(flow, ada) == ["Not enrolled, though story asked: the workflow is off"]


async def test_what_happens_before_the_turn_counts_and_is_told(story: Story) -> None:
    flow = await story.workflow(MANUAL, [delay("1", 60)])
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Lund"}, {"city": "Ystad"})
    assert await story.enroll(flow, ada) == {}
    async with story.house.database.unit() as conn:
        await workflows.turn_off(conn, flow.id, "story", story.now)
    await story.rest()
    assert await story.told(flow, ada) == ["Not enrolled, though story asked: the workflow is off"]
    await story.turn_on(flow)
    assert await story.enroll(flow, bo) == {}
    await story.archive("contacts", bo)
    await story.rest()
    assert await story.told(flow, bo) == [
        "Not enrolled, though story asked: there is no such record"
    ]
    assert await story.verify() == []


async def test_somebody_takes_records_out_wherever_they_stand(story: Story) -> None:
    flow = await story.workflow(
        MANUAL, [delay("1", 60), set_property("2", "hs_lead_status", "NEW")]
    )
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Lund"}, {"city": "Ystad"})
    await story.enroll(flow, ada)
    await story.rest()
    assert await story.unenroll(flow, ada, bo) == {bo: "not_active"}
    await story.pass_time(hours=2)
    assert (await story.told(flow, ada))[-1] == "Unenrolled by story"
    assert await story.kinds(flow, bo) == []
    assert (await story.record("contacts", ada)).properties.get("hs_lead_status") is None
    assert (await story.counts(flow))["unenrolled"] == 1
    (reason,) = await story.query(
        "SELECT e.reason, j.detail ->> 'by' AS by FROM enrollments e"
        " JOIN journal j ON j.enrollment_id = e.id AND j.kind = 'unenrolled'"
    )
    assert tuple(reason) == ("manual", "story")
    assert await story.verify() == []


async def test_who_is_asked_in_and_out_again_before_the_turn_does_not_begin(story: Story) -> None:
    flow = await story.workflow(MANUAL, [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"city": "Lund"}, {"city": "Ystad"})
    assert await story.enroll(flow, ada, bo) == {}
    assert await story.unenroll(flow, ada) == {ada: "not_active"}
    await story.rest()
    assert await story.told(flow, ada) == ["Not enrolled, though story asked: somebody decided so"]
    assert (await story.kinds(flow, bo))[-1] == "finished"
    # Who is asked out first and in afterwards is in.
    await story.unenroll(flow, ada)
    assert await story.enroll(flow, ada) == {}
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_who_is_asked_in_is_not_held_up_by_a_trigger_of_the_same_moment(story: Story) -> None:
    lead, oslo = any_of("lifecyclestage", "lead"), equals("city", "Oslo")
    once_more = {
        "shouldReEnroll": True,
        "reEnrollmentTriggersFilterBranches": [
            {"filterBranchType": "AND", "filterBranchOperator": "AND", "filters": [oslo]}
        ],
    }
    note = [set_property("1", "hs_lead_status", "NEW")]
    flow = await story.workflow(when(all_of(lead, oslo), **once_more), note)
    await story.turn_on(flow)
    ada = await story.contact(city="Rome")
    await story.rest()
    # The trigger for coming once more is true now, but not the whole of it.
    await story.update("contacts", ada, city="Oslo")
    assert await story.enroll(flow, ada) == {}
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
    # The whole is true now, but by a part that brings nobody in twice.
    await story.update("contacts", ada, lifecyclestage="lead")
    assert await story.enroll(flow, ada) == {}
    await story.rest()
    assert (await story.kinds(flow, ada)).count("enrolled") == 2
    assert await story.verify() == []


async def test_thousands_are_asked_for_in_one_statement_each(story: Story) -> None:
    flow = await story.workflow(MANUAL, [delay("1", 60)])
    await story.turn_on(flow)
    people = await story.create("contacts", *({"city": "Lund"} for _ in range(1000)))
    assert await story.enroll(flow, *people) == {}
    await story.rest()
    assert (await story.counts(flow))["active"] == 1000
    assert len(await story.enroll(flow, *people)) == 1000
    assert await story.unenroll(flow, *people) == {}
    await story.rest()
    assert (await story.counts(flow))["unenrolled"] == 1000
