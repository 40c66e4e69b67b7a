"""A real PostgreSQL for every test: one server a run, one template, a fresh clone for each test."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from penstock.kernel.db import Database, connect
from penstock.kernel.migrate import migrate
from penstock.records.changes import Source, Write
from penstock.records.schema import Schema, Schemas
from penstock.records.seed import seed

# A shell starts background jobs deaf to Ctrl-C, and what they start would be so, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""The moment at which stories begin: a Monday morning."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The conninfo of a running server; the first test process to come starts it for all."""
    given = os.environ.get("PENSTOCK_TEST_SERVER")
    if given:
        yield given
        return
    from tests.server import running_server

    with running_server(tmp_path_factory.getbasetemp(), worker_id) as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def template(server: str, worker_id: str) -> Iterator[str]:
    """A migrated and seeded database of this test process, to clone from."""
    name = f"template_{os.getpid()}_{worker_id}"
    with psycopg.connect(server, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    asyncio.run(_prepare(make_conninfo(server, dbname=name)))
    yield name
    with psycopg.connect(server, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def _prepare(url: str) -> None:
    await migrate(url)
    conn = await connect(url)
    try:
        async with conn.transaction():
            await seed(conn, NOW)
    finally:
        await conn.close()


@pytest.fixture
def url(server: str, template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The conninfo of a database of this test's own."""
    name = f"test_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**10}"
    with psycopg.connect(server, dbname="postgres", autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        yield make_conninfo(server, dbname=name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url) as database:
        yield database


@dataclass
class House:
    """A database with its schema, and the circumstances in which a test writes."""

    database: Database
    schemas: Schemas
    write: Write

    async def schema(self) -> Schema:
        async with self.database.unit() as conn:
            return await self.schemas.current(conn)


@pytest.fixture
def house(database: Database) -> House:
    return House(database, Schemas(), Write(Source("API", "test"), NOW))


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this xdist worker, "master" without xdist."""
    name: str = getattr(request.config, "workerinput", {}).get("workerid", "master")
    return name


@pytest.fixture
def here() -> Path:
    """The folder of the tests."""
    return Path(__file__).parent
