"""Who the server runs as: the starting user, or a system user of its own when that is root."""

import grp
import os
import pwd
import shlex
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from penstock.kernel.embedded.errors import NamelessUser, SystemUserMissing
from penstock.kernel.embedded.locks import FileLock

SYSTEM_USER = "penstock"
SYSTEM_HOME = Path("/var/lib/penstock")

_RUN = Path("/run")


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def other(self) -> bool:
        """Whether this is not who we are, so that what we make must be given to it."""
        return self.uid != os.geteuid()

    @property
    def welcome(self) -> list[str]:
        """The operating system's users that the database lets in."""
        return sorted({self.name, "root"}) if self.name == SYSTEM_USER else [self.name]

    def becoming(self) -> dict[str, Any]:
        """The arguments of subprocess by which a child is this user, and nothing more."""
        if not self.other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, descriptor: int) -> None:
        """Make this user the owner of an open file that is still ours."""
        if self.other and os.fstat(descriptor).st_uid == os.geteuid():
            os.fchown(descriptor, self.uid, self.gid)


def server_account() -> Account:
    """Who the server runs as; as root, the system user is created when it is missing.

    Raises SystemUserMissing, NamelessUser.
    """
    if os.geteuid() == 0:
        account = _known(SYSTEM_USER) or _create_system_user()
        if account.uid == 0:
            raise SystemUserMissing(
                user=SYSTEM_USER, reason="it is another name of root", command=_command_line()
            )
        return account
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise NamelessUser(uid=os.geteuid()) from None
    return Account(entry.pw_name, os.geteuid(), os.getegid())


def owner_name(uid: int) -> str:
    """The name of a user, or its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _known(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def _arguments() -> list[str]:
    group: tuple[str, ...] = ("--user-group",)
    with suppress(KeyError):
        group = ("--gid", grp.getgrnam(SYSTEM_USER).gr_name)
    return [
        *("--system", "--no-create-home", "--home-dir", str(SYSTEM_HOME)),
        *("--shell", "/usr/sbin/nologin", *group, SYSTEM_USER),
    ]


def _command_line() -> str:
    return shlex.join(["useradd", *_arguments()])


def _create_system_user() -> Account:
    # Two useradd at once make two users of one name, of whom the first is gone at once.
    folder = _RUN if _RUN.is_dir() else SYSTEM_HOME.parent
    with FileLock(folder / f"{SYSTEM_USER}-user.lock") as lock:
        lock.wait()
        return _known(SYSTEM_USER) or _add_system_user()


def _add_system_user() -> Account:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    reason = "there is no program useradd"
    if program:
        done = subprocess.run(  # noqa: S603 - every argument is ours
            [program, *_arguments()], capture_output=True, text=True, errors="replace", check=False
        )
        reason = done.stderr.strip() or f"useradd ended with {done.returncode}"
    # Also after a failure: somebody else may have been faster.
    account = _known(SYSTEM_USER)
    if account is None:
        raise SystemUserMissing(user=SYSTEM_USER, reason=reason, command=_command_line())
    return account
