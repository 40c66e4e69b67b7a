"""Audiences: counted exactly, or estimated with a margin that holds, and never for too long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from penstock.filters import audience
from penstock.filters.audience import EXACT_BELOW, Audience
from penstock.filters.compile import Criterion, check
from penstock.filters.errors import AudienceTookTooLong
from penstock.kernel.db import Connection, connect
from penstock.records.schema import Schema
from tests.conftest import NOW, House
from tests.filters.golden import asks, only


def is_equal_to(text: str) -> dict[str, str]:
    return {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": text}


IN_OSLO = only(asks("city", is_equal_to("Oslo")))
MANY = EXACT_BELOW + 20_000


async def fill(conn: Connection, records: int, city: str) -> None:
    """Contacts with the numbers 0, 1, 2 …, n for short; `city` is SQL about n and its bucket."""
    await conn.execute(
        "INSERT INTO records (bucket, id, type, properties, created_at, updated_at)"
        " SELECT bucket, n * 64 + bucket, '0-1', jsonb_build_object('city', "
        f"{city}), %(now)s, %(now)s FROM (SELECT n, n %% 64 AS bucket"
        " FROM generate_series(0, %(last)s::bigint) AS n) AS numbers".encode(),
        {"now": NOW, "last": records - 1},
    )
    await conn.execute("ANALYZE records")


async def ready(house: House, document: Any) -> tuple[Schema, Criterion]:
    schema = await house.schema()
    return schema, check(document, schema, "contacts")


async def test_of_few_records_the_editor_learns_the_exact_number(house: House) -> None:
    schema, criterion = await ready(house, IN_OSLO)
    async with house.database.unit() as conn:
        await fill(conn, 300, "CASE n %% 3 WHEN 0 THEN 'Oslo' ELSE 'Rome' END")
        assert await audience.estimate(conn, criterion, schema, NOW) == Audience(100)
        assert await audience.count(conn, criterion, schema, NOW) == Audience(100)


async def test_of_many_the_editor_learns_about_how_many_and_then_the_exact_number(
    house: House,
) -> None:
    schema = await house.schema()
    async with house.database.unit() as conn:
        await fill(conn, MANY, "(hashint8extended(n, 7) & 31)::text")
        within = 0
        for city in range(32):
            criterion = check(only(asks("city", is_equal_to(str(city)))), schema, "contacts")
            about = await audience.estimate(conn, criterion, schema, NOW)
            exact = await audience.count(conn, criterion, schema, NOW)
            assert (about.exact, exact.exact) == (False, True)
            assert about.margin < exact.count / 5
            within += abs(about.count - exact.count) <= about.margin
        # So it is 95 of 100 times.
        assert within >= 28

        criterion = check(only(asks("city", is_equal_to("Atlantis"))), schema, "contacts")
        about = await audience.estimate(conn, criterion, schema, NOW)
        assert (about.count, about.exact) == (0, False)
        assert 0 < about.margin < 100


async def test_what_lies_together_in_its_buckets_widens_the_margin(house: House) -> None:
    schema, criterion = await ready(house, IN_OSLO)
    async with house.database.unit() as conn:
        await fill(conn, MANY, "CASE WHEN bucket < 8 THEN 'Oslo' ELSE 'Rome' END")
        about = await audience.estimate(conn, criterion, schema, NOW)
        exact = await audience.count(conn, criterion, schema, NOW)
        assert abs(about.count - exact.count) <= about.margin


async def test_a_sample_shows_the_oldest_first_and_no_more_than_was_asked_for(house: House) -> None:
    schema, criterion = await ready(house, IN_OSLO)
    async with house.database.unit() as conn:
        await fill(conn, 100, "CASE WHEN n >= 40 THEN 'Oslo' ELSE 'Rome' END")
        shown = await audience.sample(conn, criterion, schema, NOW, 3)
        assert [record.id for record in shown] == [n * 64 + n % 64 for n in (40, 41, 42)]
        assert [record.properties["city"] for record in shown] == ["Oslo"] * 3
        assert len(await audience.sample(conn, criterion, schema, NOW, 100)) == 60


@pytest.mark.parametrize("first", [990, 10_990, 15_000])
async def test_a_sample_finds_those_who_are_far_from_the_first(house: House, first: int) -> None:
    schema, criterion = await ready(house, IN_OSLO)
    async with house.database.unit() as conn:
        await fill(conn, 16_000, f"CASE WHEN n >= {first} THEN 'Oslo' ELSE 'Rome' END")
        shown = await audience.sample(conn, criterion, schema, NOW, 20)
        assert [record.id >> 6 for record in shown] == list(range(first, first + 20))


@asynccontextmanager
async def held_up(url: str) -> AsyncIterator[Connection]:
    """Nobody gets at records meanwhile."""
    holder = await connect(url)
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE records IN ACCESS EXCLUSIVE MODE")
            yield holder
    finally:
        await holder.close()


async def waiting(holder: Connection) -> int:
    """How many statements wait for the records."""
    cursor = await holder.execute(
        "SELECT count(*) FROM pg_locks WHERE relation = 'records'::regclass AND NOT granted"
    )
    row = await cursor.fetchone()
    return 0 if row is None else int(row[0])


async def until(holder: Connection, holds: Callable[[int], bool]) -> None:
    # The server tells nobody who waits for a lock: it has to be asked.
    while not holds(await waiting(holder)):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("ask", [audience.count, audience.estimate])
async def test_what_takes_longer_than_the_server_allows_is_refused(
    house: House, url: str, ask: Any
) -> None:
    schema, criterion = await ready(house, IN_OSLO)
    async with house.database.reading() as conn:
        await conn.execute("SET statement_timeout = '50ms'")
        async with held_up(url):
            with pytest.raises(AudienceTookTooLong):
                await ask(conn, criterion, schema, NOW)
        assert await ask(conn, criterion, schema, NOW) == Audience(0)


async def test_where_the_server_allows_any_time_an_audience_has_a_limit_of_its_own(
    house: House, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "LONGEST", 0.05)
    schema, criterion = await ready(house, IN_OSLO)
    async with house.database.reading() as conn:
        async with held_up(url):
            with pytest.raises(AudienceTookTooLong):
                await audience.count(conn, criterion, schema, NOW)
        cursor = await conn.execute("SHOW statement_timeout")
        assert (await cursor.fetchone()) == ("0",)


async def test_who_is_cancelled_leaves_no_query_behind(house: House, url: str) -> None:
    schema, criterion = await ready(house, IN_OSLO)
    async with house.database.reading() as conn, held_up(url) as holder:
        counting = asyncio.ensure_future(audience.count(conn, criterion, schema, NOW))
        await until(holder, bool)
        counting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await counting
        await until(holder, lambda waiting: not waiting)
