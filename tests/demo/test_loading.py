"""The demo company lives: its workflows wait, branch, act on others, refuse and fail to be seen."""

from datetime import timedelta

from penstock.delivery.deliverer import Deliverer
from penstock.demo.giants import NOBODY_KNOWN
from penstock.demo.loading import load
from penstock.engine import history
from penstock.engine.history import Search
from penstock.kernel.clock import VirtualClock
from penstock.kernel.settings import Settings
from penstock.workflows import store as workflows
from penstock.workflows.store import Workflow
from tests.conftest import NOW, House
from tests.story import Story


async def lead_on(story: Story, deliverer: Deliverer, **by: float) -> None:
    """Time passes, and what leaves the building leaves it."""
    await story.pass_time(**by)
    while await deliverer.deliver():
        await story.rest()


async def reasons(story: Story, flow: Workflow, kind: str) -> set[str]:
    async with story.house.database.unit() as conn:
        found = await history.of_workflow(conn, flow.id, Search(kinds=[kind]), limit=1000)
    return {str(entry.text()) for entry in found}


async def test_the_demo_company_lives(house: House) -> None:
    story = Story(house, VirtualClock(NOW))
    deliverer = Deliverer(house.database, story.clock, Settings(), "story")
    assert await load(house.database, house.schemas, story.clock, lambda *_: None)
    await lead_on(story, deliverer)
    async with house.database.unit() as conn:
        leads, giants, offers = await workflows.page(conn)
        schema = await house.schemas.current(conn)
        for flow in (leads, giants, offers):
            assert await workflows.problems(conn, schema, flow) == ()
    assert {flow.document.object_type for flow in (leads, giants, offers)} == {"0-1", "0-2", "0-3"}
    # One waits, one branches, one has acted on associated records.
    assert (await story.counts(offers))["active"] > 200
    assert (await story.counts(leads))["active"] > 200
    (branches,) = await story.query(
        "SELECT count(DISTINCT detail ->> 'branch') AS n FROM journal WHERE workflow_id = %s",
        leads.id,
    )
    assert branches.n == 2
    (large,) = await story.query(
        "SELECT count(*) AS n FROM records WHERE properties ->> 'company_size' = 'Large'"
    )
    assert large.n > 50
    for _ in range(4):
        await lead_on(story, deliverer, minutes=2)
    # There is something to look at: refusals, failed steps, mail sent and mail not sent.
    asked = "Not enrolled, though the workflow Look after our largest companies asked:"
    assert await reasons(story, leads, "refused") >= {
        f"{asked} it has met the workflow's goal",
        f"{asked} it has been through the workflow before",
    }
    assert "Enrolled by the workflow Look after our largest companies" in await reasons(
        story, leads, "enrolled"
    )
    assert "Failed: nobody with an e-mail address to send to" in await reasons(
        story, giants, "failed"
    )
    tasks = await story.query(
        "SELECT 1 FROM records WHERE properties ->> 'hs_task_subject' LIKE %s",
        f"%at {NOBODY_KNOWN}",
    )
    assert len(tasks) == 1
    (mail,) = await story.query("SELECT count(*) AS n FROM outbox")
    assert mail.n > 300
    assert any("was not sent" in each for each in await reasons(story, leads, "undelivered"))
    assert (await story.counts(offers))["finished"] > 200
    assert story.now - NOW == timedelta(minutes=8)
    assert await story.verify() == []
    await deliverer.close()
