"""A data folder that the embedded server can use, whoever runs the tests."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder that is not there yet; a server that is left in it is killed in the end."""
    parent = Path(tempfile.mkdtemp(prefix="penstock-tests-"))
    parent.chmod(0o711 if os.geteuid() == 0 else 0o700)
    yield parent / "data"
    for process in psutil.process_iter(["cmdline"]):
        if str(parent) in " ".join(process.info["cmdline"] or ()) and process.pid != os.getpid():
            with suppress(psutil.NoSuchProcess):
                process.kill()
    shutil.rmtree(parent)
