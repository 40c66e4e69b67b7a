"""F13: keys depend on enrollment, visit and part alone: through replay, retry and restore."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from penstock.delivery.deliverer import Deliverer
from penstock.engine.automation import Automations
from penstock.engine.turning import turn
from penstock.kernel.clock import VirtualClock
from penstock.kernel.db import Database
from penstock.kernel.ids import bucket_of
from penstock.kernel.settings import Settings
from penstock.records import store
from penstock.records.associations import NewEdge
from penstock.records.changes import Source, Write
from penstock.records.schema import Schemas
from tests.conftest import NOW, House
from tests.story import Story, all_of, delay, property_is, step, to, when

NAMED = when(all_of(property_is("dealname", "ALL_PROPERTY", "IS_KNOWN")))
DEALS = {"type": "PLATFORM_FLOW", "objectTypeId": "0-3"}
PEOPLE = ("ada@x.test", "bo@x.test", "cleo@x.test")

CONTACT_OF_DEAL = 3


class Undone(Exception):
    """Something happened after everything, and before the commit."""


async def deal_of_three(story: Story) -> int:
    people = await story.create("contacts", *({"email": address} for address in PEOPLE))
    schema = await story.house.schema()
    edges = [NewEdge(person, (CONTACT_OF_DEAL,)) for person in people]
    async with story.house.database.unit() as conn:
        made = await store.create(
            conn,
            schema,
            schema.type("deals"),
            [store.Draft({"dealname": "Big"}, edges)],
            story.write,
        )
    return store.one(made).id


async def about_to_mail(story: Story) -> int:
    """A deal with three contacts, in a workflow that will mail them in a minute."""
    mail = await story.email(subject="{{ deal.dealname }}", text="Hi")
    actions = [delay("1", 1), step("2", "0-4", {"content_id": mail})]
    await story.turn_on(await story.workflow(NAMED, actions, **DEALS))
    deal = await deal_of_three(story)
    await story.rest()
    return deal


KEYS = "SELECT enrollment_id, visit, part FROM effects ORDER BY part"


async def test_a_mail_to_three_associated_contacts_has_three_effects_and_replayed_still_three(
    story: Story,
) -> None:
    deal = await about_to_mail(story)
    story.clock.forward(minutes=1)
    seen: list[Sequence[Any]] = []
    for _ in range(3):
        with suppress(Undone):
            async with story.house.database.unit() as conn:
                house = story.house
                await turn(conn, bucket_of(deal), story.clock, house.schemas, Automations())
                seen.append(await (await conn.execute(KEYS)).fetchall())
                raise Undone
        assert await story.query(KEYS) == []
    await story.rest()
    kept = await story.query(KEYS)
    assert [row.part for row in kept] == list(PEOPLE)
    assert seen == [kept] * 3
    assert await sent(story.house.database, story.clock) == sorted(PEOPLE)
    assert await sent(story.house.database, story.clock) == sorted(PEOPLE)


async def sent(database: Database, clock: VirtualClock) -> list[str]:
    """Deliver, and say to whom mail has gone in all."""
    deliverer = Deliverer(database, clock, Settings(), "story")
    while await deliverer.deliver():
        pass
    await deliverer.close()
    return [row.recipient for row in await outbox(database)]


async def outbox(database: Database) -> Sequence[Any]:
    async with database.unit() as conn:
        cursor = await conn.execute("SELECT recipient, message_id FROM outbox ORDER BY recipient")
        return await cursor.fetchall()


async def test_restored_from_a_backup_they_have_the_keys_they_had(server: str, url: str) -> None:
    clock = VirtualClock(NOW)
    async with Database(url) as database:
        story = Story(House(database, Schemas(), Write(Source("API", "test"), NOW)), clock)
        await about_to_mail(story)
        await story.pass_time(minutes=1)
    with backup(server, url) as copy:
        ids = []
        for place in (url, copy):
            async with Database(place) as database:
                assert await sent(database, clock) == list(PEOPLE)
                ids.append([row.message_id for row in await outbox(database)])
        assert len(set(ids[0])) == 3
        assert ids[0] == ids[1]


class backup:  # noqa: N801 - reads as what it does
    """A copy of a database that nobody is connected to."""

    def __init__(self, server: str, url: str) -> None:
        self._server = server
        self._from = str(conninfo_to_dict(url)["dbname"])
        self._to = f"{self._from}_copy"

    def __enter__(self) -> str:
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", self._to, self._from)
        return make_conninfo(self._server, dbname=self._to)

    def __exit__(self, *_: object) -> None:
        self._run("DROP DATABASE {} WITH (FORCE)", self._to)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server, dbname="postgres", autocommit=True) as admin:
            # A literal of ours, composed with names.
            admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


async def test_a_step_that_is_visited_again_has_keys_of_its_own(story: Story) -> None:
    mail = await story.email(subject="Still there?", text="Hi")
    actions = [
        step("1", "0-4", {"content_id": mail}),
        delay("2", 1, "DAYS", connection=to("1", jump=True)),
    ]
    await story.turn_on(await story.workflow(NAMED, actions, **DEALS))
    await deal_of_three(story)
    await story.rest()
    await story.pass_time(days=1)
    await story.pass_time(minutes=1)  # a jump back takes one
    rows = await story.query("SELECT visit, count(*) FROM effects GROUP BY visit ORDER BY visit")
    assert [tuple(row) for row in rows] == [(1, 3), (3, 3)]
    assert len(await sent(story.house.database, story.clock)) == 6
