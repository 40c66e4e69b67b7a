"""Loads the named SQL blocks of a slice's queries.sql."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import aiosql

from penstock.kernel.db import Connection


class Queries:
    """The SQL blocks of one slice, called by name; parameters are bound by name."""

    def __init__(self, blocks: dict[str, str]) -> None:
        self._blocks = blocks

    def sql(self, name: str) -> str:
        """The text of a block, for pipelines and tests."""
        return self._blocks[name]

    async def rows(self, conn: Connection, name: str, /, **parameters: Any) -> Sequence[Any]:
        cursor = await conn.execute(self.sql(name), parameters)
        return await cursor.fetchall()

    async def one(self, conn: Connection, name: str, /, **parameters: Any) -> Any | None:
        cursor = await conn.execute(self.sql(name), parameters)
        return await cursor.fetchone()

    async def value(self, conn: Connection, name: str, /, **parameters: Any) -> Any:
        row = await self.one(conn, name, **parameters)
        return None if row is None else row[0]

    async def run(self, conn: Connection, name: str, /, **parameters: Any) -> int:
        """Execute, and return how many rows were touched."""
        cursor = await conn.execute(self.sql(name), parameters)
        return cursor.rowcount


def load(package: str, file: str = "queries.sql") -> Queries:
    """The blocks of `package`'s queries.sql. A literal percent sign is written twice there."""
    text = files(package).joinpath(file).read_text("utf-8")
    loaded = aiosql.from_str(text, "apsycopg", mandatory_parameters=False)
    return Queries(
        {
            name: getattr(loaded, name).sql
            for name in loaded.available_queries
            if not name.endswith("_cursor")
        }
    )
