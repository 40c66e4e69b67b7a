"""A workflow is turned on while leads arrive: nobody is lost, and nobody extra enrols."""

import asyncio

from penstock.engine.worker import Worker
from penstock.workflows import store as workflows
from penstock.workflows.store import Workflow
from tests.story import Story, all_of, any_of, set_property, when

LEAD = {"lifecyclestage": "lead"}
LEADS = all_of(any_of("lifecyclestage", "lead"))
NOTE = [set_property("1", "hs_lead_status", "NEW")]


class Arrivals:
    """Leads that arrive by the dozen until somebody says that it is enough."""

    def __init__(self, story: Story, before: list[int]) -> None:
        self.story = story
        self.came = [before]
        self.some = asyncio.Event()
        self.enough = asyncio.Event()

    async def run(self) -> None:
        while not self.enough.is_set():
            self.came.append(await self.story.create("contacts", *([LEAD] * 12)))
            self.some.set()
            await asyncio.sleep(0)

    async def more(self, batches: int) -> None:
        """Wait until so many more have come."""
        wanted = len(self.came) + batches
        while len(self.came) < wanted:
            self.some.clear()
            await self.some.wait()


async def turn_on_amid(story: Story, *, existing: bool) -> tuple[Workflow, list[list[int]], int]:
    """The workflow; the leads, those first who were there before; and from which on they came when
    it was on. Two workers turn all the while.
    """
    flow = await story.workflow(when(LEADS), NOTE)
    arrivals = Arrivals(story, await story.create("contacts", *([LEAD] * 400)))
    await story.rest()
    arriving = asyncio.create_task(arrivals.run())
    enough = asyncio.Event()

    async def turn() -> None:
        worker = Worker(story.house.database, story.clock)
        while not enough.is_set():
            await worker.turn_all()

    turning = [asyncio.create_task(turn()) for _ in range(2)]
    await arrivals.more(3)
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        await workflows.turn_on(conn, schema, flow.id, "story", story.now, enroll_existing=existing)
    while True:
        await arrivals.more(1)
        async with story.house.database.unit() as conn:
            if (await workflows.read_one(conn, flow.id)).state == "on":
                break
    on = len(arrivals.came) + 1  # one may have been on its way
    await arrivals.more(4)
    arrivals.enough.set()
    await arriving
    enough.set()
    await asyncio.gather(*turning)
    await story.rest()
    return flow, arrivals.came, on


async def enrolled(story: Story, flow: Workflow) -> dict[int, int]:
    """How often each record enrolled."""
    rows = await story.query(
        "SELECT record_id, count(*) AS times FROM journal WHERE workflow_id = %s"
        " AND kind = 'enrolled' GROUP BY record_id",
        flow.id,
    )
    return {row.record_id: row.times for row in rows}


async def test_who_comes_after_it_is_on_enrols_and_who_was_there_does_not(story: Story) -> None:
    flow, came, on = await turn_on_amid(story, existing=False)
    times = await enrolled(story, flow)
    assert set(times.values()) == {1}
    assert not set(came[0]) & times.keys()
    late = {id for batch in came[on:] for id in batch}
    assert late
    assert late <= times.keys()
    assert await story.verify() == []


async def test_with_those_who_are_there_everybody_enrols_once(story: Story) -> None:
    flow, came, _ = await turn_on_amid(story, existing=True)
    times = await enrolled(story, flow)
    everybody = {id for batch in came for id in batch}
    assert times == dict.fromkeys(everybody, 1)
    assert await story.counts(flow) == {"enrolled": len(everybody), "finished": len(everybody)}
    assert await story.verify() == []
