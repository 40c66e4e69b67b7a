"""Effects as people see them, and what people decide."""

from email import message_from_bytes

import pytest

from penstock.delivery import effects
from penstock.delivery.base import Key
from penstock.delivery.errors import EffectNotFound, EffectSettled
from tests.conftest import NOW
from tests.delivery.desk import Desk, Post


async def uncertain(desk: Desk, post: Post, *addresses: str) -> list[Key]:
    """Mails that the server took without ever saying so."""

    def take_and_cut(envelope) -> str:
        post.hang_up()
        return "250 OK"

    post.on_data = take_and_cut
    keys = await desk.queue(await desk.contacts(*addresses))
    await desk.until_idle(desk.deliverer(smtp_url=post.url, smtp_connections=1))
    post.on_data = None
    return keys


async def test_uncertain_effects_are_listed_page_by_page(desk: Desk, post: Post) -> None:
    keys = await uncertain(desk, post, *[f"p{n}@x.test" for n in range(5)])
    async with desk.house.database.unit() as conn:
        first = await effects.page(conn, "uncertain", limit=3)
        rest = await effects.page(conn, "uncertain", before=first[-1].key.id, limit=3)
        assert await effects.page(conn, "done") == []
        assert await effects.page(conn, "uncertain", workflow_id=1) == []
        listed = [sighted.key for sighted in first + rest]
        assert sorted(listed) == sorted(keys)
        assert len(first) == 3
        assert first[0].reason == "no_answer"
        assert await effects.find(conn, keys[0].id) in first + rest


@pytest.mark.parametrize(
    "id", ["", "x", "1.2", "1.2.3", "1.2.3.4", "-1.2.x", "1." + "9" * 18 + ".x", "9" * 30 + ".1.x"]
)
async def test_an_id_that_no_effect_has_finds_nothing(desk: Desk, id: str) -> None:
    async with desk.house.database.unit() as conn:
        with pytest.raises(EffectNotFound):
            await effects.find(conn, id)


async def test_an_uncertain_mail_is_sent_again_when_somebody_says_so(
    desk: Desk, post: Post
) -> None:
    (key,) = await uncertain(desk, post, "ada@x.test")
    async with desk.house.database.unit() as conn:
        again = await effects.send_again(conn, key, NOW)
    assert (again.state, again.attempts, again.reason, again.settled_at) == (
        "pending",
        0,
        None,
        None,
    )
    await desk.deliverer("next", smtp_url=post.url).deliver()
    assert post.recipients() == ["ada@x.test", "ada@x.test"]
    ids = {message_from_bytes(envelope.content)["Message-ID"] for envelope in post.taken}
    assert ids == {f"<{key.id}@stock.test>"}
    states = [change.details["state"] for change in await desk.announced()]
    assert states == ["uncertain", "done"]


async def test_a_failed_mail_is_sent_again_once_its_cause_is_gone(desk: Desk) -> None:
    (ada,) = await desk.contacts("ada@x.test", hs_email_optout="true")
    (key,) = await desk.queue([ada])
    deliverer = desk.deliverer()
    await deliverer.deliver()
    await desk.update(ada, hs_email_optout="false")
    async with desk.house.database.unit() as conn:
        await effects.send_again(conn, key, NOW)
    await deliverer.deliver()
    assert (await desk.effect(key)).state == "done"


async def test_an_uncertain_mail_is_counted_as_sent_when_somebody_says_so(
    desk: Desk, post: Post
) -> None:
    (key,) = await uncertain(desk, post, "ada@x.test")
    async with desk.house.database.unit() as conn:
        counted = await effects.count_as_sent(conn, key, NOW)
    assert (counted.state, counted.reason) == ("done", "counted_as_sent")
    change = (await desk.announced())[-1]
    assert (change.details["state"], change.details["reason"]) == ("done", "counted_as_sent")
    assert await desk.deliverer("next", smtp_url=post.url).deliver() == 0
    assert len(post.taken) == 1


async def test_what_is_settled_or_on_its_way_is_not_decided_again(desk: Desk) -> None:
    pending, done = await desk.queue(await desk.contacts("ada@x.test", "bo@x.test"))
    await desk.query("UPDATE effects SET state = 'done' WHERE part = 'bo@x.test'")
    async with desk.house.database.unit() as conn:
        for key in (pending, done):
            with pytest.raises(EffectSettled):
                await effects.send_again(conn, key, NOW)
            with pytest.raises(EffectSettled):
                await effects.count_as_sent(conn, key, NOW)
        with pytest.raises(EffectNotFound):
            await effects.send_again(conn, Key(1, 1, "x"), NOW)
