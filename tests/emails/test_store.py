"""Mails are kept in revisions that never change."""

import asyncio

import pytest

from penstock.emails import store
from penstock.emails.errors import ContentInvalid, EmailNotFound
from penstock.emails.model import Content, Email
from penstock.kernel.db import Connection
from tests.conftest import NOW, House

SOUND = Content(subject="Hi", html="<p>Hi {{ contact.firstname }}</p>")


async def create(conn: Connection, *contents: Content) -> list[Email]:
    drafts = [store.Draft(f"Mail {n}", content) for n, content in enumerate(contents)]
    return [store.one([outcome]) for outcome in await store.create(conn, drafts, NOW)]


async def test_a_mail_is_kept_as_it_was_given(house: House) -> None:
    content = Content("Subject", "Preview", "<p>", "Text", "Ada", "ada@x.test", "re@x.test")
    async with house.database.unit() as conn:
        (made,) = await create(conn, content)
        assert await store.read(conn, [made.id]) == {made.id: made}
    assert (made.state, made.revision, made.content) == ("DRAFT", 1, content)


async def test_a_mail_that_is_wrong_does_not_keep_the_others_from_being_made(house: House) -> None:
    drafts = [
        store.Draft("Good", SOUND),
        store.Draft(" ", Content(subject="\0", from_address="no address", from_name="a\nBcc: b")),
        store.Draft("Long", Content(html="x" * 300_000)),
        store.Draft("Half", Content(html="{{ nonsense")),
    ]
    async with house.database.unit() as conn:
        good, bad, long, half = await store.create(conn, drafts, NOW)
    assert isinstance(good, Email)
    assert isinstance(bad, ContentInvalid)
    assert [p.where for p in bad.problems] == ["name", "subject", "from_name", "from_address"]
    assert isinstance(long, ContentInvalid)
    assert isinstance(half, Email)


async def test_a_change_of_content_is_a_new_revision_and_the_old_one_stays(house: House) -> None:
    async with house.database.unit() as conn:
        (mail,) = await create(conn, SOUND)
        patch = store.Patch(mail.id, content={"subject": "Hello"})
        changed = store.one(await store.update(conn, [patch], NOW))
        assert (changed.revision, changed.content.subject) == (2, "Hello")
        said = await store.contents(conn, [(mail.id, 1), (mail.id, 2), (mail.id, 3)])
    assert {key: content.subject for key, content in said.items()} == {
        (mail.id, 1): "Hi",
        (mail.id, 2): "Hello",
    }


async def test_the_same_content_again_is_no_new_revision(house: House) -> None:
    async with house.database.unit() as conn:
        (mail,) = await create(conn, SOUND)
        patch = store.Patch(mail.id, name="Other", content={"subject": "Hi"})
        assert store.one(await store.update(conn, [patch], NOW)).revision == 1
        assert (await store.read(conn, [mail.id]))[mail.id].name == "Other"


async def test_several_changes_of_one_mail_are_one_revision(house: House) -> None:
    async with house.database.unit() as conn:
        (mail,) = await create(conn, SOUND)
        patches = [
            store.Patch(mail.id, content={"subject": "Hello"}),
            store.Patch(mail.id, content={"text": "Hi"}),
        ]
        await store.update(conn, patches, NOW)
        kept = (await store.read(conn, [mail.id]))[mail.id]
    assert (kept.revision, kept.content.subject, kept.content.text) == (2, "Hello", "Hi")


async def test_only_what_can_be_sent_is_published_and_stays_so(house: House) -> None:
    async with house.database.unit() as conn:
        sound, broken = await create(conn, SOUND, Content(subject="Hi", html="{{ x }}"))
        ready, refused, missing = await store.publish(conn, [sound.id, broken.id, 1], NOW)
        assert isinstance(ready, Email)
        assert ready.state == "PUBLISHED"
        assert isinstance(refused, ContentInvalid)
        assert refused.problems[0].where == "html"
        assert isinstance(missing, EmailNotFound)
        patch = store.Patch(sound.id, content={"subject": "{% for x in y %}"})
        (outcome,) = await store.update(conn, [patch], NOW)
        assert isinstance(outcome, ContentInvalid)
        assert await store.live_ids(conn) == {sound.id}
        assert await store.published(conn, str(sound.id)) == ready
        (draft,) = await store.unpublish(conn, [sound.id], NOW)
        assert isinstance(draft, Email)
        assert draft.state == "DRAFT"
        assert await store.published(conn, str(sound.id)) is None


@pytest.mark.parametrize("id", ["", "x", "-1", "٣", "1" * 30, "12"])
async def test_an_id_that_no_mail_has_finds_nothing(house: House, id: str) -> None:
    async with house.database.unit() as conn:
        assert await store.published(conn, id) is None


async def test_an_archived_mail_is_gone_but_its_revisions_are_kept(house: House) -> None:
    async with house.database.unit() as conn:
        (mail,) = await create(conn, SOUND)
        await store.publish(conn, [mail.id], NOW)
        archived, missing = await store.archive(conn, [mail.id, 1], NOW)
        assert isinstance(archived, Email)
        assert isinstance(missing, EmailNotFound)
        assert await store.read(conn, [mail.id]) == {}
        assert await store.read(conn, [mail.id], archived=True) == {mail.id: archived}
        assert await store.live_ids(conn) == frozenset()
        assert (mail.id, 1) in await store.contents(conn, [(mail.id, 1)])
        (again,) = await store.archive(conn, [mail.id], NOW)
        assert isinstance(again, EmailNotFound)


async def test_mails_are_listed_page_by_page(house: House) -> None:
    async with house.database.unit() as conn:
        mails = await create(conn, *[Content(subject=f"About {n}") for n in range(5)])
        await store.archive(conn, [mails[0].id], NOW)
        first = await store.page(conn, store.Search(), limit=3)
        second = await store.page(conn, store.Search(), after=first[-1].id, limit=3)
        assert [mail.id for mail in first + second] == sorted(mail.id for mail in mails[1:])
        assert await store.count(conn, store.Search()) == 4
        assert await store.count(conn, store.Search(archived=True)) == 1
        assert await store.count(conn, store.Search(state="PUBLISHED")) == 0
        (found,) = await store.page(conn, store.Search(words="ABOUT 3"))
        assert found.content.subject == "About 3"
        (found,) = await store.page(conn, store.Search(words="mail 2"))
        assert found.name == "Mail 2"


async def test_two_changes_at_once_are_two_revisions(house: House) -> None:
    async with house.database.unit() as conn:
        (mail,) = await create(conn, SOUND)

    async def change(field: str) -> None:
        async with house.database.unit() as conn:
            store.one(await store.update(conn, [store.Patch(mail.id, content={field: "x"})], NOW))

    await asyncio.gather(change("text"), change("preview_text"))
    async with house.database.unit() as conn:
        kept = (await store.read(conn, [mail.id]))[mail.id]
    assert (kept.revision, kept.content.text, kept.content.preview_text) == (3, "x", "x")
