"""Logs: JSON for machines, lines for people."""

import json
import os
import pty
import subprocess
import sys

PROGRAM = """
import logging, structlog
from penstock.kernel import log
log.configure("worker 1")
structlog.get_logger("a").info("something happened", record=3)
logging.getLogger("library").warning("it said %s", "so")
logging.getLogger("uvicorn.error").info("everyday talk")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("b").exception("it failed")
"""


def test_where_there_is_no_terminal_every_line_is_json() -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert result.stdout == ""
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["something happened", "it said so", "it failed"]
    assert {line["role"] for line in lines} == {"worker 1"}
    assert [line["level"] for line in lines] == ["info", "warning", "error"]
    assert lines[0]["record"] == 3
    assert "ZeroDivisionError" in lines[2]["exception"]
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_on_a_terminal_people_read_lines() -> None:
    main, side = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stderr=side) as process:
        assert process.wait() == 0
    os.close(side)
    shown = os.read(main, 100_000).decode()
    os.close(main)
    assert "something happened" in shown
    assert "ZeroDivisionError" in shown
    assert not shown.startswith("{")
