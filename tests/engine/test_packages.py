"""An action of somebody else's package is installed, and runs; nothing else is changed."""

import os
from pathlib import Path

import psycopg
import pytest

from penstock.actions.base import ACTIONS, Action
from penstock.engine.worker import Worker
from tests.commands import done, eventually, running
from tests.story import Story, all_of, any_of, set_property, step, when

MODULE = '''"""Actions of a package of its own."""

from penstock.actions.base import Action, Batch, Departures
from penstock.actions.inputs import StaticValue
from penstock.kernel.forms import field


class Shout(Action, type_id="77-1", label="Shout", summary="Shout {word}", icon="speakerphone"):
    """Write a word in capitals into the city of every enrolled record."""

    word: str = field("Word", widget="text")

    async def run(self, batch: Batch) -> Departures:
        loud = StaticValue(type="STATIC_VALUE", staticValue=self.word.upper() + "!")
        return Departures.sorted_by(batch.members, await batch.write("city", loud))
'''


def install(folder: Path) -> None:
    """As an installer leaves it: a package, and beside it what it offers."""
    (folder / "shouting").mkdir()
    (folder / "shouting" / "__init__.py").write_text('"""Shouting."""\n')
    (folder / "shouting" / "actions.py").write_text(MODULE)
    told = folder / "shouting-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[penstock.actions]\nshout = shouting.actions:Shout\n")


async def test_it_runs_with_no_other_change(story: Story, url: str, tmp_path: Path) -> None:
    flow = await story.workflow(
        when(all_of(any_of("lifecyclestage", "lead"))),
        [step("1", "77-1", {"word": "oslo"}), set_property("2", "hs_lead_status", "NEW")],
    )
    install(tmp_path)
    kept = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, kept)])}
    done(url, "workflows", "on", str(flow.id), **path)
    with running(url, "worker", **path) as worker:
        worker.hears("(at work)")
        with psycopg.connect(url, autocommit=True) as database:
            on = ("SELECT FROM workflows WHERE id = %s AND state = 'on'", (flow.id,))
            eventually(lambda: database.execute(*on).rowcount)
            ada = await story.contact(lifecyclestage="lead")
            ended = ("SELECT FROM enrollments WHERE ended_at IS NOT NULL", ())
            eventually(lambda: database.execute(*ended).rowcount)
        assert worker.stop() == 0
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "succeeded", "finished"]
    assert (await story.record("contacts", ada)).properties["city"] == "OSLO!"


async def test_a_step_whose_package_is_gone_fails_with_its_reason(story: Story) -> None:
    flow = await story.workflow(
        when(all_of(any_of("lifecyclestage", "lead"))),
        [step("1", "77-1", {"word": "oslo"}), set_property("2", "hs_lead_status", "NEW")],
    )
    # It was turned on while the package was there.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ACTIONS.load(), "77-1", type("Gone", (Action,), {}, type_id="77-1"))
        await story.turn_on(flow)
    story.worker = Worker(story.house.database, story.clock)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "failed", "succeeded", "finished"]
    (failed,) = await story.query("SELECT detail FROM journal WHERE kind = 'failed'")
    assert failed.detail["reason"] == "this action is not supported by this version"
    assert await story.verify() == []
