"""What must hold at every commit is seen when it does not."""

import pytest

from penstock.kernel.clock import VirtualClock
from tests.commands import command
from tests.conftest import NOW, House
from tests.story import Story, all_of, delay, equals, set_property, when


@pytest.fixture
async def story(house: House) -> Story:
    """Two have come to a delay, one has finished, one matches nothing."""
    story = Story(house, VirtualClock(NOW))
    flow = await story.workflow(
        when(all_of(equals("city", "Oslo"))),
        [delay("1", 10), set_property("2", "hs_lead_status", "NEW")],
    )
    await story.turn_on(flow)
    await story.contact(city="Oslo")
    await story.pass_time(hours=1)
    await story.create("contacts", {"city": "Oslo"}, {"city": "Oslo"}, {"city": "Rome"})
    await story.rest()
    return story


async def test_after_a_while_all_is_well(story: Story) -> None:
    assert await story.verify() == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE tallies SET count = count + 1 WHERE kind = 'enrolled'", "are accounted for"),
        ("UPDATE tallies SET count = count + 1 WHERE kind = 'here'", "are counted, there are"),
        ("DELETE FROM timers", "waits for nothing"),
        ("UPDATE records SET archived_at = now()", "has lost its record"),
        ("UPDATE matches SET matching = NOT matching", "judged as"),
        ("DELETE FROM matches", "judged as"),
    ],
)
async def test_damage_is_found(story: Story, damage: str, said: str) -> None:
    await story.query(f"WITH damage AS ({damage} RETURNING 1) SELECT count(*) FROM damage")
    found = await story.verify()
    assert found
    assert any(said in each for each in found), found


async def test_what_waits_to_be_settled_is_no_damage(story: Story) -> None:
    (rome,) = await story.query("SELECT id FROM records WHERE properties ->> 'city' = 'Rome'")
    await story.update("contacts", rome.id, city="Oslo")
    assert await story.verify() == []


async def test_the_command_says_so_with_its_exit_code(story: Story, url: str) -> None:
    well = command(url, "verify")
    assert (well.returncode, well.stdout) == (0, "All is well.\n")
    await story.query("DELETE FROM timers RETURNING 1")
    damaged = command(url, "verify")
    assert damaged.returncode == 1
    assert "waits for nothing" in damaged.stdout
