"""New revisions go live while people wait: what becomes of them (semantics decisions 1, 2, 8)."""

import importlib
from datetime import timedelta
from typing import Any

import pytest

from penstock.workflows.errors import DocumentInvalid, WorkflowIncomplete
from tests.conftest import NOW
from tests.story import Story, all_of, any_of, branch, delay, equals, set_property, step, to, when

OSLO = when(all_of(equals("city", "Oslo")))
OPEN = set_property("2", "hs_lead_status", "OPEN")


async def waiting(story: Story, *actions: dict[str, Any], people: int = 3) -> tuple[Any, list[int]]:
    """A workflow that is on, and people who wait in it."""
    flow = await story.workflow(OSLO, actions or (delay("1", 60), OPEN))
    await story.turn_on(flow)
    ids = await story.create("contacts", *([{"city": "Oslo"}] * people))
    await story.rest()
    return flow, ids


async def due(story: Story) -> set[Any]:
    return {row.due_at for row in await story.query("SELECT due_at FROM timers")}


async def test_a_longer_delay_counts_from_when_each_came_to_it(story: Story) -> None:
    flow, (ada, *_) = await waiting(story)
    await story.pass_time(minutes=30)
    flow = await story.save(flow, [delay("1", 90), OPEN])
    await story.rest()
    assert await due(story) == {NOW + timedelta(minutes=90)}
    await story.pass_time(minutes=59)
    assert (await story.counts(flow)) == {"enrolled": 3, "active": 3}
    await story.pass_time(minutes=1)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_a_shorter_delay_that_is_over_by_then_lets_them_go_at_once(story: Story) -> None:
    flow, (ada, *_) = await waiting(story)
    await story.pass_time(minutes=30)
    await story.save(flow, [delay("1", 20), OPEN])
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"


async def test_they_may_keep_the_time_that_they_had(story: Story) -> None:
    flow, (ada, *_) = await waiting(story)
    plan = {"steps": {"1": {"choice": "keep"}}}
    await story.save(flow, [delay("1", 300), OPEN], publishPlan=plan)
    await story.rest()
    assert await due(story) == {NOW + timedelta(minutes=60)}
    await story.pass_time(minutes=60)
    assert (await story.kinds(flow, ada))[-1] == "finished"


async def test_a_removed_delay_leads_on_to_what_remains_at_the_planned_time(story: Story) -> None:
    flow, (ada, *_) = await waiting(story)
    await story.save(flow, [OPEN])
    await story.rest()
    assert await due(story) == {NOW + timedelta(minutes=60)}
    await story.pass_time(minutes=60)
    assert await story.kinds(flow, ada) == [
        "enrolled", "waiting", "moved", "succeeded", "finished",
    ]  # fmt: skip
    assert (await story.record("contacts", ada)).properties["hs_lead_status"] == "OPEN"
    assert await story.verify() == []


async def test_a_delay_that_takes_the_place_counts_from_the_planned_time(story: Story) -> None:
    flow, _ = await waiting(story)
    await story.save(flow, [delay("3", 10), OPEN])
    await story.rest()
    assert await due(story) == {NOW + timedelta(minutes=60)}
    await story.pass_time(minutes=60)
    assert (await story.counts(flow))["finished"] == 3


