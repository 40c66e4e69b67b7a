"""F14: killed between the mail server's yes and the commit: uncertain, and never silently twice."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes

import pytest
from psycopg import AsyncConnection

from penstock.delivery import effects
from penstock.delivery.deliverer import Deliverer
from penstock.delivery.effects import Sighted
from penstock.engine import history
from penstock.kernel.settings import Settings
from penstock.workflows.store import Workflow
from tests.delivery.desk import Post, open_post
from tests.delivery.test_dying import process
from tests.story import Story, all_of, any_of, set_property, step, when

LEADS = when(all_of(any_of("lifecyclestage", "lead")))

UNCERTAIN = "It is uncertain whether the e-mail to ada@x.test was sent"


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    async with open_post() as post:
        yield post


@pytest.fixture
async def survivor(story: Story, post: Post) -> AsyncIterator[Deliverer]:
    settings = Settings(smtp_url=post.url)
    deliverer = Deliverer(story.house.database, story.clock, settings, "survivor")
    yield deliverer
    await deliverer.close()


async def until(story: Story, sql: str) -> None:
    """Wait until a query finds something."""
    async with asyncio.timeout(120):
        while not await story.query(sql):  # noqa: ASYNC110 - another process answers
            await asyncio.sleep(0.01)


async def killed_in_between(story: Story, post: Post, url: str) -> tuple[Workflow, int]:
    """A contact whose mail was taken, from a deliverer that could not write that down."""
    mail = await story.email(subject="Welcome", text="Hi", from_address="penny@stock.test")
    actions = [step("1", "0-4", {"content_id": mail}), set_property("2", "jobtitle", "mailed")]
    workflow = await story.workflow(LEADS, actions)
    await story.turn_on(workflow)
    ada = await story.contact(email="ada@x.test", lifecyclestage="lead")
    await story.rest()
    async with await AsyncConnection.connect(url) as holder, process(url, post, "doomed") as child:

        async def take_and_hold() -> str:
            await holder.execute("SELECT FROM effects FOR UPDATE")
            return "250 OK"

        post.on_data = lambda envelope: take_and_hold()
        await until(
            story,
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND query LIKE '%%settled%%' AND datname = current_database()",
        )
        child.kill()
        await child.wait()
        await holder.rollback()
    post.on_data = None
    await until(
        story,
        "SELECT 1 WHERE pg_try_advisory_xact_lock("
        "hashtextextended('penstock.deliverer/doomed', 0))",
    )
    return workflow, ada


async def told(story: Story, record: int) -> list[str]:
    async with story.house.database.unit() as conn:
        return [str(entry.text()) for entry in await history.of_record(conn, record)]


async def listed(story: Story) -> list[Sighted]:
    async with story.house.database.unit() as conn:
        return await effects.page(conn, "uncertain")


def message_ids(post: Post) -> list[str]:
    return [message_from_bytes(mail.original_content)["Message-ID"] for mail in post.taken]


async def test_it_shows_as_uncertain_is_told_once_and_does_not_go_out_again(
    story: Story, post: Post, survivor: Deliverer, url: str
) -> None:
    workflow, ada = await killed_in_between(story, post, url)
    assert await survivor.deliver() == 1
    for _ in range(3):
        await story.pass_time(days=5)
        assert await survivor.deliver() == 0
    assert len(post.taken) == 1
    assert (await told(story, ada)).count(UNCERTAIN) == 1
    assert (await story.kinds(workflow, ada)).count("uncertain") == 1
    (one,) = await listed(story)
    assert (one.key.part, one.reason) == ("ada@x.test", "interrupted")
    # Nothing depends on the mail, so its record went on.
    assert (await story.record("contacts", ada)).properties["jobtitle"] == "mailed"
    assert await story.verify() == []


async def test_sent_again_it_is_the_same_message(
    story: Story, post: Post, survivor: Deliverer, url: str
) -> None:
    _, ada = await killed_in_between(story, post, url)
    await survivor.deliver()
    await story.rest()
    (one,) = await listed(story)
    async with story.house.database.unit() as conn:
        await effects.send_again(conn, one.key, story.now)
    assert await survivor.deliver() == 1
    await story.rest()
    assert len(post.taken) == 2
    assert len(set(message_ids(post))) == 1
    lines = await told(story, ada)
    assert lines.count(UNCERTAIN) == lines.count("E-mail sent to ada@x.test") == 1
    assert await listed(story) == []


async def test_counted_as_sent_it_stays_as_it_is(
    story: Story, post: Post, survivor: Deliverer, url: str
) -> None:
    _, ada = await killed_in_between(story, post, url)
    await survivor.deliver()
    await story.rest()
    (one,) = await listed(story)
    async with story.house.database.unit() as conn:
        await effects.count_as_sent(conn, one.key, story.now)
    await story.rest()
    assert await survivor.deliver() == 0
    assert len(post.taken) == 1
    lines = await told(story, ada)
    assert "Somebody decided that what went to ada@x.test was sent" in lines
    assert lines.count(UNCERTAIN) == 1
    assert await listed(story) == []
