"""A worker process for tests that kill and stop it. Arguments: database, seconds of patience."""

import asyncio
import os
import signal
import sys

from penstock.actions.base import ACTIONS, Action, Batch, Departures
from penstock.engine.worker import Worker
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database, Patience


class Deadly(Action, type_id="9-2", label="Deadly", summary="Deadly", icon="skull"):
    """Kill the process if a record of the batch is called so, and stop it if one is lazy."""

    async def run(self, batch: Batch) -> Departures:
        names = {values["city"] for values in (await batch.values(["city"])).values()}
        if "deadly" in names:
            os.kill(os.getpid(), signal.SIGKILL)
        if "lazy" in names and len(sys.argv) > 3:
            os.kill(os.getpid(), signal.SIGSTOP)
        return batch.depart()


async def main() -> None:
    ACTIONS.load()["9-2"] = Deadly
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    patience = Patience(idle=float(sys.argv[2]), statement=60, transaction=60)

    async def nothing() -> bool:
        return False

    async with Database(sys.argv[1], size=2, patience=patience) as database:
        await Worker(database, DatabaseClock()).run(asyncio.Event(), stop, beside=nothing)


asyncio.run(main())
