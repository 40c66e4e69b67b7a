"""Work that a worker process does beside its turns, whenever there is some."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from penstock.kernel.db import TRANSIENT

_log = structlog.get_logger(__name__)

_LONGEST_SLEEP: Final = 1.0
_SHORTEST_REST: Final = 0.5
_LONGEST_REST: Final = 60.0
"""Seconds. A rest follows an error, and is doubled by each further one."""


class Errand:
    """Calls `work` again and again, until it says that there is none; then waits to be told.

    It has a task of its own: a mail server that is slow, or a file of a million rows, must not hold
    up the turns.
    """

    def __init__(self, name: str, work: Callable[[], Awaitable[bool]]) -> None:
        self._name = name
        self._work = work
        self._look = asyncio.Event()
        self._ended = asyncio.Event()

    def look(self) -> None:
        """There may be work now."""
        self._look.set()

    def end(self) -> None:
        """Finish what has begun, and begin nothing more."""
        self._ended.set()
        self._look.set()

    async def run(self) -> None:
        """Work until `end`. An error is logged, and costs a rest."""
        rest = _SHORTEST_REST
        while not self._ended.is_set():
            self._look.clear()
            try:
                busy = await self._work()
            except TRANSIENT as error:
                _log.warning("the database is away; trying again", reason=str(error).strip())
                await _wait(self._ended, _SHORTEST_REST)
            except Exception:  # noqa: BLE001 - the turns go on whatever happens here
                _log.exception("an errand failed; trying again", errand=self._name, seconds=rest)
                await _wait(self._ended, rest)
                rest = min(rest * 2, _LONGEST_REST)
            else:
                rest = _SHORTEST_REST
                if not busy:
                    await _wait(self._look, _LONGEST_SLEEP)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
