"""One PostgreSQL for a whole test run: the first test process starts it, the last one stops it."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from penstock.kernel.embedded import EmbeddedServer

# Nothing here outlives the run: what a crash would lose is of no worth.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "synchronous_commit": "off",
    "max_wal_size": "1GB",
}


@contextmanager
def running_server(run: Path, worker: str) -> Iterator[str]:
    """The conninfo of the run's server; `run` is pytest's folder, `worker` the xdist worker."""
    whole = run if worker == "master" else run.parent
    folder = folder_of(whole)
    server = EmbeddedServer(folder / "data", settings=_SETTINGS)
    server.start()
    try:
        yield server.conninfo("postgres")
    finally:
        server.stop()
        if not (folder / "data" / "database" / "postmaster.pid").exists():
            shutil.rmtree(folder, ignore_errors=True)


def folder_of(run: Path) -> Path:
    """A folder of this run alone; root's server runs as another user, who cannot enter pytest's."""
    if os.geteuid() != 0:
        return run / "server"
    name = hashlib.sha256(str(run).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"penstock-tests-{name}"
    folder.mkdir(mode=0o711, exist_ok=True)
    return folder
