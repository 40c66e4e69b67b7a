"""A turn writes rows of its one bucket alone, and says so in every statement that writes."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from penstock.lists import members
from penstock.lists import store as lists
from penstock.lists.model import Draft
from penstock.records import merging, owners, store
from penstock.records.owners import Owner, OwnerDraft
from tests.engine.listening import Ear, Sent, ear
from tests.story import (
    Story,
    all_of,
    any_of,
    associated,
    both,
    branch,
    delay,
    equals,
    property_is,
    set_property,
    step,
    when,
)

LEADS = all_of(any_of("lifecyclestage", "lead"))
OSLO = all_of(equals("city", "Oslo"))
LUND = all_of(equals("city", "Lund"))
VISITED = {
    "filterBranchType": "UNIFIED_EVENTS",
    "filterBranchOperator": "AND",
    "eventTypeId": "4-96000",
    "operator": "HAS_COMPLETED",
    "filterBranches": [],
    "filters": [],
}

GUARD = """
CREATE FUNCTION own_bucket() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text := current_setting('test.bucket', true);
BEGIN
    IF coalesce(own, '') = '' THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.bucket <> own::integer THEN
        RAISE EXCEPTION '% of % in bucket % by a turn of %', TG_OP, TG_TABLE_NAME, OLD.bucket, own;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.bucket <> own::integer
        AND NOT (TG_OP = 'INSERT' AND TG_TABLE_NAME = 'changes') THEN
        RAISE EXCEPTION '% of % in bucket % by a turn of %', TG_OP, TG_TABLE_NAME, NEW.bucket, own;
    END IF;
    RETURN NULL;
END $$
"""

BUCKETED = """
SELECT c.relname AS name FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'bucket'
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
ORDER BY 1
"""

COMPANY = {
    "target": {"associationTypeId": 192},
    "value": {"type": "COPY_ASSOCIATION", "sourceSpec": {"associationTypeId": 279}},
}

WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?!changes \(bucket)(\w+)")
"""What is written by a statement, but for requests to other buckets: new rows of `changes`."""


@pytest.fixture
async def guarded(story: Story) -> AsyncIterator[Ear]:
    """Every row that a turn writes is looked at."""
    async with story.house.database.unit() as conn:
        await conn.execute(GUARD)
        cursor = await conn.execute(BUCKETED)
        tables = [row.name for row in await cursor.fetchall()]
        for table in tables:
            await conn.execute(
                f"CREATE TRIGGER guard AFTER INSERT OR UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION own_bucket()"
            )
    assert {"records", "associations", "enrollments", "effects", "changes", "waits"} <= set(tables)
    async with ear(story) as listening:
        yield listening


def of_firms(name: str, value: str) -> dict[str, Any]:
    """A property of the companies that are associated."""
    association = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    return {
        "property_name": name,
        "value": {"type": "STATIC_VALUE", "staticValue": value},
        "association": association,
    }


async def rest(guarded: Ear) -> list[Sent]:
    """Turn all buckets until nothing is left to do; what was sent."""
    story, sent = guarded.story, []
    for _ in range(60):
        busy = await story.query(
            "SELECT bucket FROM changes UNION SELECT bucket FROM timers WHERE due_at <= %s"
            " UNION SELECT bucket FROM matches WHERE recheck_at <= %s ORDER BY bucket",
            story.now,
            story.now,
        )
        if not busy:
            return sent
        for row in busy:
            sent += await guarded.turn(row.bucket)
    raise AssertionError("the engine does not come to rest")


def further(mail: str, list_id: int, owner: Owner) -> list[dict[str, Any]]:
    """Steps that do what else steps can do."""
    told = {"user_ids": [str(owner.user_id)], "subject": "Look", "body": "Here"}
    company = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    same = {
        "toObjectType": "0-2",
        "enrolledObjectPropertyNameToMatch": "city",
        "associatedObjectPropertyNameToMatch": "city",
    }
    moved = {"source_property": "city", "target_property": "jobtitle"}
    made = {"targetProperty": "firstname", "value": "Twin"}
    return [
        step("1", "0-63809083", {"listId": str(list_id)}),
        step("2", "0-63863438", {"listId": str(list_id)}),
        step(
            "3", "0-11", {"user_ids": [str(owner.user_id)], "target_property": "hubspot_owner_id"}
        ),
        step("4", "0-43347357", {"optState": "OPT_OUT", "subscriptionId": "1"}),
        step("5", "0-169425243", {"note_body": "Noted"}),
        step("6", "0-14", {"object_type_id": "0-1", "properties": [made]}),
        step("7", "0-9", told),
        step("8", "0-8", told),
        step("9", "0-23", {"email_content_id": mail, "recipient_emails": ["boss@example.test"]}),
        step("10", "0-25", moved),
        step("11", "0-25", {**moved, "target_property": "state", "target_association": company}),
        step("12", "0-63189541", same),
        step("13", "0-61139484", {"associationTypeId": "1"}),
        step("14", "0-61139476", {"associationTypeId": "279"}),
        step("15", "penstock-clear-property", {"property_name": "jobtitle"}),
        step("16", "penstock-unenroll", {"which": "OTHERS"}),
        step("17", "0-18224765", {}),
    ]


async def prepare(story: Story) -> int:
    """Workflows that do all there is to do; returns a list's id."""
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        (owner,) = await owners.create(conn, [OwnerDraft("ann@penstock.example")], story.write)
        assert isinstance(owner, Owner)
        guests = await lists.create(
            conn, schema, Draft("Guests", "0-1", "DYNAMIC", OSLO), "story", story.now
        )
        by_hand = await lists.create(
            conn, schema, Draft("By hand", "0-1", "MANUAL", None), "story", story.now
        )
    await story.rest()
    mail = await story.email(subject="Hello", html="<p>{{ contact.firstname }}</p>")
    inside = {"filterType": "IN_LIST", "operator": "IN_LIST", "listId": str(guests.id)}
    old = property_is("createdate", "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", numberOfDays=2)
    chained = await story.workflow(None, [set_property("1", "state", "Viken")])
    flows = [
        chained,
        await story.workflow(
            when(LEADS, shouldReEnroll=True),
            [
                set_property("1", "hs_lead_status", "NEW"),
                step("2", "0-3", {"subject": "Call {{ contact.firstname }}"}),
                step("3", "0-4", {"content_id": mail}),
                step("4", "0-15", {"flow_id": str(chained.id)}),
                delay("5", 10),
                branch("6", ("Oslo", OSLO, "7")),
                set_property("7", "num_notes", {"type": "INCREMENT", "incrementAmount": "1"}),
                set_property("8", "lifecyclestage", "customer"),
                set_property("9", "hs_lead_status", "OPEN"),
            ],
            goalFilterBranch=all_of(any_of("lifecyclestage", "customer")),
            suppressionFilterBranch=all_of(equals("city", "Rome")),
        ),
        await story.workflow(
            when(both(associated("0-2", 279, equals("city", "Oslo")))),
            [
                step("1", "0-3", {"subject": "Near", "associations": [COMPANY]}),
                step("2", "0-5", of_firms("state", "Viken")),
                delay("3", 1),
            ],
        ),
        await story.workflow(when(LUND), further(mail, by_hand.id, owner)),
        await story.workflow(when(all_of(inside)), [set_property("1", "country", "Norway")]),
        await story.workflow(when(all_of(old)), [set_property("1", "jobtitle", "Regular")]),
        await story.workflow(
            {"type": "EVENT_BASED", "shouldReEnroll": True, "eventFilterBranches": [VISITED],
             "listMembershipFilterBranches": []},
            [step("1", "0-3", {"subject": "Seen"})],
        ),
    ]  # fmt: skip
    for flow in flows:
        await story.turn_on(flow)
    return by_hand.id


