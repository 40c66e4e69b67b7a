"""The running server: found by its pid file, started, and told to end."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil

from penstock.kernel.embedded.logs import Logs
from penstock.kernel.embedded.places import PORT, Place


class _Child(subprocess.Popen[bytes]):
    def __del__(self) -> None:
        """Nothing to warn of: a server may outlive the process that started it."""


_children: dict[int, _Child] = {}


@dataclass(frozen=True)
class PidFile:
    """What a server writes about itself into postmaster.pid."""

    pid: int
    port: int
    socket_folder: Path
    status: str

    @property
    def ready(self) -> bool:
        return self.status == "ready"

    @property
    def useless(self) -> bool:
        """Whether it is on its way out, or nobody can reach it any more."""
        socket = self.socket_folder / f".s.PGSQL.{self.port}"
        return self.status == "stopping" or (self.ready and not socket.exists())


class Postmaster:
    """The first process of a running server."""

    def __init__(self, place: Place, pid: int) -> None:
        self._place = place
        self._process = psutil.Process(pid)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Postmaster) and self._process == other._process

    __hash__ = None  # type: ignore[assignment]

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        _reap(self.pid)
        with suppress(psutil.NoSuchProcess):
            return self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE
        return False

    def file(self) -> PidFile | None:
        """What it says about itself; nothing before it has come so far."""
        file = _read(self._place.database)
        return file if file and file.pid == self.pid else None

    def signal(self, number: signal.Signals) -> None:
        with suppress(psutil.NoSuchProcess):
            self._process.send_signal(number)

    def shut_down(self) -> None:
        """Ask it to end now, without waiting for its clients."""
        self.signal(signal.SIGINT)

    def reload(self) -> None:
        self.signal(signal.SIGHUP)

    def reopen_log(self) -> None:
        (self._place.database / "logrotate").touch()
        self.signal(signal.SIGUSR1)


def find(place: Place) -> Postmaster | None:
    """The living server of this place, or none, whatever a stale pid file says."""
    file = _read(place.database)
    if file is not None:
        _reap(file.pid)
        with suppress(psutil.Error):
            if _is_postmaster(psutil.Process(file.pid), place):
                return Postmaster(place, file.pid)
    return _search(place)


def clear(place: Place, socket_folder: Path) -> None:
    """Remove what a dead server left and a new one would stumble over.

    PostgreSQL takes any living process with the number in the file for its server. That no other
    server runs on the folder it then still sees by the shared memory block, made from the inode.
    """
    (place.database / "postmaster.pid").unlink(missing_ok=True)
    for path in socket_folder.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)


def launch(place: Place, programs: Path, socket_folder: Path, logs: Logs) -> Postmaster:
    """Start a server, in a session of its own; it is not ready yet."""
    told = {
        "listen_addresses": "",
        "port": str(PORT),
        "cluster_name": place.cluster_name,
        "unix_socket_directories": f'"{socket_folder}"',
        "logging_collector": "on",
        "log_destination": "stderr",
        "log_directory": str(logs.folder),
        "log_filename": logs.current.name,
        "log_rotation_age": "0",
        "log_rotation_size": "0",
    }
    options = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
    early = logs.open_early(place.account)
    try:
        child = _Child(
            [programs / "postgres", "-D", place.database, *options],
            **place.account.becoming(),
            stdin=subprocess.DEVNULL,
            stdout=early,
            stderr=early,
            start_new_session=True,
            cwd=place.database,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            umask=0o077,
        )
    finally:
        os.close(early)
    _children[child.pid] = child
    return Postmaster(place, child.pid)


def leftovers(place: Place) -> list[psutil.Process]:
    """The processes of a server of this place other than its first."""
    title = f"postgres: {place.cluster_name}: "
    return [
        process
        for process in psutil.process_iter(["cmdline", "uids"])
        if process.info["uids"]
        and process.info["uids"].real == place.account.uid
        and " ".join(process.info["cmdline"] or ()).startswith(title)
    ]


def _read(database: Path) -> PidFile | None:
    # It grows line by line while the server starts.
    with suppress(FileNotFoundError, ValueError):
        lines = [*(database / "postmaster.pid").read_text("utf-8").splitlines(), *[""] * 8]
        return PidFile(int(lines[0]), int(lines[3] or 0), Path(lines[4]), lines[7].strip())
    return None


def _search(place: Place) -> Postmaster | None:
    # Its file may be taken away, or not be written yet if its supervisor was killed at once.
    found: dict[int, int] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if _is_postmaster(process, place):
                found[process.pid] = process.ppid()
    with suppress(psutil.NoSuchProcess):
        for pid, parent in found.items():
            # A child looks like its parent until it has given itself a title.
            if parent not in found:
                return Postmaster(place, pid)
    return None


def _is_postmaster(process: psutil.Process, place: Place) -> bool:
    if process.uids().real != place.account.uid or process.status() == psutil.STATUS_ZOMBIE:
        return False
    command = process.cmdline()
    if not command or Path(command[0]).name != "postgres":
        return False
    return any(_same(folder, place.database) for folder in _folders(process, command))


def _folders(process: psutil.Process, command: list[str]) -> Iterator[str]:
    yield from (value for option, value in pairwise(command) if option == "-D")
    # In a container even root may not see another user's.
    with suppress(psutil.AccessDenied):
        yield process.cwd()


def _same(folder: str, database: Path) -> bool:
    with suppress(OSError):
        return database.samefile(folder)
    return False


def _reap(pid: int) -> None:
    # A child that ended stays in the process table, as if alive, until it is asked for.
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
