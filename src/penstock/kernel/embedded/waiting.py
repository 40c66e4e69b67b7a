"""Waiting for something else to happen, and saying so when it takes long."""

import time
from collections.abc import Callable, Iterator

from penstock.kernel.texts import Text

Progress = Callable[[Text], None]

_PAUSE = 0.02
_SILENCE = 2


def silent(_: Text) -> None:
    """Progress that nobody looks at."""


def waiting(progress: Progress, text: Callable[[int], Text]) -> Iterator[float]:
    """Yields the seconds waited, many times a second and without end.

    Every two seconds progress gets the text, which is made from the whole seconds waited.
    """
    begin = time.monotonic()
    reported = 0
    while True:
        waited = time.monotonic() - begin
        if int(waited) >= reported + _SILENCE:
            reported = int(waited)
            progress(text(reported))
        yield waited
        time.sleep(_PAUSE)