async def live_through(guarded: Ear, by_hand: int) -> list[Sent]:
    """Whatever happens to records happens; what the turns sent."""
    story, sent = guarded.story, []
    schema = await story.house.schema()
    contacts = schema.type("contacts")
    people = await story.create(
        "contacts",
        *(
            {"email": f"p{n}@example.test", "firstname": f"P{n}", "lifecyclestage": "lead",
             "city": ("Oslo", "Rome", "Lund")[n % 3]}
            for n in range(24)
        ),
    )  # fmt: skip
    firms = await story.create("companies", {"city": "Oslo"}, {"city": "Lund"})
    for number, person in enumerate(people):
        await story.associate(person, firms[number % 2], 279)
    sent += await rest(guarded)
    await story.update("companies", firms[1], city="Oslo")
    await story.happen("4-96000", people[0])
    await story.update("contacts", people[1], city="Oslo")
    await story.dissociate(people[2], firms[0], 279)
    async with story.house.database.unit() as conn:
        await members.add(conn, by_hand, people[:5], story.write)
        await merging.merge(conn, schema, contacts, people[3], people[6], story.write)
    sent += await rest(guarded)
    story.clock.forward(minutes=11)
    sent += await rest(guarded)
    await story.archive("contacts", people[9])
    await story.archive("companies", firms[0])
    async with story.house.database.unit() as conn:
        await merging.erase(conn, schema, contacts, people[12], story.write)
    sent += await rest(guarded)
    async with story.house.database.unit() as conn:
        await store.restore(conn, contacts, people[9], story.write)
    sent += await rest(guarded)
    story.clock.forward(days=4)
    return sent + await rest(guarded)


async def test_the_guard_sees_what_it_should(story: Story, guarded: Ear) -> None:
    ada = await story.contact()
    with pytest.raises(Exception, match="by a turn of"):
        await story.query(
            "WITH turn AS MATERIALIZED (SELECT set_config('test.bucket', %s, true))"
            " UPDATE records SET updated_at = now() FROM turn WHERE id = %s RETURNING 1",
            str((ada + 1) & 63),
            ada,
        )


async def test_no_row_of_another_bucket_is_written_and_every_statement_names_its_own(
    story: Story, guarded: Ear
) -> None:
    by_hand = await prepare(story)
    sent = await live_through(guarded, by_hand)
    kinds = {row.kind for row in await story.query("SELECT DISTINCT kind FROM journal")}
    assert kinds >= {
        "enrolled", "succeeded", "finished", "queued", "waiting", "refused", "goal_met",
        "unenrolled",
    }  # fmt: skip
    bucketed = {row.name for row in await story.query(BUCKETED)}
    written = {each.text: set(WRITES.findall(each.text)) & bucketed for each in sent}
    assert set.union(*written.values()) >= {
        "records", "associations", "changes", "enrollments", "effects", "timers", "journal",
        "list_members", "subscriptions", "notifications", "events", "rotation_numbers",
    }  # fmt: skip
    unnamed = [text for text, tables in written.items() if tables and "%(bucket)s" not in text]
    assert not unnamed, "\n---\n".join(unnamed)
    assert await story.verify() == []
