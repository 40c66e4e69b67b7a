"""A worker process: it turns buckets, and beside that delivers effects and runs imports."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from penstock.actions.base import ACTIONS
from penstock.bootstrap.child import Orders
from penstock.bootstrap.errands import Errand
from penstock.delivery.base import DELIVERIES
from penstock.delivery.deliverer import Deliverer
from penstock.engine.worker import Worker
from penstock.imports import running
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database, Patience
from penstock.kernel.settings import Settings
from penstock.kernel.waking import Waker
from penstock.records.schema import Schemas
from penstock.triggers.base import TRIGGERS

_CONNECTIONS: Final = 8
_PATIENCE: Final = Patience(idle=20, statement=60, transaction=120)
"""A turn takes a fraction of a second, so a worker that holds one for so long was stopped."""


def load() -> None:
    """Import the entries of the catalogues."""
    for catalogue in (ACTIONS, TRIGGERS, DELIVERIES):
        len(catalogue)


async def work(orders: Orders, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """Work until `stop`: a turn that has begun is finished, and so is what is being sent; an import
    stops after its last batch, and whoever runs it next goes on from there.
    """
    wake, clock = asyncio.Event(), DatabaseClock()
    async with Database(orders.url, size=_CONNECTIONS, patience=_PATIENCE) as database:
        # Each kind has a deliverer, and so a queue, of its own: slow webhooks do not hold up mail.
        name, settings, schemas = _name(), Settings(), Schemas()
        deliverers = [
            # The outcomes are changes.
            Deliverer(database, clock, settings, f"{name}/{kind}", kinds=[kind], told=wake.set)
            for kind in DELIVERIES
        ]

        async def run_import() -> bool:
            ran = await running.run_next(database, schemas, clock)
            if ran:
                wake.set()
            return ran

        importing = Errand("imports", run_import)

        async with (
            _beside(Waker(orders.url).listen(wake)),
            _beside(importing.run()),
            _delivering(deliverers) as delivering,
        ):

            async def tell_errands() -> bool:
                for errand in (*delivering, importing):
                    errand.look()
                return False

            ready()
            await Worker(database, clock).run(wake, stop, beside=tell_errands)


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def _delivering(deliverers: Sequence[Deliverer]) -> AsyncIterator[Sequence[Errand]]:
    errands = [Errand("deliveries", _deliver(deliverer)) for deliverer in deliverers]
    # Not cancelled: a mail whose sending is cut off is uncertain for ever.
    tasks = [asyncio.create_task(errand.run()) for errand in errands]
    try:
        yield errands
    finally:
        for errand in errands:
            errand.end()
        await asyncio.gather(*(deliverer.close() for deliverer in deliverers))
        await asyncio.gather(*tasks)


def _deliver(deliverer: Deliverer) -> Callable[[], Awaitable[bool]]:
    async def deliver() -> bool:
        return bool(await deliverer.deliver())

    return deliver


def _name() -> str:
    """A name that no other worker has, and that tells people where it is."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
