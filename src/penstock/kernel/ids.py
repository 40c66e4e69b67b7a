"""Ids and buckets: an id is n·64 + bucket, so the last six bits say where a row lives."""

from collections.abc import Iterable

from penstock.kernel.db import Connection

BUCKETS = 64
"""A constant of the installation: changing it would move every row."""


def bucket_of(id: int) -> int:
    return id & (BUCKETS - 1)


async def take(conn: Connection, count: int) -> list[int]:
    """New ids for things that come from outside; their buckets go round."""
    numbers = await _numbers(conn, count)
    return [n * BUCKETS + n % BUCKETS for n in numbers]


async def take_in(conn: Connection, buckets: Iterable[int]) -> list[int]:
    """New ids, one in each of the buckets given."""
    places = list(buckets)
    numbers = await _numbers(conn, len(places))
    return [n * BUCKETS + bucket for n, bucket in zip(numbers, places, strict=True)]


async def _numbers(conn: Connection, count: int) -> list[int]:
    cursor = await conn.execute(
        "SELECT ARRAY(SELECT nextval('ids') FROM generate_series(1, %s))", (count,)
    )
    row = await cursor.fetchone()
    assert row is not None
    numbers: list[int] = row[0]
    return numbers
