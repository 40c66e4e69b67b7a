"""The server's log: two files of bounded size, and what it said before it opened them."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from penstock.kernel.embedded.accounts import Account

LARGEST = 10 * 1024 * 1024
"""Bytes after which the log is put aside, in place of the one put aside before."""

_TAIL = 64 * 1024
_NOISE = ("redirecting log output", "Future log output")


@dataclass(frozen=True)
class Logs:
    """The log files of one server, in a folder of its own."""

    folder: Path

    @property
    def current(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def old(self) -> Path:
        return self.folder / "postgres.old.log"

    @property
    def early(self) -> Path:
        return self.folder / "start.log"

    def open_early(self, account: Account) -> int:
        """A descriptor, empty, for what a server says before its log is open."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW
        descriptor = os.open(self.early, flags, 0o600)
        account.give(descriptor)
        return descriptor

    def size(self) -> int:
        """Bytes written to the current file; 0 where there is none."""
        with suppress(OSError):
            return self.current.stat().st_size
        return 0

    def full(self) -> bool:
        # PostgreSQL itself truncates no file that it leaves because of its size.
        return not self.current.exists() or self.size() > LARGEST

    def put_aside(self) -> None:
        with suppress(FileNotFoundError):
            self.current.replace(self.old)

    def end(self, since: int = 0, lines: int = 15) -> str:
        """The last lines written, of the current file only those after `since` bytes."""
        said = _read(self.early, 0) + _read(self.current, since)
        kept = [line for line in said.splitlines() if not any(noise in line for noise in _NOISE)]
        return "\n".join(kept[-lines:])

    def latest(self) -> str:
        """What the last line says, without its time and level."""
        line = _read(self.current, 0).rstrip().rpartition("\n")[2]
        return (line.partition(":  ")[2] or line).strip()


def _read(path: Path, since: int) -> str:
    with suppress(OSError), path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(since if since <= size else 0, size - _TAIL))
        return file.read().decode(errors="replace")
    return ""
