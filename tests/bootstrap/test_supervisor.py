"""`penstock serve` in real processes: started, killed, stopped, and nothing left behind."""

import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import psycopg
import pytest

from tests.commands import command, done, eventually, running, serving

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def healthy(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=30).json() == {"status": "ok"}
    except httpx.TransportError:
        return False


def listening(address: str) -> bool:
    where = urlsplit(address)
    with socket.socket() as probe:
        return probe.connect_ex((where.hostname, where.port)) == 0


def alive(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def gone(processes: list[psutil.Process]) -> bool:
    return not any(alive(process) for process in processes)


def started(processes: list[psutil.Process]) -> set[int]:
    return {process.pid for process in processes}


def test_it_answers_when_it_says_that_it_is_ready_and_stops_cleanly(url: str) -> None:
    with serving(url) as (serve, address):
        assert httpx.get(f"{address}/health").json() == {"status": "ok"}
        children = serve.children()
        assert len(children) == 2
        assert serve.stop() == 0
        assert gone(children)
        assert not listening(address)
        assert "error" not in serve.errors


def test_ctrl_c_stops_it_as_well(url: str) -> None:
    with serving(url) as (serve, _):
        assert serve.stop(signal.SIGINT) == 0


def test_there_are_as_many_processes_as_asked_for(url: str) -> None:
    with serving(url, "--web-processes", "2", "--workers", "0") as (serve, address):
        assert len(serve.children("web")) == 2
        assert not serve.children("worker")
        assert healthy(address)


def test_children_end_with_a_supervisor_that_is_killed(url: str) -> None:
    with serving(url) as (serve, address):
        children = serve.children()
        serve.kill()
        eventually(lambda: gone(children))
    port = str(urlsplit(address).port)
    with running(url, "serve", "--port", port) as again:
        assert again.hears(r"ready at (http://\S+)") == address
        assert healthy(address)


@pytest.mark.parametrize("kind", ["web", "worker"])
def test_a_child_that_is_killed_is_started_again(url: str, kind: str) -> None:
    with serving(url) as (serve, address):
        before = serve.children(kind)
        for child in before:
            child.kill()
        eventually(lambda: started(serve.children(kind)) - started(before))
        assert healthy(address)
        assert serve.stop() == 0
        assert "starting it again" in serve.errors


def test_a_request_that_has_begun_is_finished_when_it_stops(url: str) -> None:
    key = done(url, "keys", "create", "--name", "test", "--scopes", "all").strip()
    body = {"name": "shoe_size", "label": "Shoe size", "type": "number", "fieldType": "number"}
    answers: list[httpx.Response] = []
    with serving(url) as (serve, address), psycopg.connect(url) as other:

        def create() -> None:
            answers.append(
                httpx.post(
                    f"{address}/crm/v3/properties/contacts",
                    headers={"Authorization": f"Bearer {key}"},
                    json={**body, "groupName": "contactinformation"},
                    timeout=60,
                )
            )

        # The request waits for this lock, which is held until the service has begun to stop.
        other.execute("SELECT FROM schema_state FOR UPDATE")
        client = threading.Thread(target=create)
        client.start()
        with psycopg.connect(url, autocommit=True) as look:
            eventually(lambda: look.execute(WAITING).fetchone()[0])
        serve.process.terminate()
        eventually(lambda: not listening(address))
        other.rollback()
        client.join()
        assert serve.process.wait() == 0
    assert [answer.status_code for answer in answers] == [201]


def test_a_port_in_use_is_refused_before_anything_starts(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = command(None, "serve", "--data", data, "--port", port)
    assert result.returncode == 1
    assert f"Port {port} of 127.0.0.1 is in use" in result.stderr
    assert not data.exists()


def test_a_database_that_cannot_be_reached_is_told_of_without_its_password() -> None:
    url = "postgresql://somebody:secret@127.0.0.1:1/nowhere"
    result = command(url, "serve", "--port", "0")
    assert result.returncode == 1
    assert "nowhere@127.0.0.1:1 cannot be reached" in result.stderr
    assert "secret" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_child_that_cannot_work_says_why_and_all_end(url: str) -> None:
    result = command(url, "serve", "--port", "0", PENSTOCK_SMTP_URL="nonsense")
    assert result.returncode == 1
    assert "PENSTOCK_SMTP_URL is not valid" in result.stderr


def test_two_supervisors_share_one_embedded_server_and_the_last_one_stops_it(data: Path) -> None:
    with (
        serving(None, "--data", data) as (first, one),
        serving(None, "--data", data) as (second, two),
    ):
        assert one != two
        assert healthy(one)
        assert healthy(two)
        server = psutil.Process(int((data / "database" / "postmaster.pid").read_text().split()[0]))
        assert first.stop() == 0
        assert alive(server)
        assert healthy(two)
        assert second.stop() == 0
        assert not alive(server)


def test_a_stop_while_the_database_is_being_made_leaves_nothing_running(data: Path) -> None:
    with running(None, "serve", "--data", data, "--port", "0") as serve:
        children = eventually(serve.children)
        assert serve.stop() == 0
        assert gone(children)
        assert not (data / "database" / "postmaster.pid").exists()


def test_an_embedded_server_that_dies_runs_again_under_its_supervisor(data: Path) -> None:
    with serving(None, "--data", data) as (serve, address):
        pid = data / "database" / "postmaster.pid"
        before = pid.read_text().split()[0]
        psutil.Process(int(before)).kill()
        eventually(lambda: pid.exists() and pid.read_text().split()[0] != before)
        eventually(lambda: healthy(address))
        assert serve.stop() == 0


def test_after_a_kill_the_next_supervisor_adopts_the_embedded_server(data: Path) -> None:
    with serving(None, "--data", data) as (serve, _):
        pid = (data / "database" / "postmaster.pid").read_text()
        serve.kill()
    with serving(None, "--data", data) as (serve, address):
        assert (data / "database" / "postmaster.pid").read_text().split()[0] == pid.split()[0]
        assert healthy(address)
        assert serve.stop() == 0


def test_a_command_uses_the_embedded_server_for_its_own_duration(data: Path) -> None:
    assert "contacts" in done(None, "schema", "list", "--data", data)
    assert not (data / "database" / "postmaster.pid").exists()
    with serving(None, "--data", data):
        assert "contacts" in done(None, "schema", "list", PENSTOCK_DATA_FOLDER=str(data))
        assert (data / "database" / "postmaster.pid").exists()
