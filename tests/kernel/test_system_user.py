"""Root's database runs as a system user, which the first start makes."""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from uuid import uuid4

import pytest

_START = """
import sys
from penstock.kernel.embedded import accounts
accounts.SYSTEM_USER = sys.argv[1]
sys.stdin.read()
print(accounts.server_account().uid)
"""


@pytest.fixture
def name() -> Iterator[str]:
    """Of a user who is not there yet, and is gone afterwards."""
    if os.geteuid() != 0:
        pytest.skip("only root makes users")
    name = f"penstock-{uuid4().hex[:8]}"
    yield name
    subprocess.run(["/usr/sbin/userdel", name], check=True, capture_output=True)


def test_starts_at_once_on_a_fresh_machine_make_one_user(name: str) -> None:
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", _START, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(12)
    ]
    for start in starts:
        assert start.stdin
        start.stdin.close()
        start.stdin = None
    told = {start.communicate()[0].strip() for start in starts}
    assert told == {str(pwd.getpwnam(name).pw_uid)}
