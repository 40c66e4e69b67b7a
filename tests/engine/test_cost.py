"""What a turn costs depends on what is due, never on how many sleep; and fresh leads never wait."""

import os

from penstock.kernel.queries import load
from penstock.records import associations, store
from penstock.records.changes import Lane, Source, Write
from penstock.workflows import store as workflows
from tests.crowd import gather, many
from tests.engine.listening import Sent, ear, seen, touching
from tests.story import (
    Story,
    all_of,
    any_of,
    associated,
    both,
    delay,
    equals,
    property_is,
    set_property,
    step,
    when,
)

LEADS = all_of(any_of("lifecyclestage", "lead"))
NOTE = [set_property("1", "hs_lead_status", "NEW")]
SLEEPERS = 10_000
BACKFILL = int(os.environ.get("PENSTOCK_TEST_BACKFILL", "10000"))
BUCKET = 7
CONTACTS = 100_000


async def analyze(story: Story) -> None:
    async with story.house.database.autocommit() as conn:
        await conn.execute("VACUUM ANALYZE")


async def explained(story: Story, name: str, **parameters: object) -> Sent:
    """One of the engine's statements, carried out."""
    text = load("penstock.engine").sql(name)
    async with story.house.database.unit() as conn:
        cursor = await conn.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + text, parameters)
        row = await cursor.fetchone()
    assert row is not None
    return Sent(text, parameters, row[0][0]["Plan"])


async def test_of_ten_thousand_sleepers_none_due_a_turn_touches_none(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 30, "DAYS")])
    await story.turn_on(flow)
    await story.create("contacts", *([{"lifecyclestage": "lead"}] * SLEEPERS))
    await story.rest()
    assert await story.counts(flow) == {"enrolled": SLEEPERS, "active": SLEEPERS}
    await analyze(story)
    async with ear(story) as listening:
        await listening.turn(5)  # which reads what is on
        sent = await listening.turn(5, explain=True)
    asleep = ("timers", "enrollments", "records", "matches", "journal", "waits", "tallies")
    nodes = touching(sent, *asleep)
    assert nodes
    assert [node for node in nodes if seen(node)] == []
    assert len(sent) < 12

    looking = await explained(story, "busy_buckets", now=story.now)
    sleeping = [node for node in looking.nodes() if node.get("Relation Name") in asleep]
    assert sleeping
    assert [node for node in sleeping if seen(node)] == []
    until = await explained(story, "next_due")
    firsts = [node for node in until.nodes() if node.get("Relation Name") in asleep]
    assert all(seen(node) <= 2 * 64 for node in firsts)  # one for each bucket and lane


async def test_a_turn_sends_no_more_statements_for_many_than_for_few(story: Story) -> None:
    """Through steps of many kinds, and for the answers to what they asked for."""
    mail = await story.email(subject="Hello {{ contact.firstname }}", html="<p>Hello</p>")
    more = {"type": "INCREMENT", "incrementAmount": "1"}
    of_firm = set_property("4", "numberofemployees", more)
    of_firm["fields"]["association"] = {
        "associationCategory": "HUBSPOT_DEFINED",
        "associationTypeId": 279,
        "select": "ALL",
    }
    flow = await story.workflow(
        when(LEADS),
        [
            set_property("1", "num_notes", more),
            step("2", "0-3", {"subject": "Call {{ contact.firstname }}"}),
            step("3", "0-4", {"content_id": mail}),
            of_firm,
            set_property("5", "hs_lead_status", "NEW"),
        ],
    )
    await story.turn_on(flow)
    schema = await story.house.schema()
    (firm,) = await story.create("companies", {"name": "Firm"})
    counts: list[tuple[int, int, int]] = []
    async with ear(story) as listening:
        listening.worker._portion = 5000
        for size in (3, 3, 300):
            drafts = [
                store.Draft(
                    {"email": f"p{len(counts)}.{n}@x.test", "lifecyclestage": "lead"},
                    edges=[associations.NewEdge(firm, (279,))],
                    bucket=BUCKET,
                )
                for n in range(size)
            ]
            async with story.house.database.unit() as conn:
                await store.create(conn, schema, schema.type("contacts"), drafts, story.write)
            asked = await listening.turn(BUCKET)
            written = await listening.turn(firm & 63)
            answered = await listening.turn(BUCKET)
            counts.append((len(asked), len(written), len(answered)))
            await story.rest()
    assert counts[1] == counts[2]
    assert (await story.counts(flow))["finished"] == 306


