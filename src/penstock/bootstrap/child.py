"""The start of a child process: it waits for its orders, works until told to stop, and ends.

Its input is a pipe from the supervisor: one line of orders, and then its end means stop, also when
the supervisor was killed. On its output it says that it is ready, or why it cannot be.
"""

import asyncio
import gc
import importlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

GRACE: Final = 30.0
"""Seconds that a child has to finish what it began."""

_LONGEST_REASON: Final = 10_000

KINDS: Final = {"web": "penstock.bootstrap.web", "worker": "penstock.bootstrap.work"}


@dataclass(frozen=True)
class Orders:
    """What the supervisor tells a child; `listener` is the descriptor of the listening socket."""

    name: str
    url: str
    listener: int | None = None
    debug: bool = False

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls) -> Self | None:
        """The orders on our input, or None if the supervisor ended before it gave any."""
        line = sys.stdin.buffer.readline()
        return cls(**json.loads(line)) if line.endswith(b"\n") else None


class Voice:
    """How a child reports to its supervisor: a line of JSON each time."""

    def __init__(self) -> None:
        # Whatever else is printed goes to stderr, so that it can neither confuse nor fill the pipe.
        self._output = os.dup(1)
        os.dup2(2, 1)

    def ready(self) -> None:
        self._say({"ready": True})

    def failed(self, reason: str) -> None:
        self._say({"failed": reason[:_LONGEST_REASON]})

    def _say(self, what: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):
            os.write(self._output, json.dumps(what).encode() + b"\n")


Work = Callable[[Orders, asyncio.Event, Callable[[], None]], Awaitable[None]]
"""Works until the event is set; calls the third argument when it is ready."""


def main() -> None:
    """Be the child process of the kind that the command line names."""
    voice = Voice()
    # Before the orders come, while the database is still starting. All of it stays, so looking for
    # garbage in it, now or ever, is in vain.
    gc.disable()
    module = importlib.import_module(KINDS[sys.argv[1]])
    module.load()
    gc.freeze()
    gc.enable()
    orders = Orders.read()
    if orders is None:
        return

    import structlog
    import uvloop

    from penstock.kernel import log
    from penstock.kernel.errors import PenstockError

    log.configure(orders.name, debug=orders.debug)
    try:
        uvloop.run(_until_stopped(module.work, orders, voice))
    except PenstockError as error:
        voice.failed(str(error))
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the supervisor is told of every error
        structlog.get_logger(__name__).exception("the process ends")
        voice.failed(f"{type(error).__name__}: {error}")
        sys.exit(1)


async def _until_stopped(work: Work, orders: Orders, voice: Voice) -> None:
    stop = asyncio.Event()
    with _watching(stop):
        await work(orders, stop, voice.ready)


@contextmanager
def _watching(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` when the supervisor says so or is gone, or at SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(0)
        if not stop.is_set():
            stop.set()
            # Nobody else would end a child that hangs when its supervisor is gone.
            loop.call_later(GRACE, os._exit, 1)

    def hear() -> None:
        if not os.read(0, 1024):
            end()

    loop.add_reader(0, hear)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    yield


if __name__ == "__main__":
    main()
