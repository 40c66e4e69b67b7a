"""One run of an import: every batch is written once, by whoever holds the import's row."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Final

from penstock.imports import report
from penstock.imports.batches import Batch, ahead, batches
from penstock.imports.culprits import passing, write_in_parts
from penstock.imports.errors import MappingInvalid
from penstock.imports.linking import Linking
from penstock.imports.mapping import Candidate, Columns
from penstock.imports.model import Counts, Import, State
from penstock.imports.objections import objections
from penstock.imports.store import import_of, owners
from penstock.imports.writing import Writer
from penstock.kernel.clock import Clock
from penstock.kernel.db import Connection, Database
from penstock.kernel.queries import load
from penstock.records.changes import Lane, Source, Write
from penstock.records.schema import Schema, Schemas
from penstock.records.store import Upserted

_queries = load("penstock.imports")

_ATTEMPTS: Final = 6
_PAUSE: Final = 0.05
"""Seconds, doubled before each further attempt."""


class Passage:
    """An import that is being run on a session which holds its lock."""

    def __init__(
        self,
        database: Database,
        session: Connection,
        schemas: Schemas,
        clock: Clock,
        running: Import,
    ) -> None:
        self._database = database
        self._session = session
        self._schemas = schemas
        self._clock = clock
        self._running = running
        self._schema: Schema | None = None
        self.failure: Exception | None = None

    @property
    def offset(self) -> int:
        """Bytes of the file before the next row."""
        return self._running.position.offset

    async def batches(self) -> AsyncGenerator[Import, None]:
        """Write batch after batch, and tell how far the import is.

        Ends early when the import is cancelled, and with a `failure` when the file is gone, the
        schema no longer has what is mapped, or no single row can be blamed. Raises the database's
        error when it lasts.
        """
        try:
            await self._settle(await self._schemas.current(self._session))
            async with aclosing(ahead(batches(self._database, self._running))) as coming:
                async for batch in coming:
                    progress = await self._insist(batch)
                    if progress is None:
                        return
                    self._running = progress
                    yield progress
        except Exception as error:
            if passing(error):
                raise
            self.failure = error

    async def _settle(self, schema: Schema) -> None:
        """Make ready for rows under this schema. Raises MappingInvalid."""
        if schema is self._schema:
            return
        running = self._running
        type = schema.type(running.object_type)
        problems = list(objections(schema, type, running.columns, running.options))
        if problems:
            raise MappingInvalid(problems=problems)
        columns = Columns(type, running.columns, running.options, await owners(self._session))
        linking = Linking(schema, columns.links)
        self._writer = Writer(schema, columns, running.options, linking)
        self._schema = schema

    async def _insist(self, batch: Batch) -> Import | None:
        """Write a batch: again when the database fails in passing, in parts when rows are to blame.

        None when the import is over, or somebody else has gone on with it.
        """
        failed, in_parts = 0, False
        while True:
            try:
                await self._settle(await self._schemas.current(self._session))
                await self._writer.linking.prepare(self._session)
                return await self._write(batch, in_parts=in_parts)
            except Exception as error:
                if passing(error):
                    failed += 1
                    if self._session.closed or failed == _ATTEMPTS:
                        raise
                    await asyncio.sleep(_PAUSE * 2**failed)
                elif in_parts:
                    raise
                else:
                    in_parts = True

    async def _write(self, batch: Batch, *, in_parts: bool) -> Import | None:
        """One transaction: the rows, their problems, and the place behind them."""
        session, writer, running = self._session, self._writer, self._running
        async with session.transaction():
            held = await _queries.value(
                session, "hold", id=running.id, offset=running.position.offset
            )
            if held != State.RUNNING:
                return None
            now = await self._clock.now(session)
            write = Write(Source("IMPORT", str(running.id)), now, Lane.BACKFILL)
            candidates = [writer.columns.read(row) for row in batch.rows]
            if in_parts:
                written = await write_in_parts(writer, session, candidates, write)
            else:
                written = await writer.write(session, candidates, write)
            await _queries.run(
                session,
                "add_members",
                id=running.id,
                ids=[done.record.id for done in written.values()],
                news=[done.new for done in written.values()],
                type=running.object_type,
                **write.bound,
            )
            problems = [problem for candidate in candidates for problem in candidate.told]
            await report.keep(session, running.id, writer.columns, problems)
            row = await _queries.one(
                session,
                "advance",
                id=running.id,
                offset=batch.after.offset,
                line=batch.after.line,
                wary_until=batch.after.wary_until,
                now=now,
                **asdict(_counts(candidates, written)),
            )
        return import_of(row)


def _counts(candidates: Sequence[Candidate], written: Mapping[int, Upserted]) -> Counts:
    kinds = Counter(
        "created" if done.new else "updated" if done.changed else "unchanged"
        for done in written.values()
    )
    return Counts(
        rows_read=len(candidates),
        created=kinds["created"],
        updated=kinds["updated"],
        unchanged=kinds["unchanged"],
        rejected=len(candidates) - len(written),
        warnings=sum(len(candidates[index].problems) for index in written),
    )
