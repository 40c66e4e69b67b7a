"""One process's share in the embedded server: the first starts it, the last stops it."""

import os
import platform
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from penstock.kernel.embedded import cluster, postmaster
from penstock.kernel.embedded.accounts import server_account
from penstock.kernel.embedded.errors import NoAnswer, RunsElsewhere
from penstock.kernel.embedded.locks import FileLock
from penstock.kernel.embedded.logs import Logs
from penstock.kernel.embedded.places import Place, default_data_folder, usable
from penstock.kernel.embedded.programs import programs
from penstock.kernel.embedded.running import Runner
from penstock.kernel.embedded.waiting import Progress, silent, waiting
from penstock.kernel.texts import Text


class EmbeddedServer:
    """A PostgreSQL server on Penstock's data folder, shared by all supervisors of that folder.

    Calls wait as long as the server takes, and say so through `progress` (called in the thread that
    waits, every two seconds). A supervisor that is killed leaves the server running; the next one
    adopts it. `settings`, by PostgreSQL's names, replace Penstock's own when this supervisor is the
    one that starts the server. From its making on, this process has no libpq environment variables
    (PGHOST…): they are about another server.
    """

    def __init__(
        self,
        data: Path | None = None,
        *,
        progress: Progress = silent,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data = (data or default_data_folder()).expanduser().resolve()
        self._progress = progress
        self._settings = dict(settings or {})
        self._mutex = threading.RLock()
        self._share: FileLock | None = None
        self._file: postmaster.PidFile | None = None
        _forget_libpq_environment()

    def start(self) -> str:
        """Start the server or join in the running one, wait until it is ready, and return conninfo.

        Raises the kinds of penstock.kernel.embedded.errors.
        """
        with self._mutex:
            if self._share is None:
                with usable(self.data):
                    self._join()
            else:
                self.ensure_alive()
            return self.conninfo()

    def conninfo(self, database: str = "penstock") -> str:
        """How libpq connects, once started. After a restart it may be another."""
        assert self._file is not None, "start first"
        return make_conninfo(
            host=str(self._file.socket_folder),
            port=self._file.port,
            user=cluster.ROLE,
            dbname=database,
            requirepeer=self._place.account.name,
        )

    def ensure_alive(self) -> bool:
        """Whether the server had died and is now another one: older connections are then lost.

        To be called now and then after the start; cheap while all is well. It also keeps the log
        within bounds. Raises what start raises.
        """
        with self._mutex:
            assert self._share is not None, "start first"
            if self._well():
                self._bound_log()
                return False
            before = self._postmaster
            with usable(self.data), self._exclusively():
                self._run()
            return self._postmaster != before

    def stop(self) -> None:
        """Give up this share; with the last one the server ends, and its data is on disk."""
        with self._mutex:
            if self._share is not None:
                with self._exclusively():
                    self._leave()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _join(self) -> None:
        account = server_account()
        self._place = Place(self.data, account)
        self._place.prepare()
        self._logs = Logs(self._place.server)
        self._runner = Runner(
            self._place,
            programs(account, self._progress),
            self._settings,
            self._logs,
            self._progress,
        )
        with self._exclusively():
            self._share = FileLock(self._place.server / "share.lock", account.give)
            try:
                self._be_here(alone=self._share.take())
                self._share.share()
                self._run()
            except BaseException:
                self._leave()
                raise

    def _be_here(self, *, alone: bool) -> None:
        # In another container neither the processes nor the shared memory of a server can be seen,
        # but the locks on a common folder can.
        here = _here()
        path = self._place.server / "here"
        if not alone and path.exists() and path.read_text("utf-8") != here:
            raise RunsElsewhere(folder=self.data)
        cluster.write(path, here, self._place.account)

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """While this lasts, no other supervisor starts or stops the server."""
        with FileLock(self._place.server / "start.lock", self._place.account.give) as lock:
            for _ in waiting(
                self._progress,
                lambda seconds: Text(
                    "Another Penstock is starting or stopping the database ({seconds} s)",
                    seconds=seconds,
                ),
            ):
                if lock.take():
                    break
            yield

    def _leave(self) -> None:
        share, self._share = self._share, None
        assert share is not None
        with share:
            if share.take() and (server := postmaster.find(self._place)):
                self._runner.end(server)

    def _run(self) -> None:
        self._postmaster, self._file = self._runner.run()
        try:
            with psycopg.connect(self.conninfo("postgres"), autocommit=True) as conn:
                if not conn.execute("SELECT FROM pg_database WHERE datname = 'penstock'").rowcount:
                    conn.execute("CREATE DATABASE penstock")
        except psycopg.OperationalError as error:
            raise NoAnswer(
                folder=self._place.database, reason=error, log=self._logs.current
            ) from error

    def _well(self) -> bool:
        file = self._postmaster.file() if self._postmaster.alive() else None
        return file is not None and not file.useless

    def _bound_log(self) -> None:
        if self._logs.full():
            with FileLock(self._place.server / "start.lock", self._place.account.give) as lock:
                if lock.take() and self._logs.full():
                    self._logs.put_aside()
                    self._postmaster.reopen_log()


def _here() -> str:
    """This run of this machine, or this container in it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return platform.node()


def _forget_libpq_environment() -> None:
    known = {option.envvar.decode() for option in Conninfo.get_defaults() if option.envvar}
    for name in known | {"PGSERVICEFILE", "PGSYSCONFDIR", "PGTZ", "PGDATESTYLE", "PGGEQO"}:
        os.environ.pop(name, None)
