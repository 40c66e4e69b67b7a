"""F7: every kind of delay goes on after a restart and after an upgrade, in its time, once."""

from datetime import timedelta
from typing import Any

import pytest

from penstock.actions.base import ACTIONS
from penstock.engine.worker import Worker
from penstock.kernel.db import Database
from penstock.kernel.migrate import migrate
from penstock.records.seed import seed
from tests.conftest import NOW
from tests.story import Story, all_of, delay, equals, set_property, step, when

OSLO = when(all_of(equals("city", "Oslo")))
DONE = set_property("99", "hs_lead_status", "NEW")
MONDAY_NOON = NOW.replace(hour=12)
EVENT = {
    "filterBranchType": "UNIFIED_EVENTS",
    "filterBranchOperator": "AND",
    "eventTypeId": "4-96000",
    "operator": "HAS_COMPLETED",
    "filterBranches": [],
    "filters": [equals("hs_page_url", "/pricing")],
}

DELAYS: dict[str, dict[str, Any]] = {
    "0-1": {"delta": "120", "time_unit": "MINUTES"},
    "0-28": {
        "delay": {
            "delta": 0, "timeUnit": "DAYS", "daysOfWeek": [], "timeOfDay": {"hour": 12, "minute": 0}
        }
    },
    "0-29": {"event_filter_branches": [EVENT], "expiration_minutes": 120},
    "0-35": {
        "date": {"type": "STATIC_VALUE", "staticValue": str(int(MONDAY_NOON.timestamp() * 1000))},
        "delta": 0,
        "time_unit": "MINUTES",
    },
}  # fmt: skip
"""Of each kind one that ends at noon, two hours after the story begins."""


async def restart(story: Story, url: str) -> None:
    """All processes end, a new version starts on the database, and workers of it go on."""
    await migrate(url)
    async with story.house.database.unit() as conn:
        await seed(conn, story.now)
    story.worker = Worker(story.house.database, story.clock)


def test_every_kind_of_delay_is_here() -> None:
    kinds = {id for id, entry in ACTIONS.items() if entry.category == "Delays"}
    assert kinds == DELAYS.keys()


@pytest.mark.parametrize("kind", sorted(DELAYS))
async def test_a_delay_ends_in_its_time_though_everything_was_restarted(
    story: Story, url: str, kind: str
) -> None:
    flow = await story.workflow(OSLO, [step("1", kind, DELAYS[kind]), DONE])
    await story.turn_on(flow)
    people = await story.create("contacts", *([{"city": "Oslo"}] * 5))
    await story.rest()
    for _ in range(3):
        await story.pass_time(minutes=39)
        await restart(story, url)
        assert await story.counts(flow) == {"enrolled": 5, "active": 5}
    await story.pass_time(minutes=4)
    assert await story.counts(flow) == {"enrolled": 5, "finished": 5}
    for person in people:
        assert (await story.kinds(flow, person)).count("succeeded") == 2
    assert await story.verify() == []


async def test_a_wait_still_hears_its_event_after_a_restart(story: Story, url: str) -> None:
    flow = await story.workflow(OSLO, [step("1", "0-29", DELAYS["0-29"]), DONE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    await restart(story, url)
    await story.happen("4-96000", ada, hs_page_url="/pricing")
    await story.rest()
    assert (await story.kinds(flow, ada))[-1] == "finished"


async def test_twenty_delays_in_a_row_with_a_restart_in_each(story: Story, url: str) -> None:
    flow = await story.workflow(OSLO, [*(delay(str(n), 60) for n in range(1, 21)), DONE])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    for _ in range(20):
        assert await story.counts(flow) == {"enrolled": 1, "active": 1}
        await story.pass_time(minutes=30)
        story.worker = Worker(story.house.database, story.clock)
        await story.pass_time(minutes=30)
    assert await story.counts(flow) == {"enrolled": 1, "finished": 1}
    assert (await story.kinds(flow, ada)).count("waiting") == 20


async def test_five_years_are_five_years(story: Story, url: str) -> None:
    flow = await story.workflow(OSLO, [delay("1", 5, "YEARS"), DONE])
    await story.turn_on(flow)
    await story.contact(city="Oslo")
    await story.rest()
    (timer,) = await story.query("SELECT due_at FROM timers")
    assert timer.due_at == NOW.replace(year=NOW.year + 5)
    async with Database(url, size=1) as other:
        worker = Worker(other, story.clock)
        story.clock.go_to(timer.due_at - timedelta(seconds=1))
        while await worker.turn_all():
            pass
        assert await story.counts(flow) == {"enrolled": 1, "active": 1}
        story.clock.go_to(timer.due_at)
        while await worker.turn_all():
            pass
    assert await story.counts(flow) == {"enrolled": 1, "finished": 1}
