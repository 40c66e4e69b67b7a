"""One command's use of the database: it is there, up to date, and let go of in the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from penstock.bootstrap.preparing import prepare
from penstock.bootstrap.servers import server_of
from penstock.bootstrap.wiring import wire
from penstock.kernel.clock import Clock, DatabaseClock
from penstock.kernel.db import Database
from penstock.kernel.embedded.waiting import Progress
from penstock.kernel.settings import Settings
from penstock.records.schema import Schemas


@dataclass(frozen=True)
class Installation:
    """What a command works with."""

    database: Database
    schemas: Schemas
    clock: Clock


@asynccontextmanager
async def opened(settings: Settings, progress: Progress) -> AsyncIterator[Installation]:
    """The installation that the settings name. The embedded server is adopted if it runs, else it
    runs as long as this lasts. Raises what preparing and the embedded server raise.
    """
    wire()
    server = server_of(settings, progress)
    clock = DatabaseClock()
    try:
        url = await asyncio.to_thread(server.start)
        await prepare(url, clock)
        async with Database(url, size=4) as database:
            yield Installation(database, Schemas(), clock)
    finally:
        await asyncio.to_thread(server.stop)
