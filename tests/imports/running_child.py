"""A process that runs the next import and tells of every batch; for tests that kill it."""

import asyncio
import sys

import structlog

from penstock.imports.model import Import
from penstock.imports.running import run_next
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.records.schema import Schemas


def tell(progress: Import) -> None:
    sys.stdout.write(f"{progress.counts.rows_read}\n")
    sys.stdout.flush()
    # The test answers when the next batch may be written.
    sys.stdin.readline()


async def main(url: str) -> None:
    async with Database(url) as database:
        await run_next(database, Schemas(), DatabaseClock(), on_progress=tell)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(main(sys.argv[1]))
