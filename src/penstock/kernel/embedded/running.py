"""Having a server that is ready: adopt the running one, or start one and await its recovery."""

import math
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from penstock.kernel.embedded import cluster, postmaster
from penstock.kernel.embedded.errors import LeftoverProcesses, StartFailed
from penstock.kernel.embedded.logs import Logs
from penstock.kernel.embedded.places import Place, socket_folder
from penstock.kernel.embedded.postmaster import PidFile, Postmaster
from penstock.kernel.embedded.waiting import Progress, silent, waiting
from penstock.kernel.texts import Text

# Seconds.
_FILE_PATIENCE = 5
_LOGGER_PATIENCE = 2
_LEFTOVER_PATIENCE = 10
_LEFTOVER_LIMIT = 120
_BETWEEN_TRIES = 0.3


@dataclass(frozen=True)
class Runner:
    """Starts and ends the server of one place; to be used by one process at a time."""

    place: Place
    programs: Path
    settings: Mapping[str, str]
    logs: Logs
    progress: Progress

    def run(self) -> tuple[Postmaster, PidFile]:
        """The server, ready, and what it says about itself.

        Raises StartFailed, LeftoverProcesses, and what cluster.prepare raises.
        """
        cluster.prepare(self.place, self.programs, self.settings, self.progress)
        changed = cluster.write_access(self.place)
        server, file = self._ready()
        if changed:
            server.reload()
        return server, file

    def end(self, server: Postmaster) -> None:
        """Have the server write everything to disk and end, without waiting for its clients."""
        server.shut_down()
        for _ in waiting(
            self.progress,
            lambda seconds: Text("Stopping the database ({seconds} s)", seconds=seconds),
        ):
            if not server.alive():
                return

    def _ready(self) -> tuple[Postmaster, PidFile]:
        limit = time.monotonic() + _LEFTOVER_LIMIT
        while True:
            since = self.logs.size()
            found = postmaster.find(self.place)
            server = found or self._launch()
            if file := self._await_ready(server, _FILE_PATIENCE if found else math.inf):
                return server, file
            if found is None and postmaster.find(self.place) is None:
                self._judge_end(since, limit)

    def _launch(self) -> Postmaster:
        folder = self.place.socket_folder()
        socket_folder(folder, self.place.account)
        cluster.write_settings(self.place, self.settings)
        postmaster.clear(self.place, folder)
        return postmaster.launch(self.place, self.programs, folder, self.logs)

    def _await_ready(self, server: Postmaster, patience: float) -> PidFile | None:
        for waited in waiting(self.progress, self._getting_ready):
            if not server.alive():
                return None
            file = server.file()
            # A server whose file was taken away ends anyway, within a minute.
            if file.useless if file else waited > patience:
                self.end(server)
            elif file and file.ready:
                return file
        return None

    def _getting_ready(self, seconds: int) -> Text:
        return Text(
            "The database is getting ready ({seconds} s): {line}",
            seconds=seconds,
            line=self.logs.latest(),
        )

    def _judge_end(self, since: int, limit: float) -> None:
        """Decide whether a start that failed is worth another try; if not, say why."""
        if "shared memory block" in self.logs.end(since):
            self._await_leftovers(limit)
            return
        for waited in waiting(silent, self._getting_ready):
            # The logger ends last, and then all is written.
            if waited > _LOGGER_PATIENCE or not postmaster.leftovers(self.place):
                break
        raise StartFailed(
            folder=self.place.database, log=self.logs.current, lines=self.logs.end(since)
        )

    def _await_leftovers(self, limit: float) -> None:
        for waited in waiting(
            self.progress,
            lambda seconds: Text(
                "Waiting for processes of the previous server to end ({seconds} s)",
                seconds=seconds,
            ),
        ):
            left = postmaster.leftovers(self.place)
            if not left and waited > _BETWEEN_TRIES:
                return
            if time.monotonic() > limit:
                raise LeftoverProcesses(
                    folder=self.place.database,
                    seconds=_LEFTOVER_LIMIT,
                    processes=", ".join(str(process.pid) for process in left) or "?",
                )
            if waited > _LEFTOVER_PATIENCE:
                # One in the midst of a long query does not notice that its server is gone, and
                # one that is stopped cannot. What they do is lost already.
                for process in left:
                    with suppress(psutil.NoSuchProcess):
                        process.kill()
