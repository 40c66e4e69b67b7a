"""Stories of mail: from a workflow's step to what a person gets, and back into the history."""

from collections.abc import AsyncIterator

import pytest

from penstock.delivery import effects
from penstock.delivery.base import Effect, Outcome
from penstock.delivery.deliverer import Deliverer
from penstock.delivery.settling import settle
from penstock.engine import history
from penstock.kernel.settings import Settings
from penstock.records import merging, store
from penstock.records.associations import NewEdge
from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, property_is, set_property, step, to, when

LEADS = when(all_of(any_of("lifecyclestage", "lead")))


@pytest.fixture
async def deliverer(story: Story) -> AsyncIterator[Deliverer]:
    deliverer = Deliverer(story.house.database, story.clock, Settings(), "story")
    yield deliverer
    await deliverer.close()


async def test_a_lead_gets_its_mail_and_the_history_says_so(
    story: Story, deliverer: Deliverer
) -> None:
    mail = await story.email(
        subject="Welcome {{ contact.firstname }}",
        html="<p>Hi {{ personalization_token('contact.firstname', 'there') }} of"
        " {{ company.name|default('no company') }}</p>",
    )
    workflow = await story.workflow(LEADS, [step("1", "0-4", {"content_id": mail})])
    await story.turn_on(workflow)
    ada = await story.contact(email="ada@x.test", firstname="Ada <3", lifecyclestage="lead")
    await story.rest()
    assert await deliverer.deliver() == 1
    await story.rest()
    (sent,) = await story.query("SELECT * FROM outbox")
    assert (sent.recipient, sent.subject) == ("ada@x.test", "Welcome Ada <3")
    assert "<p>Hi Ada &lt;3 of no company</p>" in sent.html
    assert "delivered" in await story.kinds(workflow, ada)


async def test_who_opted_out_meanwhile_gets_nothing_and_the_history_says_why(
    story: Story, deliverer: Deliverer
) -> None:
    mail = await story.email(subject="Welcome", text="Hi")
    workflow = await story.workflow(LEADS, [step("1", "0-4", {"content_id": mail})])
    await story.turn_on(workflow)
    ada = await story.contact(email="ada@x.test", lifecyclestage="lead")
    await story.rest()
    await story.update("contacts", ada, hs_email_optout="true")
    assert await deliverer.deliver() == 1
    await story.rest()
    assert await story.query("SELECT * FROM outbox") == []
    assert "undelivered" in await story.kinds(workflow, ada)
    async with story.house.database.unit() as conn:
        lines = [str(entry.text()) for entry in await history.of_record(conn, ada)]
    assert "E-mail to ada@x.test was not sent: the recipient wants no mail" in lines


async def test_a_deals_contacts_get_its_mail(story: Story, deliverer: Deliverer) -> None:
    mail = await story.email(
        subject="{{ deal.dealname }}", text="Hi {{ contact.firstname }}, {{ deal.amount }} is due"
    )
    workflow = await story.workflow(
        when(all_of(property_is("dealname", "ALL_PROPERTY", "IS_KNOWN"))),
        [step("1", "0-4", {"content_id": mail})],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
    )
    await story.turn_on(workflow)
    ada = await story.contact(email="ada@x.test", firstname="Ada")
    bo = await story.contact(email="bo@x.test", firstname="Bo")
    await story.contact(email="cleo@x.test", firstname="Cleo")
    schema = await story.house.schema()
    draft = store.Draft(
        {"dealname": "Big", "amount": "100"}, edges=[NewEdge(ada, (3,)), NewEdge(bo, (3,))]
    )
    async with story.house.database.unit() as conn:
        store.one(await store.create(conn, schema, schema.type("deals"), [draft], story.write))
    await story.rest()
    assert await deliverer.deliver() == 2
    sent = await story.query("SELECT recipient, subject, text FROM outbox ORDER BY recipient")
    assert [tuple(mail) for mail in sent] == [
        ("ada@x.test", "Big", "Hi Ada, 100 is due"),
        ("bo@x.test", "Big", "Hi Bo, 100 is due"),
    ]
    async with story.house.database.unit() as conn:
        await merging.erase(conn, schema, schema.type("contacts"), ada, story.write)
    await story.rest()
    for table, column in (("outbox", "recipient"), ("effects", "part")):
        rows = await story.query(f"SELECT {column} AS address FROM {table}")
        assert [row.address for row in rows] == ["bo@x.test"], table
    told = await story.query("SELECT detail::text AS said FROM journal WHERE detail IS NOT NULL")
    assert [row.said for row in told if "ada@x.test" in row.said] == []