async def test_nobody_is_judged_whose_criterion_cannot_have_flipped(story: Story) -> None:
    old = property_is(
        "createdate", "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", numberOfDays=30
    )
    flow = await story.workflow(when(all_of(old)), NOTE)
    await many(story, "contacts", SLEEPERS)
    story.clock.forward(days=5)
    later = await story.create("contacts", *([{}] * 64))
    await story.turn_on(flow)
    assert (await story.query("SELECT count(*) FROM matches WHERE recheck_at IS NOT NULL"))[0][
        0
    ] == SLEEPERS + len(later)
    await analyze(story)
    async with ear(story) as listening:
        await listening.turn(5)
        sent = await listening.turn(5, explain=True)
        assert [each for each in sent if "INSERT INTO matches" in each.text] == []
        nodes = touching(sent, "matches", "records")
        assert [node for node in nodes if seen(node)] == []
        # When the time of a few comes, they alone are judged.
        await story.pass_time(days=27)
        assert (await story.counts(flow))["enrolled"] == SLEEPERS
        story.clock.forward(days=5)
        sent = await listening.turn(5, explain=True)
    (settled,) = [each for each in sent if "INSERT INTO matches" in each.text]
    assert settled.parameters["candidates"] == [id for id in later if id & 63 == 5]


async def finished(story: Story, ids: list[int]) -> set[int]:
    rows = await story.query(
        "SELECT record_id FROM journal WHERE kind = 'succeeded' AND record_id = ANY(%s)", ids
    )
    return {row.record_id for row in rows}


async def test_fresh_leads_pass_a_backfill(story: Story) -> None:
    """Whether it is of a workflow that enrols who is there or of an import, for all workflows."""
    existing = await story.workflow(when(LEADS), NOTE)
    other = await story.workflow(
        when(all_of(equals("city", "Oslo"))), [set_property("1", "state", "Oslo")]
    )
    await story.turn_on(other)
    await many(story, "contacts", BACKFILL, bucket=BUCKET, lifecyclestage="lead")
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await workflows.turn_on(conn, schema, existing.id, "story", story.now, enroll_existing=True)
    while (await story.query("SELECT state FROM workflows WHERE id = %s", existing.id)) != [
        ("on",)
    ]:
        await story.worker.turn_all()

    async def arrive(lane: Lane, count: int, **properties: str) -> list[int]:
        write = Write(Source("API", "1"), story.now, lane)
        drafts = [store.Draft(properties, bucket=BUCKET) for _ in range(count)]
        async with story.house.database.unit() as conn:
            made = await store.create(conn, schema, schema.type("contacts"), drafts, write)
        return [store.one([record]).id for record in made]

    await arrive(Lane.BACKFILL, BACKFILL, city="Oslo")
    await story.worker.turn_one(BUCKET)
    leads = await arrive(Lane.FRESH, 50, lifecyclestage="lead", city="Oslo")
    for _ in range(2):
        await story.worker.turn_one(BUCKET)
    rows = await story.query(
        "SELECT record_id, count(*) AS flows FROM journal WHERE kind = 'succeeded'"
        " AND record_id = ANY(%s) GROUP BY record_id",
        leads,
    )
    assert {row.record_id: row.flows for row in rows} == dict.fromkeys(leads, 2)
    waiting = await story.query("SELECT count(*) FROM changes WHERE bucket = %s", BUCKET)
    assert waiting[0][0] > BACKFILL // 4
    await story.rest()
    assert (await story.counts(existing))["finished"] == BACKFILL + 50
    assert (await story.counts(other))["finished"] == BACKFILL + 50
    assert await story.verify() == []


async def test_a_company_of_a_hundred_thousand_delays_no_fresh_lead(story: Story) -> None:
    near = both(associated("0-2", 279, equals("city", "Oslo")))
    flow = await story.workflow(when(near), NOTE)
    await story.turn_on(flow)
    acme, small = await story.create("companies", {"city": "Rome"}, {"city": "Oslo"})
    await gather(story, acme, await many(story, "contacts", CONTACTS), 279)
    await story.rest()
    await story.update("companies", acme, city="Oslo")
    await story.worker.turn_all()
    for _ in range(4):
        leads = await story.create("contacts", *([{}] * 64))
        for lead in leads:
            await story.associate(lead, small, 279)
        await story.worker.turn_all()
        assert await finished(story, leads) == set(leads)
    # They were not let by because nothing else was to be done.
    assert (await story.query("SELECT count(*) FROM changes"))[0][0] > 1000
    assert 256 < (await story.counts(flow))["enrolled"] < CONTACTS
