"""What the server is told: settings sized to the memory of the machine."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

_MB = 1024 * 1024


def memory() -> int:
    """The bytes that this machine has, or that the container we run in may use."""
    return min([psutil.virtual_memory().total, *_limits()])


def settings(size: int) -> dict[str, str]:
    """The settings for a machine of so many bytes, by PostgreSQL's names."""

    def share(part: int, least: int, most: int) -> str:
        return f"{min(max(size // part // _MB, least), most)}MB"

    return {
        "max_connections": "100",
        "shared_buffers": share(5, 32, 4096),
        "effective_cache_size": share(2, 64, 1024 * 1024),
        "maintenance_work_mem": share(16, 16, 1024),
        "autovacuum_work_mem": share(64, 16, 256),
        "work_mem": share(128, 4, 32),
        # Parallel queries take from it before they turn to /dev/shm, which containers keep small
        # and which is emptied when a user logs out.
        "min_dynamic_shared_memory": share(64, 8, 256),
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "max_wal_size": "4GB",
        "min_wal_size": "256MB",
        "wal_compression": "on",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        "random_page_cost": "1.1",
        "jit": "off",
        # Queue tables are dead rows within seconds: look often, and be done soon.
        "autovacuum_naptime": "10s",
        "autovacuum_vacuum_cost_limit": "2000",
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.05",
        "client_connection_check_interval": "10s",
        "log_startup_progress_interval": "2s",
        "log_line_prefix": "%m [%p] ",
        "log_file_mode": "0600",
        "log_timezone": "UTC",
        "timezone": "UTC",
        "lc_messages": "C",
    }


def text(settings: Mapping[str, str]) -> str:
    """The settings as PostgreSQL's configuration file."""
    lines = ["# Written anew at each start: put settings of your own into postgresql.conf."]
    for name, value in settings.items():
        quoted = value.replace("\\", "\\\\").replace("'", "''")
        lines.append(f"{name} = '{quoted}'")
    return "\n".join(lines) + "\n"


def _limits() -> Iterator[int]:
    # The limit of a group holds for all groups below it; version 1 and 2 of control groups.
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text("utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            root, file = Path("/sys/fs/cgroup"), "memory.max"
            if controllers:
                root, file = root / "memory", "memory.limit_in_bytes"
            if "memory" in controllers.split(",") or not controllers:
                group = root / path.lstrip("/")
                for folder in (group, *group.parents):
                    if folder.is_relative_to(root):
                        yield from _number(folder / file)


def _number(path: Path) -> Iterator[int]:
    with suppress(OSError, ValueError):
        yield int(path.read_text("utf-8"))
