"""What a mail server says decides what became of a mail."""

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from penstock.delivery.smtp import MailServer
from penstock.emails.model import Content
from penstock.kernel.settings import Settings
from tests.conftest import NOW, House
from tests.delivery.desk import CONTENT, Desk, Post, open_desk, open_post


async def test_a_mail_is_handed_over_as_text_with_html_beside_it(house: House, post: Post) -> None:
    content = Content(
        subject="Grüße an {{ contact.firstname }}",
        html="<p>Hej {{ contact.firstname }} & " + "så vidare " * 200 + "</p>",
        from_name="Pénny, Stock",
        from_address="penny@stock.test",
        reply_to="answers@stock.test",
    )
    async with open_desk(house, content) as desk:
        (key,) = await desk.queue(await desk.contacts("ada@x.test"))
        await desk.deliverer(smtp_url=post.url).deliver()
    (envelope,) = post.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("penny@stock.test", ["ada@x.test"])
    assert isinstance(envelope.content, bytes)
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 78
    assert envelope.content.isascii()
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["From"].addresses[0].display_name == "Pénny, Stock"
    assert message["To"] == "ada@x.test"
    assert message["Reply-To"] == "answers@stock.test"
    assert message["Subject"] == "Grüße an ada"
    assert message["Message-ID"] == f"<{key.id}@stock.test>"
    assert message["Date"].datetime == NOW
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().startswith("Hej ada & så vidare")
    assert "<p>Hej ada & så vidare" in html.get_content()


async def test_a_mail_without_a_sender_of_its_own_comes_from_the_installation(
    house: House, post: Post
) -> None:
    async with open_desk(house, Content(subject="Hi", text="Hi")) as desk:
        await desk.queue(await desk.contacts("ada@x.test"))
        sender = {"mail_from": "Our House <house@stock.test>"}
        await desk.deliverer(smtp_url=post.url, **sender).deliver()
    message = message_from_bytes(post.taken[0].content, policy=policy.default)
    assert message["From"] == "Our House <house@stock.test>"
    assert message.get_content_type() == "text/plain"


async def test_a_mail_that_is_postponed_is_tried_again_after_growing_pauses(
    desk: Desk, post: Post
) -> None:
    answers = iter(["451 later", "452 full", "250 OK"])
    post.on_data = lambda envelope: next(answers)
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    deliverer = desk.deliverer(smtp_url=post.url)
    for attempt, minutes in enumerate((1, 2), start=1):
        assert await deliverer.deliver() == 1
        effect = await desk.effect(key)
        assert (effect.state, effect.attempts) == ("pending", attempt)
        assert effect.reason == "mail_postponed"
        assert effect.next_at - await desk.clock.now(None) == timedelta(minutes=minutes)
        assert await deliverer.deliver() == 0
        desk.clock.forward(minutes=minutes)
    assert effect.reply == "452 full"
    assert await deliverer.deliver() == 1
    effect = await desk.effect(key)
    assert (effect.state, effect.reason, effect.attempts) == ("done", None, 3)
    assert [change.details["state"] for change in await desk.announced()] == ["done"]
    ids = {message_from_bytes(taken.content)["Message-ID"] for taken in post.taken}
    assert ids == {f"<{key.id}@stock.test>"}


async def test_a_mail_that_is_refused_has_failed(desk: Desk, post: Post) -> None:
    post.on_rcpt = lambda address: "550 no such user" if "bo" in address else "250 OK"
    post.on_data = lambda envelope: "554 spam" if "cleo@x.test" in envelope.rcpt_tos else "250 OK"
    keys = await desk.queue(await desk.contacts("ada@x.test", "bo@x.test", "cleo@x.test"))
    await desk.deliverer(smtp_url=post.url, smtp_connections=1).deliver()
    outcomes = [await desk.effect(key) for key in keys]
    assert [(effect.state, effect.reason, effect.reply) for effect in outcomes] == [
        ("done", None, None),
        ("failed", "mail_refused", "550 no such user"),
        ("failed", "mail_refused", "554 spam"),
    ]
    assert post.connections == 1
    assert sorted(change.details["state"] for change in await desk.announced()) == [
        "done", "failed", "failed",
    ]  # fmt: skip