@pytest.mark.parametrize("moment", ["advance.take_due", "turning.carry_over"])
async def test_what_is_published_in_the_middle_of_a_turn_is_followed_by_the_next_one(
    story: Story, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    flow, (ada, bo, _) = await waiting(story)
    await story.turn_on(await story.workflow(OSLO, [OPEN]))  # so that all is loaded anew
    story.clock.forward(hours=2)
    if moment == "turning.carry_over":
        await story.turn(bo)  # which gets ready what is still live then
    module, name = moment.split(".")
    place = importlib.import_module(f"penstock.engine.{module}")
    going_on = getattr(place, name)

    async def overtaken(*given: Any) -> Any:
        monkeypatch.setattr(place, name, going_on)
        plan = {"steps": {"1": {"choice": "move", "step": "3"}}}
        chief = set_property("3", "jobtitle", "Chief")
        await story.save(flow, [chief, OPEN], publishPlan=plan)
        return await going_on(*given)

    monkeypatch.setattr(place, name, overtaken)
    await story.turn(ada)
    await story.rest()
    properties = (await story.record("contacts", ada)).properties
    assert (properties.get("jobtitle"), properties.get("hs_lead_status")) == ("Chief", "OPEN")
    assert "step_removed" not in await story.kinds(flow, ada)
    assert await story.verify() == []


async def test_where_nothing_remains_they_have_finished_at_the_planned_time(story: Story) -> None:
    flow, (ada, *_) = await waiting(story)
    await story.save(flow, [set_property("7", "hs_lead_status", "NEW")])
    await story.rest()
    await story.pass_time(minutes=60)
    assert (await story.kinds(flow, ada))[-2:] == ["step_removed", "finished"]
    assert "hs_lead_status" not in (await story.record("contacts", ada)).properties
    assert await story.counts(flow) == {"enrolled": 3, "finished": 3}
    assert await story.verify() == []


async def test_a_removed_branch_lets_those_beneath_it_go_on_where_the_ways_met(
    story: Story,
) -> None:
    leads = all_of(any_of("lifecyclestage", "lead"))
    flow, (ada, *_) = await waiting(
        story,
        branch("1", ("Leads", leads, "2"), default="3"),
        delay("2", 60, connection=to("4")),
        delay("3", 30, connection=to("4")),
        set_property("4", "hs_lead_status", "OPEN"),
    )
    await story.save(flow, [set_property("4", "hs_lead_status", "OPEN")])
    await story.rest()
    await story.pass_time(minutes=30)
    assert (await story.record("contacts", ada)).properties["hs_lead_status"] == "OPEN"
    assert await story.verify() == []


async def test_what_is_edited_ahead_of_them_counts_and_what_is_inserted_behind_does_not(
    story: Story,
) -> None:
    flow, (ada, *_) = await waiting(story)
    inserted = set_property("3", "jobtitle", "Chief")
    edited = set_property("2", "hs_lead_status", "NEW")
    await story.save(flow, [inserted, delay("1", 60), edited, set_property("4", "company", "Acme")])
    await story.pass_time(minutes=60)
    properties = (await story.record("contacts", ada)).properties
    assert (properties["hs_lead_status"], properties["company"]) == ("NEW", "Acme")
    assert "jobtitle" not in properties
    assert await story.verify() == []


async def test_a_replaced_trigger_enrols_by_the_new_one_and_leaves_those_who_are_in(
    story: Story,
) -> None:
    flow, (ada, *_) = await waiting(story)
    rome = await story.contact(city="Rome")
    trigger = when(all_of(equals("city", "Rome")))
    flow = await story.save(flow, [delay("1", 60), OPEN], enrollmentCriteria=trigger)
    await story.rest()
    assert await story.kinds(flow, rome) == []  # it matched before
    oslo, new = await story.create("contacts", {"city": "Oslo"}, {"city": "Rome"})
    await story.rest()
    assert await story.kinds(flow, oslo) == []
    assert await story.kinds(flow, new) == ["enrolled", "waiting"]
    await story.turn_on(flow, existing=True)
    assert await story.kinds(flow, rome) == ["enrolled", "waiting"]
    await story.pass_time(minutes=60)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_they_may_stay_on_the_revision_that_they_began_with(story: Story) -> None:
    flow, (ada, *_) = await waiting(story)
    plan = {"steps": {"1": {"choice": "pin"}}}
    await story.save(flow, [set_property("5", "hs_lead_status", "NEW")], publishPlan=plan)
    eve = await story.contact(city="Oslo")
    await story.rest()
    await story.pass_time(minutes=60)
    statuses = [
        (await story.record("contacts", id)).properties["hs_lead_status"] for id in (ada, eve)
    ]
    assert statuses == ["OPEN", "NEW"]
    assert await story.verify() == []


async def test_they_may_be_moved_to_a_step_or_let_go(story: Story) -> None:
    flow, _ = await waiting(story)
    plan = {"steps": {"1": {"choice": "move", "step": "2"}}}
    flow = await story.save(flow, [delay("1", 60), OPEN], publishPlan=plan)
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 3, "finished": 3}
    await story.create("contacts", {"city": "Oslo"})
    await story.rest()
    plan = {"steps": {"1": {"choice": "exit"}}}
    await story.save(flow, [delay("1", 60), OPEN], publishPlan=plan)
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 4, "finished": 3, "unenrolled": 1}
    assert await story.verify() == []


