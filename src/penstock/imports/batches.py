"""The rows of a kept file from a position on, in batches of bounded size."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final, TypeVar

from penstock.imports.errors import FileGone
from penstock.imports.lines import Lines
from penstock.imports.model import Import, Position
from penstock.imports.rows import Row, Rows
from penstock.imports.samples import CHUNK
from penstock.kernel.db import Database
from penstock.kernel.queries import load

_queries = load("penstock.imports")

_MOST_ROWS: Final = 1_000
_MOST_BYTES: Final = 4 * 1024 * 1024

Item = TypeVar("Item")


@dataclass(frozen=True)
class Batch:
    """Rows that are written in one transaction, and the place behind them."""

    rows: list[Row]
    after: Position


async def batches(database: Database, running: Import) -> AsyncGenerator[Batch, None]:
    """The batches of an import from its position to its end. Raises FileGone."""
    position, options = running.position, running.options
    lines = Lines(options.encoding, position.offset, position.line)
    rows = Rows(options.delimiter, len(running.columns), position.wary_until)
    batch: list[Row] = []
    offset, begun = position.offset, position.offset
    while offset < running.bytes_total:
        block = await _block(database, running.id, offset)
        offset += len(block)
        final = offset >= running.bytes_total
        for row in rows.feed(lines.feed(block, final=final), final=final):
            batch.append(row)
            if len(batch) == _MOST_ROWS or row.after.offset - begun > _MOST_BYTES:
                yield Batch(batch, row.after)
                batch, begun = [], row.after.offset
    if batch:
        yield Batch(batch, batch[-1].after)


async def _block(database: Database, id: int, offset: int) -> bytes:
    """The bytes of the file from an offset to the end of their chunk."""
    part, start = divmod(offset, CHUNK)
    async with database.reading() as conn:
        block: bytes | None = await _queries.value(conn, "chunk", id=id, part=part, start=start)
    if not block:
        raise FileGone(part=part)
    return block


async def ahead(source: AsyncGenerator[Item, None]) -> AsyncGenerator[Item, None]:
    """The same items, the next one being made while the last one is used."""
    coming = asyncio.ensure_future(anext(source, None))
    try:
        while (item := await coming) is not None:
            coming = asyncio.ensure_future(anext(source, None))
            yield item
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await source.aclose()