async def test_a_recipient_that_is_postponed_is_tried_again(desk: Desk, post: Post) -> None:
    post.on_rcpt = lambda address: "450 greylisted"
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    await desk.deliverer(smtp_url=post.url).deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("pending", "mail_postponed")
    assert effect.reply == "450 greylisted"


async def test_a_server_that_is_not_there_postpones_everything(desk: Desk) -> None:
    async with open_post() as post:
        url = post.url
    people = await desk.contacts(*[f"p{n}@x.test" for n in range(30)])
    keys = await desk.queue(people)
    deliverer = desk.deliverer(smtp_url=url)
    assert await desk.until_idle(deliverer) == 30
    assert await desk.states() == {"pending": 30}
    effect = await desk.effect(keys[0])
    assert (effect.reason, effect.attempts) == ("mail_server_unreachable", 1)
    assert effect.next_at == NOW + timedelta(minutes=1)
    assert await desk.announced() == []


async def test_a_connection_that_breaks_before_the_message_postpones_it(
    desk: Desk, post: Post
) -> None:
    def cut(address: str) -> str:
        post.hang_up()
        return "250 OK"

    post.on_rcpt = cut
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    await desk.deliverer(smtp_url=post.url).deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("pending", "mail_server_unreachable")


async def test_a_connection_that_breaks_after_the_message_leaves_it_uncertain(
    desk: Desk, post: Post
) -> None:
    """The server has the message and says so into a dead line: nobody sends it a second time."""

    def take_and_cut(envelope) -> str:
        post.hang_up()
        return "250 OK"

    post.on_data = take_and_cut
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    deliverer = desk.deliverer(smtp_url=post.url)
    assert await deliverer.deliver() == 1
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("uncertain", "no_answer")
    (change,) = await desk.announced()
    assert change.details["state"] == "uncertain"
    desk.clock.forward(days=30)
    assert await deliverer.deliver() == 0
    assert len(post.taken) == 1


async def test_the_others_go_on_over_a_new_connection(desk: Desk, post: Post) -> None:
    def take(envelope) -> str:
        if len(post.taken) == 1:
            post.hang_up()
        return "250 OK"

    post.on_data = take
    await desk.queue(await desk.contacts(*[f"p{n}@x.test" for n in range(4)]))
    await desk.deliverer(smtp_url=post.url, smtp_connections=1).deliver()
    assert await desk.states() == {"done": 3, "uncertain": 1}
    assert post.connections == 2


async def test_a_server_that_never_takes_it_is_given_up_after_days(desk: Desk, post: Post) -> None:
    post.on_data = lambda envelope: "451 later"
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    deliverer = desk.deliverer(smtp_url=post.url)
    began = await desk.clock.now(None)
    while await deliverer.deliver():
        desk.clock.forward(hours=1)
    effect = await desk.effect(key)
    assert (effect.state, effect.reason, effect.reply) == ("failed", "gave_up", "451 later")
    assert await desk.clock.now(None) - began > timedelta(days=4)


