"""Workflows, their history and the outbox by the command line."""

import json

import psycopg
import pytest

from penstock.kernel.clock import VirtualClock
from tests.commands import command, done
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))


async def test_a_workflow_is_turned_on_and_off(story: Story, url: str) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    (listed,) = json.loads(done(url, "workflows", "list", "--json"))
    assert (listed["id"], listed["name"], listed["state"]) == (str(flow.id), "A story", "off")
    assert "as soon as all records have been looked at" in done(
        url, "workflows", "on", str(flow.id), "--enroll-existing"
    )
    await story.contact(lifecyclestage="lead")
    await story.rest()
    assert "A story is on." in done(url, "workflows", "on", str(flow.id))
    shown = json.loads(done(url, "workflows", "show", str(flow.id), "--json"))
    assert shown["state"] == "on"
    assert shown["counts"]["finished"] == 1
    assert shown["steps"]["1"] == {"succeeded": 1}
    assert shown["definition"]["actions"][0]["actionTypeId"] == "0-5"
    assert "Set property" in done(url, "workflows", "show", str(flow.id))
    assert "A story is off." in done(url, "workflows", "off", str(flow.id))
    turned = json.loads(done(url, "workflows", "off", str(flow.id), "--json"))
    assert turned == {"id": str(flow.id), "state": "off"}
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT operation FROM audit ORDER BY id").fetchall()
    assert [row[0] for row in rows] == ["workflows_turn_on"] * 2 + ["workflows_turn_off"] * 2


async def test_what_keeps_a_workflow_off_is_told_problem_by_problem(story: Story, url: str) -> None:
    flow = await story.workflow(None, [set_property("1", "no_such_property", "x")])
    refused = command(url, "workflows", "on", str(flow.id))
    assert refused.returncode == 1
    assert "no_such_property" in refused.stderr
    (problem,) = json.loads(done(url, "workflows", "show", str(flow.id), "--json"))["problems"]
    assert "no_such_property" in problem["message"]
    assert problem["message"] in done(url, "workflows", "show", str(flow.id))


async def test_history_is_told_of_a_workflow_and_of_a_record(story: Story, url: str) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    of_record = json.loads(done(url, "history", "--record", str(ada), "--json"))
    assert [entry["kind"] for entry in of_record] == ["enrolled", "succeeded", "finished"]
    of_workflow = json.loads(done(url, "history", "--workflow", str(flow.id), "--json"))
    assert of_workflow == of_record[::-1]
    table = done(url, "history", "--record", str(ada))
    assert "Finished the workflow" in table
    newest = json.loads(done(url, "history", "--workflow", str(flow.id), "--limit", "1", "--json"))
    assert [entry["kind"] for entry in newest] == ["finished"]
    at_step = done(url, "history", "--workflow", str(flow.id), "--step", "1", "--json")
    assert [entry["action"] for entry in json.loads(at_step)] == ["Set property"] * 2
    both = ["--workflow", str(flow.id), "--record", str(ada)]
    some = done(url, "history", *both, "--kind", "enrolled", "--kind", "finished", "--json")
    assert [entry["kind"] for entry in json.loads(some)] == ["enrolled", "finished"]
    later = done(url, "history", *both, "--since", "2026-03-03", "--json")
    assert json.loads(later) == []


def test_history_is_of_something(url: str) -> None:
    result = command(url, "history")
    assert result.returncode == 2
    assert "give --workflow, --record or both" in result.stderr
    mistaken = command(url, "history", "--workflow", "65", "--kind", "done")
    assert mistaken.returncode == 2
    assert '"done" is not one of refused, enrolled,' in mistaken.stderr


def test_a_workflow_that_does_not_exist_has_no_history(url: str) -> None:
    for arguments in (["history", "--workflow", "77"], ["workflows", "show", "77"]):
        result = command(url, *arguments)
        assert result.returncode == 1
        assert "77" in result.stderr


def test_where_nothing_is_the_tables_say_so(url: str) -> None:
    assert done(url, "workflows", "list") == "There are no workflows yet.\n"
    assert done(url, "history", "--record", "64") == "Nothing has happened yet.\n"
    assert done(url, "outbox") == "No mail has been captured.\n"
    assert json.loads(done(url, "outbox", "--json")) == []


async def test_a_workflow_is_paused_and_resumed(story: Story, url: str) -> None:
    flow = await story.workflow(when(LEADS), [set_property("1", "hs_lead_status", "NEW")])
    await story.turn_on(flow)
    assert "A story is paused." in done(url, "workflows", "pause", str(flow.id))
    assert command(url, "workflows", "pause", str(flow.id)).returncode == 1
    assert command(url, "workflows", "resume", str(flow.id), "--step", "1").returncode == 2
    options = ("--policy", "shift", "--rate", "60", "--step", "1=skip", "--enroll-matched")
    assert "A story is on." in done(url, "workflows", "resume", str(flow.id), *options)
    assert "only one that is paused" in command(url, "workflows", "resume", str(flow.id)).stderr
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT operation, details FROM audit ORDER BY id").fetchall()
    assert rows == [
        ("workflows_pause", {}),
        (
            "workflows_resume",
            {"policy": "SHIFT", "rate": 60, "steps": {"1": "SKIP"}, "enrolls": True},
        ),
    ]


async def test_a_workflow_without_a_name_is_called_by_its_id(story: Story, url: str) -> None:
    flow = await story.workflow(None, [], name="")
    assert done(url, "workflows", "off", str(flow.id)) == f"Workflow {flow.id} is off.\n"
