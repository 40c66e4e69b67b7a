"""Penstock's command as its users run it: in a process of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

PROGRAM = Path(sys.executable).with_name("penstock")


def environment(url: str | None, **more: str) -> dict[str, str]:
    """A user's environment in English, with a database of the test's choice."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PENSTOCK_")}
    given = {} if url is None else {"PENSTOCK_DATABASE_URL": url}
    return {**kept, "LC_ALL": "C", "PYTHONWARNINGS": "error", **given, **more}


def command(
    url: str | None, *arguments: str | Path, cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [PROGRAM, *arguments],
        capture_output=True,
        text=True,
        env=environment(url, **more),
        check=False,
        cwd=cwd,
    )


def done(url: str | None, *arguments: str | Path, cwd: Path | None = None, **more: str) -> str:
    """What a command printed that did what it should."""
    result = command(url, *arguments, cwd=cwd, **more)
    assert result.returncode == 0, result.stderr
    return result.stdout


def eventually(what: Callable[[], Any], seconds: float = 60) -> Any:
    """What it returns, as soon as that is true."""
    end = time.monotonic() + seconds
    while not (result := what()):
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.01)
    return result


PATIENCE = 120
"""Seconds until a process that was told to stop is taken to hang."""


class Running:
    """A command that goes on until it is told to stop."""

    def __init__(self, url: str | None, *arguments: str | Path, **more: str) -> None:
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - read in the end
        self.process = subprocess.Popen(
            [PROGRAM, *arguments],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=environment(url, **more),
        )

    def hears(self, pattern: str) -> str:
        """The first group of the pattern in a line that it prints, when it comes to that."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(pattern, line):
                return found[1]
        raise AssertionError(f"it ended without saying {pattern}:\n{self.errors}")

    @property
    def errors(self) -> str:
        """What it has written to stderr until now."""
        self._errors.seek(0)
        return self._errors.read()

    def children(self, kind: str = "") -> list[psutil.Process]:
        """Its living child processes of a kind, or of all kinds."""
        found = []
        for process in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                words = process.cmdline()
                if "penstock.bootstrap.child" in words and words[-1].startswith(kind):
                    found.append(process)
        return found

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to stop, wait until it has, and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        """Let nothing of it be left."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()


@contextmanager
def running(url: str | None, *arguments: str | Path, **more: str) -> Iterator[Running]:
    started = Running(url, *arguments, **more)
    try:
        yield started
    finally:
        started.close()


@contextmanager
def serving(url: str | None, *arguments: str | Path) -> Iterator[tuple[Running, str]]:
    """`penstock serve` on a free port, ready, and its address."""
    with running(url, "serve", "--port", "0", *arguments) as serve:
        yield serve, serve.hears(r"ready at (http://\S+)")
