"""What every benchmark needs: a durable server of its own, processes, and figures to tell."""

import asyncio
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NamedTuple, Self

import psycopg
import uvloop
from psycopg import sql
from psycopg.conninfo import make_conninfo

from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.kernel.embedded import EmbeddedServer
from penstock.kernel.migrate import migrate
from penstock.records.changes import Lane, Source, Write
from penstock.records.schema import Schema, Schemas
from penstock.records.seed import seed

_PATIENCE = 300.0
"""Seconds until processes that wait for each other are taken for dead."""


@dataclass(frozen=True)
class Result:
    """One figure. `floor` is what the bare work comes to, in the same unit; `ratio` is how many
    times the floor's time it takes.
    """

    id: str
    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    goal: str = ""

    @classmethod
    def rate(cls, id: str, name: str, value: float, unit: str, *, floor: float, goal: str) -> Self:
        """So many a second: the more, the better."""
        return cls(id, name, value, unit, floor, floor / value, goal)

    @classmethod
    def time(cls, id: str, name: str, value: float, unit: str, *, floor: float, goal: str) -> Self:
        """So long: the less, the better."""
        return cls(id, name, value, unit, floor, value / floor, goal)


class Span(NamedTuple):
    """When something began and ended, by the monotonic clock that all processes share."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    @classmethod
    def over(cls, spans: list["Span"]) -> Self:
        """From the first beginning to the last end."""
        return cls(min(span.began for span in spans), max(span.ended for span in spans))


def size(name: str, usual: int) -> int:
    """How much to measure: PENSTOCK_BENCH_{name}, for short runs, or what is usual."""
    return int(os.environ.get(f"PENSTOCK_BENCH_{name}", usual))


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for a database; also root's server, which runs as another user, may go there."""
    home = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    made = Path(tempfile.mkdtemp(prefix="penstock-bench-", dir=home))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def durable_server(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """A fresh embedded server with its settings as shipped, but for these; yields its conninfo."""
    with folder() as place, EmbeddedServer(place / "data", settings=settings) as server:
        yield server.conninfo("postgres")


async def fresh_database(server: str, name: str) -> str:
    """A migrated and seeded database; returns its conninfo."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = make_conninfo(server, dbname=name)
    await migrate(url)
    async with Database(url, size=1) as database, database.unit() as conn:
        await seed(conn, await DatabaseClock().now(conn))
    return url


def copy_database(server: str, original: str, name: str) -> str:
    """A copy of a database that nobody is connected to; returns its conninfo."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(original)
            )
        )
    return make_conninfo(server, dbname=name)


async def settle(database: Database) -> None:
    """Leave nothing of what was prepared to be done while it is measured."""
    async with database.autocommit() as conn:
        await conn.execute("VACUUM ANALYZE")
        await conn.execute("CHECKPOINT")


async def circumstances(database: Database) -> tuple[Schema, Write]:
    """The schema, and how a benchmark writes."""
    async with database.unit() as conn:
        now = await DatabaseClock().now(conn)
        return await Schemas().current(conn), Write(Source("IMPORT", "bench"), now, Lane.BACKFILL)


Start = Callable[[], Awaitable[None]]
"""Returns in all processes at once, when the last of them has called it."""


async def together(count: int, work: Callable[..., Awaitable[Any]], *arguments: Any) -> list[Any]:
    """What `work(number, start, *arguments)` returns in each of `count` processes of their own."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(count)
    pairs = [context.Pipe(duplex=False) for _ in range(count)]
    processes = [
        context.Process(target=_run, args=(pipe, barrier, work, number, *arguments))
        for number, (_, pipe) in enumerate(pairs)
    ]
    for process in processes:
        process.start()
    for _, theirs in pairs:
        theirs.close()
    # In this order: a process cannot end before its answer has been taken.
    answers = [await asyncio.to_thread(_answer, ours) for ours, _ in pairs]
    for process in processes:
        await asyncio.to_thread(process.join)
        assert process.exitcode == 0, f"a benchmark process ended with {process.exitcode}"
    return answers


def _answer(pipe: Pipe) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        return None


def _run(
    pipe: Pipe, barrier: Barrier, work: Callable[..., Awaitable[Any]], number: int, *arguments: Any
) -> None:
    async def start() -> None:
        await asyncio.to_thread(barrier.wait, _PATIENCE)

    async def whole() -> Any:
        return await work(number, start, *arguments)

    pipe.send(uvloop.run(whole()))
