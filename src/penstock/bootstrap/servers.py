"""Which PostgreSQL server it is: one of the user's own, or the embedded one."""

from dataclasses import dataclass
from typing import Protocol

from penstock.kernel.embedded import EmbeddedServer
from penstock.kernel.embedded.waiting import Progress
from penstock.kernel.settings import Settings


class Server(Protocol):
    """A database server in the hands of one process. Its methods block."""

    def start(self) -> str:
        """Have it run, and return conninfo."""
        ...

    def conninfo(self) -> str:
        """How libpq connects, once started."""
        ...

    def ensure_alive(self) -> bool:
        """Whether the server had died and is now another one."""
        ...

    def stop(self) -> None:
        """Let go of it."""
        ...


@dataclass(frozen=True)
class GivenServer:
    """A server that runs without us, at a URL that the user gave."""

    url: str

    def start(self) -> str:
        return self.url

    def conninfo(self) -> str:
        return self.url

    def ensure_alive(self) -> bool:
        return False

    def stop(self) -> None:
        """Nothing is ours to stop."""


def server_of(settings: Settings, progress: Progress) -> Server:
    """The server that the settings name; not started yet."""
    if settings.database_url:
        return GivenServer(settings.database_url)
    return EmbeddedServer(settings.data_folder, progress=progress)
