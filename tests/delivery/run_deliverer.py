"""A deliverer in a process of its own, to be killed.

Its arguments: the database, the mail server, its name, and networks that webhooks may go to.
"""

import asyncio
import sys

from penstock.delivery.deliverer import Deliverer
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.kernel.settings import Settings


async def main(url: str, smtp_url: str, name: str, allowed: str = "") -> None:
    async with Database(url, size=2) as database:
        settings = Settings(smtp_url=smtp_url, smtp_connections=1, allowed_targets=allowed)
        deliverer = Deliverer(database, DatabaseClock(), settings, name)
        while True:
            await deliverer.deliver()


asyncio.run(main(*sys.argv[1:]))