async def test_nobody_re_enrols_though_every_step_is_replaced(story: Story) -> None:
    flow, _ = await waiting(story)
    await story.pass_time(minutes=60)
    before = await story.query("SELECT count(*) FROM journal")
    await story.save(flow, [set_property("8", "city", "Lund"), delay("9", 5)])
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 3, "finished": 3}
    assert await story.query("SELECT count(*) FROM journal") == before


async def test_the_id_of_a_removed_step_comes_back_only_with_that_step(story: Story) -> None:
    flow, _ = await waiting(story)
    flow = await story.save(flow, [OPEN])
    with pytest.raises(DocumentInvalid) as refused:
        await story.save(flow, [set_property("1", "city", "Lund"), OPEN])
    (problem,) = refused.value.problems
    assert problem.where == "$.actions[0].actionId"
    assert problem.code == "ACTION_ID_USED"
    await story.save(flow, [delay("1", 30), OPEN])
    await story.rest()


async def test_an_edit_and_its_undoing_leave_everybody_where_they_were(story: Story) -> None:
    flow, (ada, *_) = await waiting(story)
    flow = await story.save(flow, [delay("1", 600), OPEN])
    await story.rest()
    await story.save(flow, [delay("1", 60), OPEN])
    await story.rest()
    assert await due(story) == {NOW + timedelta(minutes=60)}
    await story.pass_time(minutes=60)
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_an_action_that_is_locked_here_stops_turning_on(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PENSTOCK_LOCKED_ACTIONS", "0-5")
    flow = await story.workflow(OSLO, [delay("1", 60), OPEN])
    with pytest.raises(WorkflowIncomplete) as refused:
        await story.turn_on(flow)
    (problem,) = refused.value.problems
    assert (problem.where, problem.code) == ("$.actions[1]", "ACTION_LOCKED")
    monkeypatch.delenv("PENSTOCK_LOCKED_ACTIONS")
    await story.turn_on(flow)


async def test_an_event_that_comes_while_its_wait_is_published_anew_counts(story: Story) -> None:
    def wait(minutes: int) -> dict[str, Any]:
        page = {
            "filterBranchType": "UNIFIED_EVENTS",
            "filterBranchOperator": "AND",
            "eventTypeId": "4-96000",
            "operator": "HAS_COMPLETED",
            "filterBranches": [],
            "filters": [],
        }
        fields = {"event_filter_branches": [page], "expiration_minutes": minutes}
        return step("1", "0-29", fields)

    flow, (ada, bo, _) = await waiting(story, wait(60), OPEN)
    await story.save(flow, [wait(90), OPEN])
    await story.happen("4-96000", ada, hs_page_url="/")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert (await story.kinds(flow, bo))[-1] == "awaiting"
    assert (await story.record("contacts", bo)).properties.get("hs_lead_status") is None
    assert await story.verify() == []


async def test_a_removed_step_ends_once_also_where_its_answer_has_just_come(story: Story) -> None:
    drawn = set_property("1", "city", "Oslo")
    drawn["fields"]["association"] = {
        "associationCategory": "HUBSPOT_DEFINED",
        "associationTypeId": 279,
        "select": "ALL",
    }
    flow = await story.workflow(OSLO, [drawn])
    await story.turn_on(flow)
    ada = await story.contact()
    (firm,) = await story.create("companies", {"name": "Firm"})
    assert ada & 63 != firm & 63
    await story.associate(ada, firm, 279)
    await story.rest()
    await story.update("contacts", ada, city="Oslo")
    await story.turn(ada)
    assert (await story.kinds(flow, ada))[-1] == "held"
    await story.turn(firm)
    await story.save(flow, [])
    await story.turn(ada)
    assert (await story.kinds(flow, ada)).count("finished") == 1
    assert await story.counts(flow) == {"enrolled": 1, "finished": 1}
    await story.rest()
    assert await story.verify() == []
