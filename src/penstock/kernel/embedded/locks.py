"""Locks on files, which end with the process that holds them, however it ends."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self


class FileLock:
    """One holder's side of a lock file. The file itself is never removed.

    `give` hands the file to whom it shall belong, by its descriptor. Children that are executed do
    not inherit it; forked ones that live on do.
    """

    def __init__(self, path: Path, give: Callable[[int], None] | None = None) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        if give is not None:
            give(self._descriptor)

    def wait(self) -> None:
        """Hold it alone, however long the others take."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def take(self) -> bool:
        """Hold it alone, if nobody else does."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """Hold it together with others."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
