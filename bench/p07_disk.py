"""P7: what an enrollment leaves on disk: a row of the journal; history, tasks and mails apart."""

from typing import Final

from bench.harness import Result, durable_server, fresh_database, settle, size, together
from bench.journey import load, turn_on, work
from penstock.kernel.db import Connection, Database

CONTACTS: Final = size("CONTACTS", 100_000) // 2
WORKERS: Final = 2

_SIZE: Final = """\
SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
WHERE c.relkind = 'r' AND (c.relname = %(table)s OR c.oid IN (
    SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(%(table)s)))"""


async def measure() -> list[Result]:
    with durable_server() as server:
        url = await fresh_database(server, "p7")
        async with Database(url, size=4) as database:
            await load(database, CONTACTS)
            await turn_on(database, existing=True)
            await settle(database)
            async with database.unit() as conn:
                before = {table: await _of(conn, table) for table in _TABLES}
        await together(WORKERS, work, url)
        async with Database(url, size=4) as database:
            await settle(database)
            async with database.unit() as conn:
                after = {table: await _of(conn, table) for table in _TABLES}
    return [
        Result("P7", name, _each(before[table], after[table]), "bytes with its indexes", goal=goal)
        for table, (name, goal) in _TABLES.items()
    ]


_TABLES: Final = {
    "journal": ("a row of the journal", "≤ 120"),
    "enrollments": ("an enrollment", ""),
    "property_history": ("a write in the history of a record", ""),
    "records": ("a task", ""),
    "associations": ("one direction of an association of a task", ""),
    "effects": ("a mail that was queued", ""),
}
"""What each table is measured for; of records, those that were new are tasks."""


async def _of(conn: Connection, table: str) -> tuple[int, int]:
    """Rows and bytes."""
    cursor = await conn.execute(f"SELECT count(*) FROM {table}")
    (rows,) = await cursor.fetchone() or (0,)
    cursor = await conn.execute(_SIZE, {"table": table})
    (size,) = await cursor.fetchone() or (0,)
    return int(rows), int(size or 0)


def _each(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Bytes that one row more took."""
    return (after[1] - before[1]) / (after[0] - before[0])
