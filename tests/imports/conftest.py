"""A desk at which files are handed in and run."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from penstock.imports import report, running, store
from penstock.imports.model import Import, Wish
from penstock.kernel.clock import VirtualClock
from penstock.kernel.db import Database
from tests.conftest import NOW, House


async def blocks(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    """A file as it arrives, in blocks."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


@dataclass
class Desk:
    house: House
    clock: VirtualClock

    @property
    def database(self) -> Database:
        return self.house.database

    async def begin(self, file: str | bytes, object_type: str = "contacts", **wish: Any) -> Import:
        """Hand in a file."""
        data = file if isinstance(file, bytes) else file.encode()
        schema = await self.house.schema()
        async with self.database.unit() as conn:
            return await store.begin(
                conn,
                schema,
                Wish(object_type=object_type, **wish),
                blocks(data),
                started_by="key:1",
                now=NOW,
            )

    async def run(self, id: int, on_progress: running.Progress | None = None) -> Import:
        return await running.run(
            self.database, self.house.schemas, self.clock, id, on_progress=on_progress
        )

    async def run_next(self) -> bool:
        return await running.run_next(self.database, self.house.schemas, self.clock)

    async def take_in(
        self, file: str | bytes, object_type: str = "contacts", **wish: Any
    ) -> Import:
        """Hand in a file and run its import to the end."""
        begun = await self.begin(file, object_type, **wish)
        return await self.run(begun.id)

    async def problems(self, id: int) -> list[report.Reported]:
        async with self.database.unit() as conn:
            return await report.problems_of(conn, id, limit=10_000)

    async def told(self, id: int) -> list[tuple[int, str | None, str]]:
        """Line, column and code of every problem."""
        return [(p.line, p.column_name, p.code) for p in await self.problems(id)]

    async def records(self, object_type: str = "0-1") -> list[dict[str, Any]]:
        """The values of all records of a type, in the order in which they were made."""
        rows = await self.query(
            "SELECT properties FROM records WHERE type = %s AND archived_at IS NULL ORDER BY id",
            object_type,
        )
        return [row[0] for row in rows]

    async def query(self, sql: str, *values: Any) -> list[Any]:
        async with self.database.unit() as conn:
            cursor = await conn.execute(sql, values)
            return await cursor.fetchall() if cursor.description else []

    async def define(self, name: str, object_type: str = "0-1", **traits: Any) -> None:
        """A property of the account's own."""
        row = {"label": name, "type": "string", "field_type": "text"} | traits
        await self.query(
            "INSERT INTO properties (object_type, name, label, type, field_type, group_name,"
            " has_unique_value, created_at, updated_at)"
            " VALUES (%s, %s, %s, %s, %s, '', %s, %s, %s)",
            object_type,
            name,
            row["label"],
            row["type"],
            row["field_type"],
            row.get("unique", False),
            NOW,
            NOW,
        )
        await self.query("UPDATE schema_state SET version = version + 1")


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house, VirtualClock(NOW))
