"""Who leaves a workflow before its end, and who is kept out (semantics §5.2, §7)."""

from typing import Any

import pytest

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, delay, equals, property_is, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
CUSTOMERS = all_of(any_of("lifecyclestage", "customer"))
STEPS = [delay("1", 10), set_property("2", "hs_lead_status", "NEW")]


async def reasons(story: Story, record: int) -> list[str]:
    rows = await story.query(
        "SELECT detail ->> 'reason' AS reason FROM journal WHERE record_id = %s"
        " AND kind IN ('unenrolled', 'goal_met', 'refused') ORDER BY at, visit",
        record,
    )
    return [row.reason for row in rows]


async def test_a_goal_that_is_met_ends_the_passage_before_the_next_step(story: Story) -> None:
    flow = await story.workflow(when(LEADS), STEPS, goalFilterBranch=CUSTOMERS)
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", *([{"lifecyclestage": "lead"}] * 2))
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.pass_time(hours=1)
    assert await story.kinds(flow, ada) == ["enrolled", "waiting", "goal_met"]
    assert (await story.kinds(flow, bo))[-1] == "finished"
    assert await story.counts(flow) == {"enrolled": 2, "goal_met": 1, "finished": 1}


async def test_who_has_met_the_goal_does_not_enrol(story: Story) -> None:
    goal = all_of(equals("city", "Oslo"))
    flow = await story.workflow(when(LEADS), STEPS, goalFilterBranch=goal)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["refused"]
    assert await reasons(story, ada) == ["goal_met"]


async def test_a_goal_met_by_the_workflows_own_step_ends_it_at_once(story: Story) -> None:
    steps = [set_property("1", "city", "Oslo"), set_property("2", "hs_lead_status", "NEW")]
    goal = all_of(equals("city", "Oslo"))
    flow = await story.workflow(when(LEADS), steps, goalFilterBranch=goal)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "goal_met"]
    assert (await story.record("contacts", ada)).properties.get("hs_lead_status") is None


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ({"suppressionFilterBranch": CUSTOMERS}, "unenrollment_trigger"),
        (
            {"unEnrollObjectsNotMeetingCriteria": True},
            "no_longer_matches",
        ),
    ],
)
async def test_who_is_suppressed_or_ceases_to_match_leaves_at_once(
    story: Story, setting: dict[str, Any], reason: str
) -> None:
    criteria = when(LEADS, **{k: v for k, v in setting.items() if k.startswith("unEnroll")})
    rest = {k: v for k, v in setting.items() if not k.startswith("unEnroll")}
    flow = await story.workflow(criteria, STEPS, **rest)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "unenrolled"
    assert await reasons(story, ada) == [reason]
    await story.pass_time(hours=1)
    assert (await story.record("contacts", ada)).properties.get("hs_lead_status") is None


async def test_without_the_setting_who_ceases_to_match_stays(story: Story) -> None:
    flow = await story.workflow(when(LEADS), STEPS)
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.pass_time(hours=1)
    assert (await story.kinds(flow, ada))[-1] == "finished"


async def test_ceasing_to_be_suppressed_enrols_nobody(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS), STEPS, suppressionFilterBranch=all_of(equals("city", "Oslo"))
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Oslo")
    await story.rest()
    assert await reasons(story, ada) == ["unenrollment_trigger"]
    await story.update("contacts", ada, city="Rome")
    await story.rest()
    assert "enrolled" not in await story.kinds(flow, ada)


async def test_members_of_a_suppression_list_stay_out_and_leave(story: Story) -> None:
    await story.query(
        "INSERT INTO lists (id, name, object_type, kind, created_at, updated_at, created_by,"
        " updated_by) OVERRIDING SYSTEM VALUE VALUES (5, 'Do not', '0-1', 'MANUAL', now(), now(),"
        " '', '') RETURNING id"
    )
    flow = await story.workflow(when(LEADS), STEPS, suppressionListIds=[5])
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {}, {})

    async def join(id: int) -> None:
        await story.query(
            "WITH joined AS (INSERT INTO list_members VALUES (%s, 5, %s, now()))"
            " INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source,"
            " depth, at) VALUES (%s, 0, %s, '0-1', 'listed', '{\"list\": 5}', 'API', 0, now())"
            " RETURNING id",
            *(id & 63, id, id & 63, id),
        )

    await join(ada)
    for id in (ada, bo):
        await story.update("contacts", id, lifecyclestage="lead")
    await story.rest()
    assert await reasons(story, ada) == ["suppression_list"]
    assert await story.kinds(flow, bo) == ["enrolled", "waiting"]
    await join(bo)
    await story.rest()
    assert await reasons(story, bo) == ["suppression_list"]
    assert (await story.kinds(flow, bo))[-1] == "unenrolled"


async def test_a_suppression_list_that_does_not_exist_is_named(story: Story) -> None:
    flow = await story.workflow(when(LEADS), STEPS, suppressionListIds=[99])
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, schema, flow)
    assert [(str(each.text), each.where) for each in problems] == [
        ("there is no list 99", "$.suppressionListIds[0]")
    ]


async def test_goals_and_suppression_are_there_for_records_of_every_type(story: Story) -> None:
    flow = await story.workflow(
        when(all_of(property_is("dealname", "ALL_PROPERTY", "IS_KNOWN"))),
        [delay("1", 10), set_property("2", "description", "Seen")],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
        goalFilterBranch=all_of(equals("description", "Won")),
        suppressionFilterBranch=all_of(equals("description", "Lost")),
    )
    await story.turn_on(flow)
    won, lost, open_ = await story.create("deals", *({"dealname": f"No. {n}"} for n in range(3)))
    await story.rest()
    await story.update("deals", won, description="Won")
    await story.update("deals", lost, description="Lost")
    await story.rest()
    await story.create("deals", {"dealname": "Early", "description": "Won"})
    await story.pass_time(hours=1)
    assert await story.counts(flow) == {
        "enrolled": 3, "goal_met": 1, "unenrolled": 1, "finished": 1, "refused": 1,
    }  # fmt: skip
    assert (await reasons(story, won), await reasons(story, lost)) == (
        ["goal_met"],
        ["unenrollment_trigger"],
    )
    assert (await story.kinds(flow, open_))[-1] == "finished"


async def test_who_ceased_to_match_before_that_was_asked_stays(story: Story) -> None:
    flow = await story.workflow(when(LEADS), STEPS)
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", *([{"lifecyclestage": "lead"}] * 2))
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    staying = when(LEADS, unEnrollObjectsNotMeetingCriteria=True)
    await story.save(flow, STEPS, enrollmentCriteria=staying)
    await story.rest()
    await story.update("contacts", bo, lifecyclestage="customer")
    await story.pass_time(hours=1)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await reasons(story, bo) == ["no_longer_matches"]
