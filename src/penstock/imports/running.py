"""Runs imports, each in one process at a time; what one process leaves, another goes on with."""

from collections.abc import Callable
from typing import Final

import psycopg
import structlog
from psycopg.types.json import Jsonb

from penstock.imports.errors import ImportBusy, ImportEnded
from penstock.imports.model import Import, State
from penstock.imports.passage import Passage
from penstock.imports.reasons import as_json
from penstock.imports.store import get, import_of
from penstock.kernel.clock import Clock
from penstock.kernel.db import TRANSIENT, Connection, Database
from penstock.kernel.errors import PenstockError
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schemas

_queries = load("penstock.imports")
_log = structlog.get_logger(__name__)

_LOCKS: Final = 0x696D7074  # "impt"
"""The space of the advisory locks by which one process alone runs an import."""

Progress = Callable[[Import], None]
"""Told after every batch how far the import is."""


async def run(
    database: Database,
    schemas: Schemas,
    clock: Clock,
    id: int,
    *,
    on_progress: Progress | None = None,
) -> Import:
    """Run an import in this process, from where it stands to its end.

    Returns it finished, cancelled or failed. When the database fails for longer than a few
    attempts, its error is raised, and whoever runs the import next goes on from the last batch.
    Raises ImportUnknown, ImportEnded, or ImportBusy while another process runs it.
    """
    async with database.autocommit() as session:
        found = await get(session, id)
        if not found.ended and not await _take(session, id):
            raise ImportBusy(id=id)
        if not await _start(session, clock, id):
            raise ImportEnded(id=id, state=(await get(session, id)).state)
        return await _run(database, session, schemas, clock, id, on_progress)


async def run_next(
    database: Database, schemas: Schemas, clock: Clock, *, on_progress: Progress | None = None
) -> bool:
    """Run the oldest import that waits, or that a process left when it died; to its end.

    Returns whether there was one. Raises the database's errors as `run` does.
    """
    async with database.reading() as conn:
        # Most looks are in vain, and not worth a session of their own.
        if not await _queries.rows(conn, "to_run"):
            return False
    troubles: list[Exception] = []
    async with database.autocommit() as session:
        for row in await _queries.rows(session, "to_run"):
            if not (await _take(session, row.id) and await _start(session, clock, row.id)):
                continue
            try:
                await _run(database, session, schemas, clock, row.id, on_progress)
            except TRANSIENT as trouble:
                # What is wrong with one import is not to hold up the others.
                if session.closed:
                    raise
                troubles.append(trouble)
            else:
                return True
    if troubles:
        raise troubles[0]
    return False


async def _take(session: Connection, id: int) -> bool:
    """Take the import for as long as the session lives."""
    taken: bool = await _queries.value(session, "take", space=_LOCKS, id=id)
    return taken


async def _start(session: Connection, clock: Clock, id: int) -> bool:
    """Whether there is still something to run."""
    return await _queries.run(session, "start", id=id, now=await clock.now(session)) == 1


async def _run(
    database: Database,
    session: Connection,
    schemas: Schemas,
    clock: Clock,
    id: int,
    on_progress: Progress | None,
) -> Import:
    passage = Passage(database, session, schemas, clock, await get(session, id))
    async for progress in passage.batches():
        if on_progress is not None:
            on_progress(progress)
    failure = passage.failure
    ended = await _end(session, clock, id, passage.offset, failure)
    foreseen = isinstance(failure, PenstockError | psycopg.Error)
    _log.info(
        "import ended",
        import_id=id,
        state=ended.state,
        rows_read=ended.counts.rows_read,
        failure=str(failure) if failure else None,
        exc_info=None if foreseen else failure,
    )
    if on_progress is not None:
        on_progress(ended)
    return ended


async def _end(
    session: Connection, clock: Clock, id: int, offset: int, failure: Exception | None
) -> Import:
    """End the import, unless somebody cancelled it or has gone on with it."""
    async with session.transaction():
        row = await _queries.one(
            session,
            "end",
            id=id,
            offset=offset,
            state=State.FAILED if failure else State.FINISHED,
            failure=Jsonb(as_json(_reason(failure))) if failure else None,
            now=await clock.now(session),
        )
        if row is None:
            return await get(session, id)
        await _queries.run(session, "drop_file", id=id)
        return import_of(row)


def _reason(error: Exception) -> Text:
    if isinstance(error, PenstockError):
        return error.problems[0].text if error.problems else error.text
    return Text("the rows cannot be written: {reason}", reason=str(error).partition("\n")[0])
