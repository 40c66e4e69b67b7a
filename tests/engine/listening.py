"""A connection that tells of every statement which a turn sends, and of how it was carried out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import namedtuple_row

from penstock.engine.worker import Worker
from penstock.kernel.db import Connection, Database

if TYPE_CHECKING:
    from tests.story import Story


@dataclass
class Sent:
    """One statement, its parameters and, if asked for, the plan with what each node really did."""

    text: str
    parameters: Any
    plan: dict[str, Any] | None = None

    def nodes(self) -> Iterator[dict[str, Any]]:
        yield from _nodes(self.plan or {})


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def seen(node: dict[str, Any]) -> float:
    """Rows that a node of a plan looked at, also those that it then let go."""
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


class Cursor(psycopg.AsyncCursor[Any]):
    """Tells the connection what is executed."""

    async def execute(self, query: Any, params: Any = None, **rest: Any) -> Any:
        listening = self.connection
        if isinstance(listening, Listening) and listening.open:
            text = query if isinstance(query, str) else query.decode()
            sent = Sent(text, params)
            if listening.explaining:
                sent.plan = await self._explain(text, params)
            listening.sent.append(sent)
        return await super().execute(query, params, **rest)

    async def _explain(self, text: str, params: Any) -> dict[str, Any]:
        """Carry it out for the plan alone, and take it back."""
        await super().execute("SAVEPOINT explaining")
        await super().execute("EXPLAIN (ANALYZE, FORMAT JSON) " + text, params)
        row = await self.fetchone()
        await super().execute("ROLLBACK TO SAVEPOINT explaining")
        assert row is not None
        plan: dict[str, Any] = row[0][0]["Plan"]
        return plan


class Listening(psycopg.AsyncConnection[Any]):
    """Keeps what is sent while it is open."""

    open = False
    explaining = False
    sent: list[Sent]


class Overheard(Database):
    """A database with one connection, which tells of what is sent within its units of work."""

    def __init__(self, url: str, conn: Listening) -> None:
        super().__init__(url)
        self.conn = conn
        self.bucket = 0

    @asynccontextmanager
    async def unit(self, patience: float | None = None) -> AsyncIterator[Connection]:
        async with self.conn.transaction():
            await self.conn.execute(f"SET LOCAL test.bucket = {self.bucket}")
            # What a turn does aside is within it here: there is but one connection.
            before, self.conn.open = self.conn.open, True
            try:
                yield self.conn
            finally:
                self.conn.open = before


class Ear:
    """A worker of its own that turns buckets and remembers the statements of each turn."""

    def __init__(self, story: Story, overheard: Overheard) -> None:
        self.story, self.overheard = story, overheard
        self.worker = Worker(overheard, story.clock)

    async def turn(self, bucket: int, *, explain: bool = False) -> Sequence[Sent]:
        """Turn a bucket once; what was sent."""
        conn = self.overheard.conn
        self.overheard.bucket = bucket
        conn.sent, conn.explaining = [], explain
        turned = await self.worker.turn_one(bucket)
        assert turned is not None
        return conn.sent


@asynccontextmanager
async def ear(story: Story) -> AsyncIterator[Ear]:
    url = story.house.database.url
    conn = await Listening.connect(
        url, autocommit=True, row_factory=namedtuple_row, cursor_factory=Cursor
    )
    try:
        yield Ear(story, Overheard(url, conn))
    finally:
        await conn.close()


def touching(sent: Sequence[Sent], *tables: str) -> list[dict[str, Any]]:
    """The nodes of the plans that read one of these tables."""
    return [node for each in sent for node in each.nodes() if node.get("Relation Name") in tables]
