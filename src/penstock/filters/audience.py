"""Who matches a filter: how many, at once or exactly, and some of them to look at."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from math import ceil, sqrt
from statistics import stdev
from typing import Any, Final, NamedTuple

from psycopg import errors as pg

from penstock.filters.compile import (
    Criterion,
    select_matching,
    select_share,
    select_verdicts,
)
from penstock.filters.errors import AudienceTookTooLong
from penstock.filters.sql import Slots, Statement
from penstock.kernel.db import Connection
from penstock.kernel.ids import BUCKETS
from penstock.kernel.queries import load
from penstock.records.reading import Record, read
from penstock.records.schema import Schema

EXACT_BELOW: Final = 100_000
"""Live records of a type that are counted exactly while somebody waits."""

LONGEST: Final = 60.0
"""Seconds that an audience may take."""

_ENOUGH: Final = 20_000
"""Records to judge for an estimate: half of them matching, the margin is 0.7 % of all."""

_FEWEST: Final = 2
"""Buckets to judge for an estimate, since one alone could not tell how alike they are."""

_SURELY_MANY: Final = 2 * EXACT_BELOW
"""Live records, by one bucket, that are so many that they need not be counted."""

_PORTIONS: Final = (1_000, 10_000)
"""Records among which a sample is looked for before it is among all."""

_SURE: Final = 1.96
"""Standard deviations within which 95 of 100 estimates lie."""

_COUNT: Final = "SELECT count(*) AS count FROM ({matching}) AS matching"

_SAMPLE: Final = """\
SELECT record_id FROM ({matching}) AS matching ORDER BY record_id LIMIT %(f_limit)s"""

_queries = load("penstock.filters", "audience.sql")


@dataclass(frozen=True)
class Audience:
    """How many match. If not `exact`, 95 of 100 times that is within `margin` of the truth."""

    count: int
    exact: bool = True
    margin: int = 0


async def count(conn: Connection, criterion: Criterion, schema: Schema, now: datetime) -> Audience:
    """All live records that match. Raises AudienceTookTooLong."""
    async with _in_time(conn):
        return await _counted(conn, criterion, schema, now)


async def estimate(
    conn: Connection, criterion: Criterion, schema: Schema, now: datetime
) -> Audience:
    """All live records that match where there are few, else what a few buckets tell of them.

    Raises AudienceTookTooLong.
    """
    slots = Slots(schema.time_zone, now)
    async with _in_time(conn):
        seen: list[_Share] = []
        for bucket in _SCATTERED:
            (row,) = await _rows(conn, select_share(criterion, schema, slots, bucket))
            seen.append(_Share(row.live, row.matching))
            if len(seen) == 1 and await _are_few(conn, criterion, row.live * BUCKETS):
                return await _counted(conn, criterion, schema, now)
            if len(seen) >= _FEWEST and sum(one.live for one in seen) >= _ENOUGH:
                break
        return _projected(seen)


async def sample(
    conn: Connection, criterion: Criterion, schema: Schema, now: datetime, limit: int
) -> list[Record]:
    """Up to `limit` live records that match, the oldest first. Raises AudienceTookTooLong."""
    async with _in_time(conn):
        ids = await _oldest(conn, criterion, schema, now, limit)
        found = await read(conn, schema.types[criterion.object_type], ids)
        return [found[id] for id in ids if id in found]


async def _oldest(
    conn: Connection, criterion: Criterion, schema: Schema, now: datetime, limit: int
) -> list[int]:
    slots = Slots(schema.time_zone, now)
    judged = select_verdicts({0: criterion}, schema, slots)
    found: list[int] = []
    last = 0
    # Mostly there are enough among the first; to gather facts about all would take much longer.
    for portion in _PORTIONS:
        rows = await _queries.rows(
            conn, "page_of_ids", type=criterion.object_type, after=last, limit=portion
        )
        candidates = [row.id for row in rows]
        parameters = {**judged.parameters, "candidates": candidates}
        verdicts = await _rows(conn, Statement(judged.sql, parameters))
        found += sorted(row.record_id for row in verdicts if row.verdict)
        if len(found) >= limit or len(candidates) < portion:
            return found[:limit]
        last = candidates[-1]
    matching = select_matching(criterion, schema, slots)
    parameters = {**matching.parameters, "f_limit": limit}
    rows = await _rows(conn, Statement(_SAMPLE.format(matching=matching.sql), parameters))
    return [row.record_id for row in rows]


# Far from each other, though any few would do: ids are dealt out to all buckets in turn.
_SCATTERED: Final = [(place * 23) % BUCKETS for place in range(BUCKETS)]


class _Share(NamedTuple):
    """The live records of one bucket, and those of them that match."""

    live: int
    matching: int


async def _are_few(conn: Connection, criterion: Criterion, about: int) -> bool:
    """Whether the type has few live records; `about` so many by one bucket."""
    if about >= _SURELY_MANY:
        return False
    type = criterion.object_type
    live: int = await _queries.value(conn, "live", type=type, most=EXACT_BELOW)
    return live < EXACT_BELOW


def _projected(seen: Sequence[_Share]) -> Audience:
    """What a few buckets tell of all.

    The margin is that of a sample by chance, or, where records of one kind lie together in their
    buckets, that of buckets by chance.
    """
    live, matching = (sum(numbers) for numbers in zip(*seen, strict=True))
    scale, left = BUCKETS / len(seen), sqrt(1 - len(seen) / BUCKETS)
    if not live or not left:
        return Audience(round(matching * scale), exact=not left)
    # Agresti and Coull's: also of none and of all there is a margin.
    share = (matching + 2) / (live + 4)
    by_chance = _SURE * sqrt(share * (1 - share) / live) * live * scale
    by_bucket = _SURE * stdev(one.matching for one in seen) / sqrt(len(seen)) * BUCKETS
    margin = ceil(left * max(by_chance, by_bucket))
    return Audience(round(matching * scale), exact=False, margin=margin)


async def _counted(
    conn: Connection, criterion: Criterion, schema: Schema, now: datetime
) -> Audience:
    matching = select_matching(criterion, schema, Slots(schema.time_zone, now))
    sql = _COUNT.format(matching=matching.sql)
    (row,) = await _rows(conn, Statement(sql, matching.parameters))
    return Audience(row.count)


async def _rows(conn: Connection, statement: Statement) -> Sequence[Any]:
    cursor = await conn.execute(statement.sql.encode(), statement.parameters)
    return await cursor.fetchall()


@asynccontextmanager
async def _in_time(conn: Connection) -> AsyncIterator[None]:
    async with conn.transaction():
        await _queries.run(conn, "limit_time", milliseconds=int(LONGEST * 1000))
        try:
            yield
        except pg.QueryCanceled:
            raise AudienceTookTooLong from None
