"""Edges that a turn adds across buckets: what a record may have once, or so often, holds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from penstock.engine.associating import link
from penstock.engine.automation import Automations
from penstock.engine.effects import Effects
from penstock.engine.journal import Journal
from penstock.engine.turn import Allowance, Turn
from penstock.kernel.clock import VirtualClock
from penstock.records import labels, store
from penstock.records.changes import Lane, Source, Write
from tests.conftest import NOW, House
from tests.story import Story

PRIMARY, OF_CONTACT = 1, 2
"""The primary company of a contact, and its other direction."""

PLAIN, PLAIN_BACK = 279, 280
"""Any company of a contact, likewise."""


@pytest.fixture
def story(house: House) -> Story:
    return Story(house, VirtualClock(NOW))


@asynccontextmanager
async def turning(story: Story, record: int) -> AsyncIterator[tuple[Turn, Write]]:
    """A turn of a record's bucket, and how its steps write."""
    schema = await story.house.schema()
    bucket = record & 63
    async with story.house.database.unit() as conn:
        await conn.execute("SELECT FROM records WHERE id = %s FOR NO KEY UPDATE", [record])
        automation = await Automations().current(conn, 0, schema)
        allowed = Allowance.of_each(100)
        turn = Turn(conn, bucket, NOW, schema, automation, Journal(), Effects(), allowed)
        yield turn, Write(Source("AUTOMATION_PLATFORM", "7"), NOW, Lane.FRESH, 1, bucket)


async def company_beside(turn: Turn, write: Write, record: int) -> int:
    draft = store.Draft({"name": "New"}, bucket=record & 63)
    type = turn.schema.type("companies")
    return store.one(await store.create(turn.conn, turn.schema, type, [draft], write)).id


async def directions(story: Story, contact: int) -> tuple[set[int], set[int]]:
    """The contact's primary companies, as it knows them and as they do."""
    there = await story.query(
        "SELECT to_id AS id FROM associations WHERE from_id = %s AND type_id = %s", contact, PRIMARY
    )
    back = await story.query(
        "SELECT from_id AS id FROM associations WHERE to_id = %s AND type_id = %s",
        contact,
        OF_CONTACT,
    )
    return {row.id for row in there}, {row.id for row in back}


@pytest.mark.parametrize("held", [True, False])
async def test_a_contact_has_one_primary_company_wherever_the_others_are(
    story: Story, held: bool
) -> None:
    ada = await story.contact()
    (before,) = await story.create("companies", {"name": "Old"})
    await story.associate(ada, before, PRIMARY)
    await story.rest()
    async with turning(story, ada) as (turn, write):
        new = await company_beside(turn, write, ada)
        await link(turn, 7, [(new, OF_CONTACT, ada)], {ada} if held else frozenset(), write)
    await story.rest()
    assert await directions(story, ada) == ({new}, {new})
    assert await story.verify() == []


async def test_who_has_all_that_it_may_have_declines(story: Story) -> None:
    async with story.house.database.unit() as conn:
        await labels.limit(conn, ("contacts", "companies"), {PLAIN: 1})
    ada = await story.contact()
    (before,) = await story.create("companies", {"name": "Old"})
    await story.associate(ada, before, PLAIN)
    await story.rest()
    async with turning(story, ada) as (turn, write):
        new = await company_beside(turn, write, ada)
        await link(turn, 7, [(new, PLAIN_BACK, ada)], frozenset(), write)
    await story.rest()
    rows = await story.query(
        "SELECT from_id, to_id FROM associations WHERE type_id IN (%s, %s) ORDER BY from_id",
        PLAIN,
        PLAIN_BACK,
    )
    assert [(row.from_id, row.to_id) for row in rows] == sorted([(ada, before), (before, ada)])