async def test_a_closing_deliverer_finishes_its_mail_and_puts_back_the_rest(
    desk: Desk, post: Post
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> str:
        begun.set()
        await go_on.wait()
        return "250 OK"

    post.on_data = lambda envelope: slowly()
    await desk.queue(await desk.contacts(*[f"p{n}@x.test" for n in range(5)]))
    deliverer = desk.deliverer(smtp_url=post.url, smtp_connections=1)
    delivering = asyncio.create_task(deliverer.deliver())
    await begun.wait()
    closing = asyncio.create_task(deliverer.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing
    await delivering
    assert await desk.states() == {"done": 1, "pending": 4}
    assert await deliverer.deliver() == 0
    rows = await desk.query("SELECT attempts, worker FROM effects WHERE state = 'pending'")
    assert {(row.attempts, row.worker) for row in rows} == {(0, None)}


async def test_a_cancelled_deliverer_puts_back_what_it_had_not_begun(
    desk: Desk, post: Post
) -> None:
    begun = asyncio.Event()

    async def never() -> str:
        begun.set()
        await asyncio.Event().wait()
        return "250 OK"

    post.on_data = lambda envelope: never()
    await desk.queue(await desk.contacts(*[f"p{n}@x.test" for n in range(5)]))
    deliverer = desk.deliverer(smtp_url=post.url, smtp_connections=1)
    delivering = asyncio.create_task(deliverer.deliver())
    await begun.wait()
    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    assert await desk.states() == {"pending": 4, "sending": 1}
    post.on_data = None
    assert await desk.until_idle(deliverer) == 5
    assert await desk.states() == {"done": 4, "uncertain": 1}


async def test_it_logs_in_where_a_password_is_set(desk: Desk) -> None:
    def known(server, session, envelope, mechanism, data) -> AuthResult:
        given = isinstance(data, LoginPassword) and (data.login, data.password)
        return AuthResult(success=given == (b"ad@a", b"p:ss/word"), handled=False)

    async with open_post(auth_require_tls=False, authenticator=known) as post:
        await desk.queue(await desk.contacts("ada@x.test", "bo@x.test"))
        wrong = f"smtp://ad%40a:wrong@127.0.0.1:{post.port}"
        await desk.deliverer("wrong", smtp_url=wrong).deliver()
        assert await desk.states() == {"pending": 2}
        desk.clock.forward(minutes=1)
        right = f"smtp://ad%40a:p%3Ass%2Fword@127.0.0.1:{post.port}"
        await desk.deliverer("right", smtp_url=right).deliver()
        assert await desk.states() == {"done": 2}
        assert [session.session.authenticated for session in post.sessions] == [
            None, None, True, True,
        ]  # fmt: skip


async def test_a_password_is_not_sent_in_the_open(desk: Desk, post: Post) -> None:
    (key,) = await desk.queue(await desk.contacts("ada@x.test"))
    # The loopback address as one number, which nobody takes for this machine by its looks.
    far = f"smtp://ada:secret@2130706433:{post.port}"
    await desk.deliverer(smtp_url=far).deliver()
    effect = await desk.effect(key)
    assert (effect.state, effect.reason) == ("pending", "mail_server_unreachable")
    assert "TLS" in effect.reply
    assert post.connections == 1
    assert all(session.session.login_data is None for session in post.sessions)


async def test_an_address_that_the_server_cannot_take_fails_alone(house: House, post: Post) -> None:
    async with open_desk(house, CONTENT) as desk:
        keys = await desk.queue(await desk.contacts("ada@bücher.test", "ädä@x.test"))
        await desk.deliverer(smtp_url=post.url).deliver()
        effects = [await desk.effect(key) for key in keys]
    assert [effect.reason for effect in effects] == [None, "address_unsupported"]
    assert post.recipients() == ["ada@xn--bcher-kva.test"]


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtp://post.test", ("post.test", 25, False, None, None)),
        ("smtp://a:b@post.test", ("post.test", 587, False, "a", "b")),
        ("smtps://a%40x:b%3A@post.test", ("post.test", 465, True, "a@x", "b:")),
        ("smtp://post.test:1025/", ("post.test", 1025, False, None, None)),
        ("smtp://[::1]:25", ("::1", 25, False, None, None)),
    ],
)
def test_the_address_of_a_server_says_all(address: str, server: tuple) -> None:
    made = MailServer.of(Settings(smtp_url=address))
    assert (made.host, made.port, made.tls, made.user, made.password) == server
    assert "b:" not in repr(made)
