"""The database's folder: made whole or not at all, and what it says about who may come in."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from penstock.kernel.embedded import sizing
from penstock.kernel.embedded.accounts import Account, owner_name
from penstock.kernel.embedded.errors import (
    CreationFailed,
    FolderForeign,
    NoDatabase,
    OtherMajorVersion,
)
from penstock.kernel.embedded.places import Place
from penstock.kernel.embedded.programs import MAJOR
from penstock.kernel.embedded.waiting import silent, waiting
from penstock.kernel.texts import Text

ROLE = "penstock"

_SETTINGS = "penstock.conf"
_HALF_MADE = "database.new-"
_PATIENCE = 5.0
"""Seconds that a killed creation may go on writing."""


def prepare(
    place: Place,
    programs: Path,
    settings: Mapping[str, str],
    progress: Callable[[Text], None],
) -> None:
    """See that the database's folder is there and is ours; create it when it is missing.

    To be called by one process at a time. Raises CreationFailed, FolderForeign, NoDatabase,
    OtherMajorVersion.
    """
    for leftover in place.data.glob(f"{_HALF_MADE}*"):
        clear(leftover)
    if place.database.exists():
        owner = place.database.stat().st_uid
        if owner != place.account.uid:
            raise FolderForeign(
                folder=place.database, owner=owner_name(owner), user=place.account.name
            )
    if not place.database.exists() or not any(place.database.iterdir()):
        progress(Text("Creating the database in {folder}", folder=place.database))
        _create(place, programs, durable=settings.get("fsync") != "off")
    try:
        found = (place.database / "PG_VERSION").read_text("utf-8").strip()
    except FileNotFoundError:
        raise NoDatabase(folder=place.database) from None
    if found != str(MAJOR):
        raise OtherMajorVersion(folder=place.database, found=found, ours=MAJOR)


def clear(leftover: Path) -> None:
    """Remove what a killed creation has left.

    A process of it that still lives writes there, until it notices that the folder is gone. Where
    that takes long, the next start removes it.
    """
    for waited in waiting(silent, lambda _: Text("")):
        shutil.rmtree(leftover, ignore_errors=True)
        if waited > _PATIENCE or not leftover.exists():
            return


def write_settings(place: Place, settings: Mapping[str, str]) -> None:
    """Write the settings that the next start reads; those given replace Penstock's own."""
    sized = sizing.settings(sizing.memory())
    write(place.database / _SETTINGS, sizing.text(sized | dict(settings)), place.account)


def write_access(place: Place) -> bool:
    """Let in the server's own user (and root, where that is Penstock's), known by the kernel.

    Returns whether that changed anything, so that a running server must read it again.
    """
    names = [f'penstock "{name}" {ROLE}\n' for name in place.account.welcome]
    files = {
        "pg_hba.conf": "local all all peer map=penstock\n",
        "pg_ident.conf": "".join(names),
    }
    changed = False
    for name, text in files.items():
        path = place.database / name
        if not path.exists() or path.read_text("utf-8") != text:
            write(path, text, place.account)
            changed = True
    return changed


def write(path: Path, text: str, account: Account) -> None:
    """Write a small file as a whole; it is the account's.

    As root we write in another user's folder: never through a link that it may have put there.
    """
    fresh = path.with_name(f"{path.name}.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        account.give(descriptor)
        file.write(text)
    fresh.replace(path)


def _create(place: Place, programs: Path, *, durable: bool) -> None:
    fresh = Path(tempfile.mkdtemp(prefix=_HALF_MADE, dir=place.data))
    try:
        if place.account.other:
            os.chown(fresh, place.account.uid, place.account.gid, follow_symlinks=False)
        done = subprocess.run(  # noqa: S603 - every argument is ours
            [
                *(programs / "initdb", "--pgdata", fresh, "--username", ROLE),
                *("--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8"),
                *("--data-checksums", "--auth-local=peer", "--auth-host=reject"),
                *("--no-instructions", *(() if durable else ("--no-sync",))),
            ],
            **place.account.becoming(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            umask=0o077,
        )
        if done.returncode:
            raise CreationFailed(folder=place.database, lines=done.stdout.strip())
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"\ninclude_if_exists = '{_SETTINGS}'\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(place.database)
        _sync(place.data)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
