"""Effects are claimed, carried out, and their outcome is recorded."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from penstock.delivery.errors import MailServerInvalid, NameHeld, SenderInvalid
from penstock.emails import store as emails
from penstock.records import merging, store, subscriptions
from penstock.records.subscriptions import WHOLE, Said
from tests.conftest import NOW
from tests.delivery.desk import Desk, Post


async def test_without_a_mail_server_mail_is_captured(desk: Desk) -> None:
    (ada,) = await desk.contacts("ada@x.test")
    (key,) = await desk.queue([ada])
    deliverer = desk.deliverer()
    assert await deliverer.deliver() == 1
    (mail,) = await desk.query("SELECT * FROM outbox")
    assert mail.message_id == f"<{key.id}@stock.test>"
    assert (mail.enrollment_id, mail.visit) == (key.enrollment_id, 2)
    assert (mail.workflow_id, mail.record_id) == (desk.workflow_id, ada)
    assert (mail.email_id, mail.sender) == (desk.email.id, "Penny <penny@stock.test>")
    assert (mail.recipient, mail.subject, mail.text) == ("ada@x.test", "Hello ada", "Hi ada")
    assert "<p>Hi ada</p>" in mail.html
    assert mail.sent_at == NOW
    effect = await desk.effect(key)
    assert (effect.state, effect.worker, effect.settled_at) == ("done", None, NOW)
    assert await deliverer.deliver() == 0


async def test_every_outcome_is_told_to_the_engine_in_the_enrollments_bucket(desk: Desk) -> None:
    (ada,) = await desk.contacts("ada@x.test")
    (key,) = await desk.queue([ada])
    await desk.deliverer().deliver()
    (change,) = await desk.announced()
    assert (change.bucket, change.lane, change.record_id) == (key.enrollment_id & 63, 0, ada)
    assert (change.object_type, change.depth, change.at) == ("0-1", 3, NOW)
    assert change.source == f"AUTOMATION_PLATFORM/{desk.workflow_id}"
    assert change.details == {
        "enrollment": key.enrollment_id,
        "visit": 2,
        "part": "ada@x.test",
        "kind": "mail",
        "state": "done",
        "reason": None,
    }


async def test_two_deliverers_at_once_deliver_each_of_2000_effects_once(desk: Desk) -> None:
    addresses = [f"p{n}@x.test" for n in range(2_000)]
    await desk.queue(await desk.contacts(*addresses))
    dealt = await asyncio.gather(
        *(desk.until_idle(desk.deliverer(name)) for name in ("first", "second"))
    )
    assert sum(dealt) == 2_000
    rows = await desk.query("SELECT recipient FROM outbox")
    assert Counter(row.recipient for row in rows) == dict.fromkeys(addresses, 1)
    assert await desk.states() == {"done": 2_000}
    assert len(await desk.announced()) == 2_000


async def test_two_deliverers_at_once_hand_each_mail_to_the_server_once(
    desk: Desk, post: Post
) -> None:
    addresses = [f"p{n}@x.test" for n in range(300)]
    await desk.queue(await desk.contacts(*addresses))
    await asyncio.gather(
        *(desk.until_idle(desk.deliverer(name, smtp_url=post.url)) for name in ("one", "two"))
    )
    assert Counter(post.recipients()) == dict.fromkeys(addresses, 1)
    assert await desk.states() == {"done": 300}
    assert len(await desk.announced()) == 300
    assert await desk.query("SELECT * FROM outbox") == []


async def test_what_is_not_due_waits(desk: Desk) -> None:
    await desk.queue(await desk.contacts("ada@x.test"), at=NOW + timedelta(minutes=5))
    deliverer = desk.deliverer()
    assert await deliverer.deliver() == 0
    desk.clock.forward(minutes=5)
    assert await deliverer.deliver() == 1


async def _archive(desk: Desk, ada: int) -> None:
    async with desk.house.database.unit() as conn:
        schema = await desk.house.schemas.current(conn)
        await store.archive(conn, schema.type("contacts"), [ada], desk.house.write)


async def _merge(desk: Desk, ada: int) -> None:
    (bo,) = await desk.contacts("bo@x.test")
    async with desk.house.database.unit() as conn:
        schema = await desk.house.schemas.current(conn)
        await merging.merge(conn, schema, schema.type("contacts"), bo, ada, desk.house.write)


async def _erase(desk: Desk, ada: int) -> None:
    async with desk.house.database.unit() as conn:
        schema = await desk.house.schemas.current(conn)
        await merging.erase(conn, schema, schema.type("contacts"), ada, desk.house.write)


async def _opt_out(desk: Desk, ada: int) -> None:
    await desk.update(ada, hs_email_optout="true")


async def _leave_all(desk: Desk, ada: int) -> None:
    await _say(desk, Said(ada, WHOLE, "UNSUBSCRIBED"))


async def _say(desk: Desk, *said: Said) -> None:
    async with desk.house.database.unit() as conn:
        schema = await desk.house.schemas.current(conn)
        await subscriptions.say(conn, schema, said, desk.house.write)


async def _bounce(desk: Desk, ada: int) -> None:
    await desk.update(ada, hs_email_hard_bounce_reason_enum="UNKNOWN_USER")


async def _move(desk: Desk, ada: int) -> None:
    await desk.update(ada, email="ada@elsewhere.test")


async def _lose(desk: Desk, ada: int) -> None:
    await desk.update(ada, email="")


async def _turn_off(desk: Desk, ada: int) -> None:
    await desk.query("UPDATE workflows SET state = 'off'")


async def _delete_workflow(desk: Desk, ada: int) -> None:
    await desk.query("UPDATE workflows SET deleted_at = now()")


REFUSED = [
    (_archive, "record_gone"),
    (_merge, "record_gone"),
    (_erase, "record_gone"),
    (_opt_out, "opted_out"),
    (_leave_all, "opted_out"),
    (_bounce, "bounced"),
    (_move, "address_changed"),
    (_lose, "address_changed"),
    (_turn_off, "workflow_off"),
    (_delete_workflow, "workflow_off"),
]


@pytest.mark.parametrize(("happens", "reason"), REFUSED)
async def test_what_happens_between_queueing_and_sending_counts(
    desk: Desk, post: Post, happens, reason: str
) -> None:
    (ada,) = await desk.contacts("ada@x.test")
    captured, sent = await desk.queue([ada]), await desk.queue([ada])
    await happens(desk, ada)
    await desk.deliverer("inside").deliver()
    assert await desk.query("SELECT * FROM outbox") == []
    effect = await desk.effect(captured[0])
    assert (effect.state, effect.reason) == ("failed", reason)
    await desk.query("UPDATE effects SET state = 'pending' WHERE enrollment_id = %s",
                     sent[0].enrollment_id)  # fmt: skip
    await desk.deliverer("outside", smtp_url=post.url).deliver()
    effect = await desk.effect(sent[0])
    assert (effect.state, effect.reason) == ("failed", reason)
    assert post.taken == []
    assert {change.details["reason"] for change in await desk.announced()} == {reason}


async def test_who_opts_out_while_others_are_being_sent_gets_nothing(
    desk: Desk, post: Post
) -> None:
    ada, bo = await desk.contacts("ada@x.test", "bo@x.test")
    first, second = await desk.queue([ada]), await desk.queue([bo])
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> str:
        begun.set()
        await go_on.wait()
        return "250 OK"

    post.on_data = lambda envelope: slowly()
    deliverer = desk.deliverer(smtp_url=post.url, smtp_connections=1)
    delivering = asyncio.create_task(deliverer.deliver())
    await begun.wait()
    remaining = {"ada@x.test": (bo, second), "bo@x.test": (ada, first)}
    being_sent = (await desk.query(
        "SELECT part FROM effects WHERE state = 'sending' ORDER BY part"))  # fmt: skip
    assert [row.part for row in being_sent] == ["ada@x.test", "bo@x.test"]
    (session,) = post.sessions
    assert session.envelope is not None
    other, (key,) = remaining[session.envelope.rcpt_tos[0]]
    await desk.update(other, hs_email_optout="true")
    go_on.set()
    await delivering
    assert len(post.taken) == 1
    assert (await desk.effect(key)).reason == "opted_out"


async def test_who_left_the_kind_of_mail_that_it_is_does_not_get_it(desk: Desk) -> None:
    ada, bo = await desk.contacts("ada@x.test", "bo@x.test")
    async with desk.house.database.unit() as conn:
        patch = emails.Patch(desk.email.id, content={"subscription": "2"})
        email = emails.one(await emails.update(conn, [patch], NOW))
    keys = await desk.queue([ada, bo], revision=email.revision)
    await _say(desk, Said(ada, 2, "UNSUBSCRIBED"), Said(bo, 1, "UNSUBSCRIBED"))
    await desk.deliverer().deliver()
    effects = [await desk.effect(key) for key in keys]
    assert [effect.state for effect in effects] == ["failed", "done"]
    assert effects[0].reason == "unsubscribed"


async def test_mails_of_other_objects_go_to_whoever_has_the_address(desk: Desk) -> None:
    await desk.contacts("ada@x.test")
    await desk.contacts("bo@x.test", hs_email_optout="true")
    (deal,) = await desk.create("deals", {"dealname": "Big"})
    (ada,) = await desk.queue([deal], to="ada@x.test")
    (bo,) = await desk.queue([deal], to="bo@x.test")
    (nobody,) = await desk.queue([deal], to="nobody@x.test")
    await desk.deliverer().deliver()
    reasons = [(await desk.effect(key)).reason for key in (ada, bo, nobody)]
    assert reasons == [None, "opted_out", "address_changed"]


async def test_one_mail_that_cannot_be_made_does_not_hold_up_the_others(desk: Desk) -> None:
    people = await desk.contacts(*[f"p{n}@x.test" for n in range(5)])
    await desk.queue(people[:2])
    (huge,) = await desk.queue(people[2:3], tokens={"contact.firstname": "x" * 3_000_000})
    (wrong,) = await desk.queue(people[3:4], tokens="nonsense")
    (gone,) = await desk.queue(people[4:], revision=7)
    assert await desk.deliverer().deliver() == 5
    assert (await desk.effect(huge)).reason == "template_failed"
    assert (await desk.effect(wrong)).reason == "payload_invalid"
    assert (await desk.effect(gone)).reason == "email_gone"
    assert await desk.states() == {"done": 2, "failed": 3}


async def test_an_effect_that_was_erased_meanwhile_stays_away(desk: Desk, post: Post) -> None:
    await desk.queue(await desk.contacts("ada@x.test"))

    async def erased() -> str:
        await desk.query("DELETE FROM effects")
        return "250 OK"

    post.on_data = lambda envelope: erased()
    assert await desk.deliverer(smtp_url=post.url).deliver() == 1
    assert await desk.announced() == []


async def test_a_name_belongs_to_one_deliverer_at_a_time(desk: Desk) -> None:
    first, second = desk.deliverer("same"), desk.deliverer("same")
    await first.deliver()
    with pytest.raises(NameHeld):
        await second.deliver()
    await first.close()
    assert await second.deliver() == 0


async def test_a_deliverer_whose_session_is_cut_comes_back(desk: Desk) -> None:
    deliverer = desk.deliverer()
    await deliverer.deliver()
    await desk.cut_sessions()
    await desk.queue(await desk.contacts("ada@x.test"))
    assert await desk.until_idle(deliverer) == 1


@pytest.mark.parametrize(
    "smtp_url",
    ["", "post.test", "http://post.test", "smtp://", "smtp://a:b@", "smtp://x:port", "smtp://x/y"],
)
async def test_settings_that_make_no_sense_are_refused_at_once(desk: Desk, smtp_url: str) -> None:
    with pytest.raises(MailServerInvalid):
        desk.deliverer(smtp_url=smtp_url)


async def test_a_sender_that_is_no_address_is_refused_at_once(desk: Desk) -> None:
    with pytest.raises(SenderInvalid):
        desk.deliverer(mail_from="Penny")
