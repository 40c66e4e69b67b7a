"""What every benchmark needs: a durable server of its own, processes, and a place for results."""

import asyncio
import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

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

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Result:
    """One figure. `floor` is what the bare work takes in the same unit, `ratio` the two compared."""

    id: str
    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    goal: str = ""


@contextmanager
def durable_server() -> Iterator[str]:
    """A fresh embedded server that syncs every commit; yields its conninfo."""
    # Where the system user of a root's server may go, too.
    home = Path("/var/lib") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    folder = Path(tempfile.mkdtemp(prefix="penstock-bench-", dir=home))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    server = EmbeddedServer(folder / "data")
    try:
        server.start()
        yield server.conninfo("postgres")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def fresh_database(server: str, name: str) -> str:
    """A migrated and seeded database; returns its conninfo."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = make_conninfo(server, dbname=name)
    await migrate(url)
    async with Database(url, size=1) as database, database.unit() as conn:
        await seed(conn, await DatabaseClock().now(conn))
    return url


async def circumstances(database: Database) -> tuple[Schema, Write]:
    """The schema, and how a benchmark writes."""
    async with database.unit() as conn:
        now = await DatabaseClock().now(conn)
        return await Schemas().current(conn), Write(Source("IMPORT", "bench"), now, Lane.BACKFILL)


def in_processes(
    count: int, work: Callable[..., Awaitable[Any]], *arguments: Any
) -> list[multiprocessing.process.BaseProcess]:
    """Start `count` processes that each run `work(number, *arguments)`."""
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_run, args=(work, number, *arguments)) for number in range(count)
    ]
    for process in processes:
        process.start()
    return list(processes)


def _run(work: Callable[..., Awaitable[Any]], number: int, *arguments: Any) -> None:
    uvloop.run(work(number, *arguments))  # type: ignore[arg-type]


async def finished(processes: list[multiprocessing.process.BaseProcess]) -> None:
    for process in processes:
        await asyncio.to_thread(process.join)
        assert process.exitcode == 0, f"a benchmark process ended with {process.exitcode}"


def store(results: list[Result]) -> None:
    RESULTS.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
