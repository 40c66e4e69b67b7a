"""Definitions leave as files and come back, with nothing lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from penstock.kernel.clock import VirtualClock
from tests.commands import command, done
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, branch, delay, set_property, step, to, when

LEADS = all_of(any_of("lifecyclestage", "lead"))

SERVERS_OWN = ("id", "createdAt", "updatedAt", "revisionId")


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))


def drawn(flow: dict[str, Any]) -> dict[str, Any]:
    """What was drawn, without what every installation gives anew."""
    return {name: value for name, value in flow.items() if name not in SERVERS_OWN}


async def a_flow(story: Story) -> str:
    """With a branch, a jump, something unknown, and words of another alphabet."""
    flow = await story.workflow(
        when(LEADS),
        [
            branch("1", ("Grün", LEADS, "2"), default="3"),
            set_property("2", "city", "Åmål", connection=to("3", jump=True)),
            delay("3", 5),
            step("4", "1-179507819", {"strange": {"deep": [1, 2.5, None, "✓"]}}, color="blue"),
        ],
        customProperties={"kept": "as it is"},
    )
    return str(flow.id)


async def test_what_was_exported_comes_back_as_it_was(
    story: Story, url: str, tmp_path: Path
) -> None:
    id = await a_flow(story)
    file = tmp_path / "flow.json"
    file.write_text(done(url, "workflows", "export", id), "utf-8")
    (made,) = json.loads(done(url, "workflows", "import", file, "--json"))
    assert made["id"] != id
    assert made["state"] == "off"
    assert made["problems"] == []
    assert [warning["where"] for warning in made["warnings"]] == ["$.actions[3]"]
    again = json.loads(done(url, "workflows", "export", made["id"]))
    assert drawn(again) == drawn(json.loads(file.read_text("utf-8")))
    table = done(url, "workflows", "import", file)
    assert "A story" in table


async def test_a_workflow_gets_a_new_revision_from_a_file(
    story: Story, url: str, tmp_path: Path
) -> None:
    id = await a_flow(story)
    flow = json.loads(done(url, "workflows", "export", id))
    file = tmp_path / "flow.json"
    file.write_text(json.dumps({**flow, "name": "Anew", "revisionId": "77"}), "utf-8")
    (made,) = json.loads(done(url, "workflows", "import", file, "--replace", id, "--json"))
    assert (made["id"], made["name"], made["revisionId"]) == (id, "Anew", "2")


async def test_all_workflows_leave_and_come_together(
    story: Story, url: str, tmp_path: Path
) -> None:
    for _ in range(2):
        await a_flow(story)
    everything = json.loads(done(url, "workflows", "export"))
    assert len(everything) == 2
    file = tmp_path / "flows.json"
    file.write_text(json.dumps([*everything, {**everything[0], "actions": 7}]), "utf-8")
    refused = command(url, "workflows", "import", file)
    assert refused.returncode == 1
    assert "$.actions" in refused.stderr
    assert len(json.loads(done(url, "workflows", "list", "--json"))) == 2
    file.write_text(json.dumps(everything), "utf-8")
    assert len(json.loads(done(url, "workflows", "import", file, "--json"))) == 2
    assert len(json.loads(done(url, "workflows", "list", "--json"))) == 4
    two = command(url, "workflows", "import", file, "--replace", everything[0]["id"])
    assert two.returncode == 1
    assert "it holds 2 workflows" in two.stderr


@pytest.mark.parametrize(
    ("content", "said"), [("{", "is not a workflow"), ('[{"name": "x"}]', "objectTypeId")]
)
def test_a_file_that_is_none_is_refused(url: str, tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "flow.json"
    file.write_text(content, "utf-8")
    refused = command(url, "workflows", "import", file)
    assert refused.returncode == 1
    assert said in refused.stderr
