"""Imports as they are kept: begun with their file, looked at, cancelled."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from penstock.imports.cells import Owners
from penstock.imports.errors import FileTooLarge, ImportEnded, ImportUnknown
from penstock.imports.model import Column, Counts, Import, Options, Position, State, Wish
from penstock.imports.planning import plan_of
from penstock.imports.reasons import from_json, storable
from penstock.imports.samples import CHUNK, Sample
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.schema import Schema

_queries = load("penstock.imports")

LARGEST_FILE: Final = 2 * 2**30
"""Bytes of one file."""


async def begin(
    conn: Connection,
    schema: Schema,
    wish: Wish,
    blocks: AsyncIterable[bytes],
    *,
    started_by: str,
    now: datetime,
    request: Mapping[str, Any] | None = None,
) -> Import:
    """Take in a file, block by block, and leave an import that waits for a worker.

    Raises MappingInvalid, NothingMapped and the errors of files that cannot be read, before the
    whole file is taken in where its beginning tells. The caller's transaction rolls back then.
    """
    named = await owners(conn)
    sample = Sample()
    id: int = await _queries.value(
        conn,
        "begin",
        name=storable(wish.name or wish.file_name or "import"),
        file_name=storable(wish.file_name),
        object_type=schema.type(wish.object_type).id,
        request=Jsonb(request) if request is not None else None,
        started_by=started_by,
        now=now,
    )
    part = total = 0
    async for chunk in _chunks(blocks):
        sample.add(chunk)
        if part == 0 and len(chunk) == CHUNK:
            plan_of(schema, wish, Sample(chunk, whole=False), named)
        total += len(chunk)
        if total > LARGEST_FILE:
            raise FileTooLarge(limit=LARGEST_FILE)
        await _queries.run(conn, "store_chunk", id=id, part=part, bytes=chunk)
        part += 1
    plan = plan_of(schema, wish, sample, named)
    await _queries.run(
        conn,
        "plan",
        id=id,
        mapping=Jsonb([column.model_dump(exclude_defaults=True) for column in plan.columns]),
        options=Jsonb(plan.options.model_dump()),
        bytes_total=total,
        offset=plan.start.offset,
        line=plan.start.line,
    )
    return await get(conn, id)


async def _chunks(blocks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in chunks of one length, the last one shorter."""
    rest = bytearray()
    async for block in blocks:
        rest += block
        while len(rest) >= CHUNK:
            yield bytes(rest[:CHUNK])
            del rest[:CHUNK]
    if rest:
        yield bytes(rest)


async def owners(conn: Connection) -> Owners:
    """Owners by address and by name."""
    rows = await _queries.rows(conn, "owners")
    return [(name, row.id) for row in rows for name in (row.email, row.name) if name]


async def get(conn: Connection, id: int) -> Import:
    """One import. Raises ImportUnknown."""
    row = await _queries.one(conn, "one", id=id)
    if row is None:
        raise ImportUnknown(id=id)
    return import_of(row)


async def page(conn: Connection, *, before: int | None = None, limit: int = 10) -> Sequence[Import]:
    """Up to `limit` imports with ids below `before`, the newest first."""
    rows = await _queries.rows(conn, "page", before=before or 2**62, limit=limit)
    return [import_of(row) for row in rows]


async def cancel(conn: Connection, id: int, now: datetime) -> Import:
    """End an import after the batch that is being written. Raises ImportUnknown, ImportEnded."""
    row = await _queries.one(
        conn, "end", id=id, offset=None, state=State.CANCELLED, failure=None, now=now
    )
    if row is None:
        raise ImportEnded(id=id, state=(await get(conn, id)).state)
    await _queries.run(conn, "drop_file", id=id)
    return import_of(row)


def import_of(row: Any) -> Import:
    """An import from its row."""
    return Import(
        id=row.id,
        name=row.name,
        file_name=row.file_name,
        object_type=row.object_type,
        state=State(row.state),
        columns=tuple(Column.model_validate(item) for item in row.mapping),
        options=Options.model_validate(row.options),
        request=row.request,
        started_by=row.started_by,
        bytes_total=row.bytes_total,
        position=Position(row.bytes_done, row.next_line, row.wary_until),
        counts=Counts(
            row.rows_read, row.created, row.updated, row.unchanged, row.rejected, row.warnings
        ),
        failure=from_json(row.failure) if row.failure else None,
        created_at=row.created_at.astimezone(UTC),
        updated_at=row.updated_at.astimezone(UTC),
        started_at=row.started_at and row.started_at.astimezone(UTC),
        finished_at=row.finished_at and row.finished_at.astimezone(UTC),
    )
