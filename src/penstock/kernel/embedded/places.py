"""Where the embedded database lives, and who may look in there."""

import errno
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import platformdirs

from penstock.kernel.embedded.accounts import SYSTEM_HOME, Account, owner_name
from penstock.kernel.embedded.errors import (
    FolderForeign,
    FolderNotPrivate,
    FolderOpenToAll,
    FolderUnreachable,
    FolderUnusable,
    NoSocketFolder,
)

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"

# sun_path takes 108 bytes on Linux, 104 on macOS, and ends with a zero.
_LONGEST_SOCKET_PATH = 103
# What libpq's host, PostgreSQL's lists of folders and its pid file cannot carry.
_UNSPEAKABLE = frozenset(",\"'\\\n")

_RUN = Path("/run/penstock")

_ENTER = 'for folder; do test -x "$folder" || { printf %s "$folder"; exit 1; }; done'


def default_data_folder() -> Path:
    """Penstock's data folder when none is named: /var/lib/penstock for root, else the data home."""
    if os.geteuid() == 0:
        return SYSTEM_HOME
    return platformdirs.user_data_path("penstock", appauthor=False)


@dataclass(frozen=True)
class Place:
    """The folders of one embedded database, and the account that it runs as."""

    data: Path
    account: Account

    @cached_property
    def database(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data / "database"

    @cached_property
    def server(self) -> Path:
        """What belongs to running it: locks, logs and, if its path is short enough, the socket."""
        return self.data / "server"

    @cached_property
    def digest(self) -> str:
        return sha256(os.fsencode(self.data)).hexdigest()[:16]

    @cached_property
    def cluster_name(self) -> str:
        """What PostgreSQL's processes of this place, and of no other, carry in their titles."""
        return f"penstock-{self.digest}"

    def socket_folder(self) -> Path:
        """Where a server that starts now puts its socket; not made yet. Raises NoSocketFolder."""
        for folder in self._socket_folders():
            length = len(os.fsencode(folder / SOCKET))
            if length <= _LONGEST_SOCKET_PATH and not _UNSPEAKABLE & set(str(folder)):
                return folder
        raise NoSocketFolder(folder=self.data)

    def _socket_folders(self) -> Iterator[Path]:
        # The data folder first: a runtime folder is taken away when its user logs out, though what
        # was left running in the background still needs it.
        yield self.server
        name = f"penstock-{self.account.uid}-{self.digest}"
        if os.geteuid() == 0:
            if _RUN.parent.is_dir():
                yield _RUN / name
        elif runtime := os.environ.get("XDG_RUNTIME_DIR"):
            # After `su` this still names the other user's.
            with suppress(OSError):
                if Path("/", runtime).stat().st_uid == self.account.uid:
                    yield Path("/", runtime) / name
        yield Path(tempfile.gettempdir()) / name
        yield Path("/tmp") / name  # noqa: S108 - made private, and refused when it is not

    def prepare(self) -> None:
        """Make the data folder and the server's folder in it, where they are missing.

        Never changes what is there. Raises OSError, FolderUnusable, FolderForeign, FolderOpenToAll,
        FolderUnreachable, FolderNotPrivate.
        """
        own_folder(self.data, self.account)
        private_folder(self.server, self.account)


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """While this lasts, errors of the operating system are reasons why the folder is unusable."""
    try:
        yield
    except OSError as error:
        reason = f"{error.strerror} ({error.filename})"
        raise FolderUnusable(folder=folder, reason=reason) from error


def own_folder(folder: Path, account: Account) -> None:
    """Make a folder of the account's, and its parents, or see that it is one that can serve.

    Raises OSError, FolderUnusable, FolderForeign, FolderOpenToAll, FolderUnreachable.
    """
    if "\n" in str(folder):
        raise FolderUnusable(folder=repr(str(folder)), reason="its name has a line break")
    missing = [parent for parent in folder.parents if not parent.exists()]
    nearest = folder.parents[len(missing)]
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(nearest))
    reachable(nearest, account, folder)
    for parent in reversed(missing):
        with suppress(FileExistsError):
            parent.mkdir(0o755 if account.other else 0o700)
            if account.other:
                # Whatever root's umask says: the server must pass through.
                parent.chmod(0o755)
    if not folder.exists():
        _make(folder, account)
    status = folder.stat()
    if status.st_uid not in {account.uid, os.geteuid()}:
        raise FolderForeign(folder=folder, owner=owner_name(status.st_uid), user=account.name)
    if status.st_mode & stat.S_IWOTH:
        raise FolderOpenToAll(folder=folder)
    reachable(folder, account, folder)


def private_folder(folder: Path, account: Account) -> None:
    """Make a folder that the account alone may enter, or see that it is one.

    Raises FolderNotPrivate where somebody else made it, or may enter it.
    """
    if not os.path.lexists(folder):
        _make(folder, account)
    status = folder.lstat()
    if (
        not stat.S_ISDIR(status.st_mode)
        or status.st_uid != account.uid
        or stat.S_IMODE(status.st_mode) & 0o077
    ):
        raise _not_private(folder, account.name, status)


def socket_folder(folder: Path, account: Account) -> None:
    """Make the folder of the socket, or see that it is private. Raises FolderNotPrivate."""
    if folder.parent == _RUN:
        root_folder(_RUN)
    private_folder(folder, account)


def root_folder(folder: Path) -> None:
    """Make a folder where root puts things and others find them, or see that it is one.

    Raises FolderNotPrivate where it is not root's.
    """
    folder.mkdir(exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != 0:
        raise _not_private(folder, "root", status)
    folder.chmod(0o755)


def _not_private(folder: Path, user: str, status: os.stat_result) -> FolderNotPrivate:
    return FolderNotPrivate(
        folder=folder,
        user=user,
        owner=owner_name(status.st_uid),
        mode=stat.filemode(status.st_mode),
    )


def reachable(folder: Path, account: Account, target: Path) -> None:
    """See that the account may enter a folder, and so come to the target.

    The kernel is asked, as that user: modes alone do not tell. Raises FolderUnreachable.
    """
    if not account.other:
        return
    folders = [*reversed(folder.parents), folder]
    done = subprocess.run(  # noqa: S603 - the script is ours
        ["/bin/sh", "-c", _ENTER, "sh", *map(str, folders)],
        **account.becoming(),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env={},
    )
    if done.returncode:
        raise FolderUnreachable(user=account.name, folder=done.stdout, target=target)


def _make(folder: Path, account: Account) -> None:
    """Make a folder of mode 0700 with its owner, all at once: a kill leaves none without it."""
    if not account.other:
        with suppress(FileExistsError):
            folder.mkdir(0o700)
        return
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name[:32]}-", dir=folder.parent))
    os.chown(fresh, account.uid, account.gid, follow_symlinks=False)
    try:
        fresh.rename(folder)
    except OSError:
        fresh.rmdir()
        if not folder.exists():
            raise
