"""P6: CSV import of 100,000 contacts of 12 columns, upsert by e-mail."""

import csv
import resource
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from bench.harness import (
    Result,
    Span,
    Start,
    durable_server,
    folder,
    fresh_database,
    settle,
    size,
    together,
)
from penstock.imports import running, store
from penstock.imports.model import Choice, DateFormat, Import, Wish
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database, connect, dumps
from penstock.records.schema import Schemas

ROWS: Final = size("ROWS", 100_000)
BLOCK: Final = 1 << 20
PORTION: Final = 1000

_HEADINGS: Final = (
    "First Name", "Last Name", "Email", "Phone 1", "Phone 2", "Company", "Job Title", "City",
    "Country", "Website", "Birthday", "Zip",
)  # fmt: skip
_PROPERTIES: Final = (
    "firstname", "lastname", "email", "phone", "mobilephone", "company", "jobtitle", "city",
    "country", "website", "date_of_birth", "zip",
)  # fmt: skip


async def measure() -> list[Result]:
    with durable_server() as server, folder() as place:
        file = place / "contacts.csv"
        _write(file)
        url = await fresh_database(server, "p6")
        bare = await fresh_database(server, "p6_floor")
        for each in (url, bare):
            async with Database(each, size=1) as database:
                await settle(database)
        ((span, peak, looks),) = await together(1, _import, url, str(file))
        (floor,) = await together(1, _bulk, bare, str(file))
        ((again, _, _),) = await together(1, _import, url, str(file))
    goal = "< 20 s, constant memory, progress throughout"
    return [
        Result.time("P6", f"import of {ROWS:,} new contacts of 12 columns", span.seconds, "s",
                    floor=floor.seconds, goal=goal),
        Result("P6", "the same file again, nothing changed", again.seconds, "s"),
        Result("P6", "peak memory of the importing process", peak / 1024, "MB"),
        Result("P6", "looks at the progress", looks, "times"),
    ]  # fmt: skip


def _write(file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(_HEADINGS)
        for n in range(ROWS):
            writer.writerow((
                f"First{n % 1000}", f"Last{n}", f"person{n}@example.test", f"555-{n:07d}",
                f"(555){n:07d}", f"Firm {n % 5000}, Inc", "Buyer", "Long City", "Sweden",
                "https://firm.example/", f"{n % 28 + 1:02d}-{n % 12 + 1:02d}-1980", f"{n:05d}",
            ))  # fmt: skip


async def _blocks(file: str) -> AsyncIterator[bytes]:
    with Path(file).open("rb") as opened:  # noqa: ASYNC230 - nothing else runs here
        while block := opened.read(BLOCK):
            yield block


async def _import(number: int, start: Start, url: str, file: str) -> tuple[Span, int, int]:
    """Take the file in and run the import, as the command line does."""
    schemas, clock = Schemas(), DatabaseClock()
    looks: list[Import] = []
    async with Database(url, size=4) as database:
        await start()
        began = time.monotonic()
        async with database.unit() as conn:
            wish = Wish(
                object_type="contacts",
                key="email",
                date_format=DateFormat.DAY_MONTH_YEAR,
                columns=tuple(
                    Choice(column=heading, property=name)
                    for heading, name in zip(_HEADINGS, _PROPERTIES, strict=True)
                ),
            )
            schema = await schemas.current(conn)
            now = await clock.now(conn)
            begun = await store.begin(
                conn, schema, wish, _blocks(file), started_by="bench", now=now
            )
        ended = await running.run(database, schemas, clock, begun.id, on_progress=looks.append)
        span = Span(began, time.monotonic())
    assert ended.counts.rows_read == ROWS, ended
    assert ended.counts.rejected == 0, ended
    return span, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(looks)


async def _bulk(number: int, start: Start, url: str, file: str) -> Span:
    """The same rows by hand: record, history, change and unique value, in bulk."""
    conn = await connect(url)
    now = await DatabaseClock().now(conn)
    await start()
    began = time.monotonic()
    with Path(file).open(encoding="utf-8") as opened:  # noqa: ASYNC230 - nothing else runs here
        rows = csv.reader(opened)
        next(rows)
        portion: list[dict[str, str]] = []
        for row in rows:
            portion.append(dict(zip(_PROPERTIES, row, strict=True)))
            if len(portion) == PORTION:
                await conn.execute(_INSERT, {"rows": dumps(portion).decode(), "now": now})
                portion = []
        if portion:
            await conn.execute(_INSERT, {"rows": dumps(portion).decode(), "now": now})
    span = Span(began, time.monotonic())
    await conn.close()
    return span


_INSERT: Final = """
    WITH input AS MATERIALIZED (
        SELECT n.n * 64 + n.n %% 64 AS id, n.properties
        FROM (SELECT nextval('ids') AS n, properties
            FROM jsonb_array_elements(%(rows)s::jsonb) AS properties) n
    ), taken AS (
        INSERT INTO unique_values (type, property, value, record_id)
        SELECT '0-1', 'email', properties ->> 'email', id FROM input ORDER BY 3
    ), made AS (
        INSERT INTO records (bucket, id, type, properties, created_at, updated_at)
        SELECT id & 63, id, '0-1', properties, %(now)s, %(now)s FROM input
    ), history AS (
        INSERT INTO property_history (bucket, record_id, at, changed, source)
        SELECT id & 63, id, %(now)s, properties, 'IMPORT/1' FROM input
    )
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT id & 63, 1, id, '0-1', 'created', properties, 'IMPORT/1', 0, %(now)s FROM input"""
