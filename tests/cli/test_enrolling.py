"""Records are enrolled and unenrolled by the command line, and it explains why not."""

import json

import psycopg
import pytest

from penstock.kernel.clock import VirtualClock
from tests.commands import command, done
from tests.conftest import NOW, House
from tests.story import Story, all_of, any_of, delay, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))


async def test_records_are_enrolled_and_taken_out_by_hand(story: Story, url: str) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 60)])
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert done(url, "workflows", "enroll", str(flow.id), str(ada)) == "To be enrolled: 1\n"
    # The command has the time of the database, and the story its own.
    await story.query("UPDATE changes SET at = %s RETURNING 1", NOW)
    await story.rest()
    refused = command(url, "workflows", "enroll", str(flow.id), str(ada), "77", "--json")
    assert refused.returncode == 1
    told = json.loads(refused.stdout)
    assert told["accepted"] == 0
    assert {each["recordId"]: each["code"] for each in told["refused"]} == {
        str(ada): "already_active",
        "77": "record_gone",
    }
    said = command(url, "workflows", "enroll", str(flow.id), "77")
    assert "To be enrolled: 0" in said.stdout
    assert "there is no such record" in said.stdout
    out = command(url, "workflows", "unenroll", str(flow.id), str(ada), "--json")
    assert json.loads(out.stdout) == {"accepted": 1, "refused": []}
    await story.rest()
    table = done(url, "history", "--record", str(ada))
    assert "at the command line" in table
    with psycopg.connect(url) as conn:
        rows = conn.execute("SELECT operation FROM audit ORDER BY id").fetchall()
    assert [row[0] for row in rows] == ["workflows_enroll"] * 3 + ["workflows_unenroll"]


async def test_it_is_explained_why_a_record_is_not_enrolled(story: Story, url: str) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 60)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="customer")
    await story.rest()
    said = done(url, "explain", str(flow.id), str(ada))
    assert said.startswith("In short: it does not meet the enrollment conditions.\n")
    assert said.endswith(
        "Enrols who meets:\n  ✗ Lifecycle stage is any of Lead (the value is Customer)\n"
    )
    told = json.loads(done(url, "explain", str(flow.id), str(ada), "--json"))
    assert (told["code"], told["byHand"]) == ("does_not_match", None)
    swedish = done(url, "explain", str(flow.id), str(ada), LC_ALL="sv_SE.UTF-8")
    assert swedish.startswith("Kort sagt: ")


async def test_it_is_explained_what_a_record_waits_for(story: Story, url: str) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 60)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    said = done(url, "explain", str(flow.id), str(ada))
    assert said.startswith("In short: it is in the workflow.\n")
    assert 'It waits at step 1 "Delay for a set amount of time":' in said
