"""P2: property changes over the API, through the trigger, to the last of five actions."""

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bench.client import Line
from bench.harness import (
    Result,
    Span,
    copy_database,
    durable_server,
    fresh_database,
    settle,
    size,
    together,
)
from bench.journey import load, turn_on, write_floor
from bench.serving import serving
from penstock.accounts import keys
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database

CONTACTS: Final = size("CONTACTS", 20_000)
SECONDS: Final = size("SECONDS", 10)
BATCH: Final = 100
LINES: Final = 4
PER_SECOND: Final = 500
WORKERS: Final = 2

_FINISHED: Final = "SELECT count(*) FROM enrollments WHERE state = 'finished'"
_ENDED: Final = """\
SELECT record_id, pg_xact_commit_timestamp(xmin) AS at FROM enrollments
WHERE state = 'finished' AND record_id = ANY(%s)"""


@dataclass(frozen=True)
class Seen:
    """When contacts were changed, and when their last action was committed, in seconds."""

    changed: dict[int, float]
    ended: dict[int, datetime]

    def times(self) -> list[float]:
        return sorted(self.ended[id].timestamp() - at for id, at in self.changed.items())


async def measure() -> list[Result]:
    paced = min(PER_SECOND * SECONDS, CONTACTS // 2 // BATCH * BATCH)
    # The commits of the last actions are looked up: what else would observe would also disturb.
    with durable_server({"track_commit_timestamp": "on"}) as server:
        url = await fresh_database(server, "p2")
        async with Database(url, size=4) as database:
            ids = await load(database, CONTACTS, stage="subscriber")
            await turn_on(database, existing=False)
            async with database.unit() as conn:
                now = await DatabaseClock().now(conn)
                _, key = await keys.create(conn, "bench", ["all"], now)
            await settle(database)
        bare = copy_database(server, "p2", "p2_floor")
        async with (
            serving("--workers", str(WORKERS), url=url) as port,
            Database(url, size=2) as database,
        ):
            rushed = await _rush(database, port, key, ids[paced:])
            seen = await _pace(database, port, key, ids[:paced])
        floor = Span.over(await together(WORKERS, write_floor, bare, WORKERS))
    rate, best = (CONTACTS - paced) / rushed.seconds, CONTACTS / floor.seconds
    cuts = statistics.quantiles(seen.times(), n=100)
    return [
        Result.rate("P2", f"changes of {BATCH} by the API through five actions", rate, "contacts/s",
                    floor=best, goal="≥ 2,000"),
        Result("P2", f"{PER_SECOND} changes/s, until the last action, median",
               cuts[49] * 1000, "ms"),
        Result("P2", f"{PER_SECOND} changes/s, until the last action, 99th percentile",
               cuts[98] * 1000, "ms", goal="< 2,000"),
    ]  # fmt: skip


async def _change(line: Line, key: str, ids: Sequence[int]) -> None:
    inputs = [{"id": str(id), "properties": {"lifecyclestage": "lead"}} for id in ids]
    body = json.dumps({"inputs": inputs}).encode()
    path = "/crm/v3/objects/contacts/batch/update"
    status, answer = await line.ask("POST", path, key=key, body=body)
    assert status == 200, answer


async def _until_finished(database: Database, count: int) -> None:
    while True:
        async with database.unit() as conn:
            cursor = await conn.execute(_FINISHED)
            (found,) = await cursor.fetchone() or (0,)
        if found >= count:
            return
        await asyncio.sleep(0.05)


async def _rush(database: Database, port: int, key: str, ids: Sequence[int]) -> Span:
    """As fast as the API takes them."""
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    began = time.monotonic()

    async def one() -> None:
        line = await Line.to(port)
        while batches:
            await _change(line, key, batches.pop())
        await line.close()

    await asyncio.gather(*(one() for _ in range(LINES)))
    await _until_finished(database, len(ids))
    return Span(began, time.monotonic())


async def _pace(database: Database, port: int, key: str, ids: Sequence[int]) -> Seen:
    """So many a second, however long each takes."""
    async with database.unit() as conn:
        cursor = await conn.execute(_FINISHED)
        (before,) = await cursor.fetchone() or (0,)
    changed: dict[int, float] = {}
    lines = [await Line.to(port) for _ in range(LINES)]
    free = asyncio.Queue[Line]()
    for line in lines:
        free.put_nowait(line)

    async def send(batch: Sequence[int]) -> None:
        line = await free.get()
        await _change(line, key, batch)
        free.put_nowait(line)

    sending: list[asyncio.Task[None]] = []
    begin = time.time()
    for number, start in enumerate(range(0, len(ids), BATCH)):
        await asyncio.sleep(max(begin + number * BATCH / PER_SECOND - time.time(), 0))
        batch = ids[start : start + BATCH]
        changed.update(dict.fromkeys(batch, time.time()))
        sending.append(asyncio.create_task(send(batch)))
    await asyncio.gather(*sending)
    await _until_finished(database, before + len(ids))
    for line in lines:
        await line.close()
    async with database.unit() as conn:
        cursor = await conn.execute(_ENDED, (list(ids),))
        return Seen(changed, {row.record_id: row.at for row in await cursor.fetchall()})
