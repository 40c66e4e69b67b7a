"""Child processes in the hands of the supervisor: started again when they end, after a pause."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import structlog

from penstock.bootstrap.child import GRACE, Orders
from penstock.bootstrap.errors import ChildFailed
from penstock.kernel.texts import Text

_log = structlog.get_logger(__name__)

# Seconds.
_BEYOND_GRACE: Final = 5.0
_LONG_LIFE: Final = 60.0
_SHORTEST_PAUSE: Final = 0.1
# Records wait for one that was at work. Starting it takes a second of a core, so that even one
# that ends at once, always, costs little.
_LONGEST_PAUSE: Final = 5.0
# What keeps it from getting ready is unlikely to pass by itself.
_LONGEST_PAUSE_UNREADY: Final = 30.0


class Pauses:
    """Seconds until a process is started again: growing ones, while its lives are short."""

    def __init__(self) -> None:
        self._next = _SHORTEST_PAUSE

    def after(self, life: float, *, was_ready: bool) -> float:
        """The pause after a life of so many seconds."""
        if life > _LONG_LIFE:
            self._next = _SHORTEST_PAUSE
        pause = min(self._next, _LONGEST_PAUSE if was_ready else _LONGEST_PAUSE_UNREADY)
        self._next = pause * 2
        return pause


class Child:
    """One child process of a kind, and its successors.

    `ready` is done when one of them was ready for the first time, and fails with ChildFailed when
    the first one ends before.
    """

    def __init__(self, kind: str, name: str, *, listener: int | None, debug: bool) -> None:
        self._kind = kind
        self._name = name
        self._listener = listener
        self._debug = debug
        loop = asyncio.get_running_loop()
        self._orders: asyncio.Future[Orders] = loop.create_future()
        self.ready: asyncio.Future[None] = loop.create_future()
        self._process: Process | None = None
        self._ending = asyncio.Event()
        self._planned = False
        self._was_ready = False
        self._reason: str | None = None

    def employ(self, url: str) -> None:
        """Let it work on this database; when it works on another one, it is started again."""
        orders = Orders(self._name, url, self._listener, self._debug)
        if not self._orders.done():
            self._orders.set_result(orders)
            return
        self._orders = asyncio.get_running_loop().create_future()
        self._orders.set_result(orders)
        self._planned = True
        self._tell_to_stop()

    async def keep(self) -> None:
        """Start it, and start it again whenever it ends, until `end`."""
        pauses = Pauses()
        loop = asyncio.get_running_loop()
        while True:
            born = loop.time()
            try:
                code = await self._live()
            except OSError as error:  # too many processes, or no memory for one more
                code, self._reason = 1, str(error)
            if self._ending.is_set():
                return
            if not self.ready.done():
                self.ready.set_exception(ChildFailed(name=self._name, reason=self._why(code)))
                return
            if self._planned:
                self._planned = False
                continue
            pause = pauses.after(loop.time() - born, was_ready=self._was_ready)
            _log.warning(
                "a process ended; starting it again",
                name=self._name,
                reason=str(self._why(code)),
                seconds=pause,
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)
                return

    async def end(self) -> None:
        """Tell it to stop and wait until it has; one that takes too long is killed."""
        self._ending.set()
        self._tell_to_stop()
        if self._process is None:
            return
        try:
            await asyncio.wait_for(self._process.wait(), GRACE + _BEYOND_GRACE)
        except TimeoutError:
            _log.warning("a process did not end in time, and is killed", name=self._name)
            self.kill()
            await self._process.wait()

    def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    def _tell_to_stop(self) -> None:
        if not self._orders.done():
            self.kill()  # it has begun nothing, and may be busy loading its code for a while
        elif self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    async def _live(self) -> int:
        """One life of the process; returns how it ended."""
        self._reason = None
        self._was_ready = False
        self._process = process = await asyncio.create_subprocess_exec(
            *self._command(),
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=[] if self._listener is None else [self._listener],
            # A Ctrl-C on the terminal is for the supervisor alone.
            process_group=0,
        )
        if self._ending.is_set():
            self._tell_to_stop()
        briefing = asyncio.create_task(self._brief(process))
        try:
            await self._hear(process)
            return await process.wait()
        finally:
            briefing.cancel()
            await asyncio.gather(briefing, return_exceptions=True)

    def _command(self) -> Sequence[str]:
        # Without -P, a module in the folder where Penstock is started could stand in for ours.
        return [sys.executable, "-P", "-m", "penstock.bootstrap.child", self._kind]

    async def _brief(self, process: Process) -> None:
        assert process.stdin is not None
        orders = await asyncio.shield(self._orders)
        with suppress(ConnectionError):
            process.stdin.write(orders.line())
            await process.stdin.drain()

    async def _hear(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            said: dict[str, Any] = json.loads(line)
            if "failed" in said:
                self._reason = said["failed"]
            else:
                self._was_ready = True
                if not self.ready.done():
                    self.ready.set_result(None)

    def _why(self, code: int) -> Text:
        if self._reason:
            return Text("{reason}", reason=self._reason)
        if code < 0:
            return Text("a signal ended it: {signal}", signal=signal.strsignal(-code) or -code)
        return Text("it ended with the code {code}; the log says more", code=code)
