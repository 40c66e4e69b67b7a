"""How secrets are kept: sealed with a key that the database does not have."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from penstock.accounts.errors import KeyFileExposed, SecretKeyMissing
from penstock.kernel.embedded import default_data_folder
from penstock.kernel.settings import Settings

if TYPE_CHECKING:
    from penstock.accounts.seal import Seal

KEY_FILE: Final = "secret.key"


def seal_of(settings: Settings) -> "Seal":
    """The installation's seal; its key is made when the embedded server's folder has none yet.

    Raises SecretKeyMissing, KeyFileExposed or OSError.
    """
    from penstock.accounts.seal import Seal

    if settings.secret_key is not None:
        return Seal(settings.secret_key.get_secret_value())
    if settings.database_url is not None:
        raise SecretKeyMissing
    folder = (settings.data_folder or default_data_folder()).expanduser()
    if not folder.is_dir():
        raise SecretKeyMissing
    return Seal(_kept(folder / KEY_FILE))


def _kept(file: Path) -> str:
    if not file.exists():
        _make(file)
    if file.stat().st_mode & 0o077:
        raise KeyFileExposed(file=file)
    return file.read_text("ascii")


def _make(file: Path) -> None:
    """Make a key. Of several who do it at once all use the first one's, and never half of it."""
    fresh = file.with_name(f".{file.name}-{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(32))
            handle.flush()
            os.fsync(handle.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(fresh)
    finally:
        fresh.unlink()
