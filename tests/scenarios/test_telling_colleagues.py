"""People of the team are told: by internal mail, in the app; and mail goes to fixed addresses."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from penstock.delivery.deliverer import Deliverer
from penstock.engine import notifying
from penstock.kernel.settings import Settings
from penstock.records import merging, owners, teams
from penstock.records.owners import Owner, OwnerDraft
from tests.story import Story, all_of, any_of, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


@pytest.fixture
async def deliverer(story: Story) -> AsyncIterator[Deliverer]:
    deliverer = Deliverer(story.house.database, story.clock, Settings(), "story")
    yield deliverer
    await deliverer.close()


async def delivered(story: Story, deliverer: Deliverer) -> list[Any]:
    while await deliverer.deliver():
        pass
    await story.rest()
    return await story.query("SELECT * FROM outbox ORDER BY recipient")


async def some_owners(story: Story, *names: str) -> list[Owner]:
    drafts = [OwnerDraft(f"{name}@penstock.example", name) for name in names]
    async with story.house.database.unit() as conn:
        made = await owners.create(conn, drafts, story.write)
    return [owner for owner in made if isinstance(owner, Owner)]


async def test_users_teams_and_owners_get_one_internal_mail_each(
    story: Story, deliverer: Deliverer
) -> None:
    ann, ben, cid = await some_owners(story, "ann", "ben", "cid")
    async with story.house.database.unit() as conn:
        team = await teams.create_one(conn, "Sales", story.now, members=[ann.id, ben.id])
    fields = {
        "user_ids": [str(ann.user_id)],
        "team_ids": [str(team.id)],
        "owner_properties": ["hubspot_owner_id"],
        "subject": "New lead: {{ enrolled_object.firstname }}",
        "body": "<p>From {{ enrolled_object.city }}</p>",
    }
    flow = await story.workflow(when(LEADS), [step("1", "0-8", fields)])
    await story.turn_on(flow)
    ada = await story.contact(
        lifecyclestage="lead",
        firstname="Ada",
        city="A<b>",
        hubspot_owner_id=str(cid.id),
        hs_email_optout="true",
    )
    await story.rest()
    mails = await delivered(story, deliverer)
    assert [mail.recipient for mail in mails] == [
        "ann@penstock.example", "ben@penstock.example", "cid@penstock.example",
    ]  # fmt: skip
    assert {mail.subject for mail in mails} == {"New lead: Ada"}
    assert "From A&lt;b&gt;" in mails[0].html
    assert mails[0].email_id is None
    assert (await story.kinds(flow, ada)).count("delivered") == 3
    # It is no marketing e-mail, so the contact has got none.
    assert await story.query("SELECT * FROM events WHERE type = '4-667638'") == []
    assert await story.verify() == []


async def test_who_has_left_the_team_by_then_gets_no_mail(
    story: Story, deliverer: Deliverer
) -> None:
    (ann,) = await some_owners(story, "ann")
    fields = {"user_ids": [str(ann.user_id)], "subject": "New lead", "body": "Look"}
    flow = await story.workflow(when(LEADS), [step("1", "0-8", fields)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    async with story.house.database.unit() as conn:
        await owners.archive(conn, [ann.id], story.write)
    assert await delivered(story, deliverer) == []
    assert (await story.kinds(flow, ada)).count("undelivered") == 1


async def test_without_anybody_the_step_fails_and_the_record_goes_on(story: Story) -> None:
    fields = {"owner_properties": ["hubspot_owner_id"], "subject": "New", "body": "Look"}
    flow = await story.workflow(when(LEADS), [step("1", "0-8", fields), step("2", "0-9", fields)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.told(flow, ada) == [
        "Enrolled",
        "Failed: there is nobody to tell",
        "Failed: there is nobody to tell",
        "Finished the workflow",
    ]


async def test_a_notification_is_there_for_each_user_until_it_is_read(story: Story) -> None:
    ann, ben = await some_owners(story, "ann", "ben")
    fields = {
        "user_ids": [str(ann.user_id), str(ben.user_id)],
        "delivery_method": "APP",
        "subject": "New lead: {{ enrolled_object.firstname }}",
        "body": "From {{ enrolled_object.city }}",
    }
    flow = await story.workflow(when(LEADS), [step("1", "0-9", fields)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", firstname="Ada", city="Lund")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
    async with story.house.database.unit() as conn:
        (told,) = await notifying.page(conn, user=ann.user_id)
        assert (told.subject, told.body, told.record_id) == ("New lead: Ada", "From Lund", ada)
        assert await notifying.mark_read(conn, [told.id, 99], story.now) == [told.id]
        assert await notifying.page(conn, user=ann.user_id, unread=True) == []
        assert len(await notifying.page(conn, unread=True)) == 1
    assert await story.verify() == []


async def test_nothing_is_told_any_more_of_a_person_who_was_erased(
    story: Story, deliverer: Deliverer
) -> None:
    (ann,) = await some_owners(story, "ann")
    fields = {"user_ids": [str(ann.user_id)], "subject": "{{ contact.firstname }}", "body": "Look"}
    flow = await story.workflow(when(LEADS), [step("1", "0-8", fields), step("2", "0-9", fields)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", firstname="Ada")
    await story.rest()
    assert len(await delivered(story, deliverer)) == 1
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await merging.erase(conn, schema, schema.types["0-1"], ada, story.write)
    await story.rest()
    for table in ("outbox", "notifications", "effects"):
        assert await story.query(f"SELECT * FROM {table}") == []


async def test_a_marketing_mail_goes_to_fixed_addresses_that_want_it(
    story: Story, deliverer: Deliverer
) -> None:
    mail = await story.email(subject="About {{ contact.firstname }}", html="<p>Look</p>")
    await story.contact(email="no@example.test", hs_email_optout="true")
    recipients = ["Boss@example.test", "no@example.test", "boss@example.test"]
    fields = {"email_content_id": mail, "recipient_emails": recipients}
    flow = await story.workflow(when(LEADS), [step("1", "0-23", fields)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", firstname="Ada")
    await story.rest()
    (sent,) = await delivered(story, deliverer)
    assert (sent.recipient, sent.subject) == ("boss@example.test", "About Ada")
    assert str(sent.email_id) == mail
    kinds = await story.kinds(flow, ada)
    assert (kinds.count("delivered"), kinds.count("undelivered")) == (1, 1)
    assert await story.query("SELECT * FROM events WHERE type = '4-667638'") == []
