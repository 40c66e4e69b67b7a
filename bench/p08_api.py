"""P8: single reads and updates over HTTP, 16 connections, two API processes."""

import asyncio
import os
import random
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bench.client import Line
from bench.harness import (
    Result,
    circumstances,
    durable_server,
    fresh_database,
    settle,
    size,
)
from bench.journey import contact
from bench.serving import serving
from penstock.accounts import keys
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.records import store

RECORDS: Final = size("RECORDS", 20_000)
SECONDS: Final = size("SECONDS", 10)
LINES: Final = 16

Request = Callable[[int, random.Random], tuple[str, str, bytes]]
"""Method, path and body of a request about a record."""


@dataclass(frozen=True)
class Load:
    """What a kind of request came to: how many a second, and milliseconds at two percentiles."""

    rate: float
    p50: float
    p99: float


async def measure() -> list[Result]:
    with durable_server() as server:
        url = await fresh_database(server, "p8")
        async with Database(url, size=4) as database:
            ids = await _fill(database)
            async with database.unit() as conn:
                now = await DatabaseClock().now(conn)
                _, key = await keys.create(conn, "bench", ["all"], now)
            await settle(database)
        async with serving("--web-processes", "2", "--workers", "0", url=url) as port:
            reads = await _drive(port, key, ids, _read)
            updates = await _drive(port, key, ids, _update)
        async with _bare(url, key) as port:
            bare_reads = await _drive(port, key, ids, _bare_read)
            bare_updates = await _drive(port, key, ids, _bare_update)
    return [
        *_told("reads", reads, bare_reads, "≥ 600/s and half of the floor"),
        *_told("updates", updates, bare_updates, "≥ 400/s and half of the floor"),
    ]


def _told(what: str, load: Load, bare: Load, goal: str) -> list[Result]:
    name = f"single {what}, {LINES} connections, two processes"
    return [
        Result.rate("P8", name, load.rate, f"{what}/s", floor=bare.rate, goal=goal),
        Result.time("P8", f"{what}, median", load.p50, "ms", floor=bare.p50, goal=""),
        Result.time("P8", f"{what}, 99th percentile", load.p99, "ms", floor=bare.p99, goal="< 100"),
    ]


async def _fill(database: Database) -> list[int]:
    schema, write = await circumstances(database)
    ids: list[int] = []
    for start in range(0, RECORDS, 2000):
        drafts = [store.Draft(contact(n)) for n in range(start, min(start + 2000, RECORDS))]
        async with database.unit() as conn:
            made = await store.create(conn, schema, schema.type("contacts"), drafts, write)
        ids += [store.one([record]).id for record in made]
    return ids


def _read(id: int, chance: random.Random) -> tuple[str, str, bytes]:
    return "GET", f"/crm/v3/objects/contacts/{id}?properties=city", b""


def _update(id: int, chance: random.Random) -> tuple[str, str, bytes]:
    body = b'{"properties": {"city": "City %d"}}' % chance.randrange(10**9)
    return "PATCH", f"/crm/v3/objects/contacts/{id}", body


def _bare_read(id: int, chance: random.Random) -> tuple[str, str, bytes]:
    return "GET", f"/{id}", b""


def _bare_update(id: int, chance: random.Random) -> tuple[str, str, bytes]:
    return "PATCH", f"/{id}", _update(id, chance)[2]


async def _drive(port: int, key: str, ids: list[int], request: Request) -> Load:
    """Ask on all lines for some seconds, after one second to warm up."""
    times: list[float] = []
    begin = time.monotonic() + 1
    end = begin + SECONDS

    async def one(number: int) -> None:
        chance = random.Random(number)
        line = await Line.to(port)
        while (started := time.monotonic()) < end:
            method, path, body = request(chance.choice(ids), chance)
            status, answer = await line.ask(method, path, key=key, body=body)
            assert status == 200, answer
            if started >= begin:
                times.append(time.monotonic() - started)
        await line.close()

    await asyncio.gather(*(one(number) for number in range(LINES)))
    cuts = statistics.quantiles(times, n=100)
    return Load(len(times) / SECONDS, cuts[49] * 1000, cuts[98] * 1000)


@asynccontextmanager
async def _bare(url: str, key: str) -> AsyncIterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port), "--workers", "2",
        "--log-level", "warning", "--no-access-log",
        env={**os.environ, "PENSTOCK_BENCH_URL": url, "PENSTOCK_BENCH_KEY": key},
    )  # fmt: skip
    try:
        while True:
            try:
                await (await Line.to(port)).close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        await process.wait()