async def test_who_holds_for_mail_to_a_person_who_is_erased_goes_on(story: Story) -> None:
    mail = await story.email(subject="Big", text="Hi")
    workflow = await story.workflow(
        when(all_of(property_is("dealname", "ALL_PROPERTY", "IS_KNOWN"))),
        [
            step("1", "0-4", {"content_id": mail}, connection=to("2"), errorConnection=to("2")),
            set_property("2", "description", "Told", connection=None),
        ],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
    )
    await story.turn_on(workflow)
    ada = await story.contact(email="ada@x.test")
    schema = await story.house.schema()
    draft = store.Draft({"dealname": "Big"}, edges=[NewEdge(ada, (3,))])
    async with story.house.database.unit() as conn:
        deals = schema.type("deals")
        deal = store.one(await store.create(conn, schema, deals, [draft], story.write)).id
    await story.rest()
    assert await story.counts(workflow) == {"enrolled": 1, "active": 1}
    async with story.house.database.unit() as conn:
        await merging.erase(conn, schema, schema.type("contacts"), ada, story.write)
    await story.rest()
    assert (await story.kinds(workflow, deal))[-1] == "finished"
    assert await story.verify() == []


async def test_what_was_uncertain_and_is_decided_later_is_told_twice(story: Story) -> None:
    mail = await story.email(subject="Welcome", text="Hi")
    workflow = await story.workflow(LEADS, [step("1", "0-4", {"content_id": mail})])
    await story.turn_on(workflow)
    ada = await story.contact(email="ada@x.test", lifecyclestage="lead")
    await story.rest()
    async with story.house.database.unit() as conn:
        (queued,) = await effects.page(conn, "pending")
        effect = Effect(queued.key, "mail", {}, workflow.id, ada, 1)
        outcome = Outcome("uncertain", "no_answer")
        await settle(conn, [(effect, outcome)], story.now, worker=None)
    await story.rest()
    await story.pass_time(hours=1)
    async with story.house.database.unit() as conn:
        await effects.count_as_sent(conn, queued.key, story.now)
    await story.rest()
    told = await story.told(workflow, ada)
    assert [said for said in told if "ada@x.test" in said] == [
        "It is uncertain whether the e-mail to ada@x.test was sent",
        "Somebody decided that what went to ada@x.test was sent",
    ]
    assert await story.verify() == []


async def test_what_a_mail_cannot_say_of_its_readers_is_worth_knowing(story: Story) -> None:
    mail = await story.email(
        subject="Hello {{ contact.firstnam }}",
        html="<p>{{ kontakt.city }} {{ contact.city }} {{ company.name }}</p>",
    )
    flow = await story.workflow(LEADS, [step("1", "0-4", {"content_id": mail})])
    async with story.house.database.unit() as conn:
        checked = await workflows.review(conn, await story.house.schemas.current(conn), flow)
    assert checked.problems == ()
    misspelt, unknown = checked.warnings
    assert misspelt.where == unknown.where == "$.actions[0].fields.content_id"
    assert str(misspelt.text) == (
        '"contact.firstnam" in the e-mail says nothing: there is no property "firstnam" of Contacts'
    )
    assert str(unknown.text) == (
        '"kontakt.city" in the e-mail says nothing: "kontakt" is nothing that a token can speak of'
    )
