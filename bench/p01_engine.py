"""P1: 100,000 contacts through branch, set property, task, e-mail, set property."""

from typing import Final

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
from bench.journey import STEPS, load, turn_on, work, write_floor
from penstock.kernel.db import Database

CONTACTS: Final = size("CONTACTS", 100_000)
WORKERS: Final = 2


async def measure() -> list[Result]:
    with durable_server() as server:
        url = await fresh_database(server, "p1")
        async with Database(url, size=4) as database:
            await load(database, CONTACTS)
            await turn_on(database, existing=True)
            await settle(database)
        bare = copy_database(server, "p1", "p1_floor")
        engine = Span.over(await together(WORKERS, work, url))
        floor = Span.over(await together(WORKERS, write_floor, bare, WORKERS))
        async with Database(url, size=2) as one, Database(bare, size=2) as other:
            await _check(one, other)
    rate, best = CONTACTS * STEPS / engine.seconds, CONTACTS * STEPS / floor.seconds
    return [
        Result.rate("P1", f"{CONTACTS:,} contacts through five actions, {WORKERS} workers",
                    rate, "actions/s", floor=best,
                    goal="≥ 30,000 and ≤ 1.5 × the floor's time"),
    ]  # fmt: skip


_WRITTEN: Final = {
    "enrollments": CONTACTS,
    "records": 2 * CONTACTS,
    "associations": 2 * CONTACTS,
    "property_history": 4 * CONTACTS,
    "effects": CONTACTS,
    "journal": 7 * CONTACTS,
    "changes": 0,
    "matches WHERE NOT matching": CONTACTS,
    "records WHERE properties ->> 'lifecyclestage' = 'opportunity'": CONTACTS,
}
"""Rows after the run, of the engine and of the floor."""


async def _check(*databases: Database) -> None:
    for database in databases:
        async with database.unit() as conn:
            for rows, wanted in _WRITTEN.items():
                cursor = await conn.execute(f"SELECT count(*) FROM {rows}")
                (found,) = await cursor.fetchone() or (None,)
                assert found == wanted, (database.url, rows, found, wanted)
