"""How secrets are kept: sealed with a key that the database does not have."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from penstock.accounts.errors import KeyFileExposed, SecretKeyMissing, SecretUnreadable
from penstock.kernel.embedded import default_data_folder
from penstock.kernel.settings import Settings

KEY_FILE: Final = "secret.key"

_NONCE: Final = 12


class Seal:
    """Seals texts under a name, so that one cannot be put in another's place."""

    def __init__(self, key: str) -> None:
        # The key may be of any length, and is used for nothing else.
        derived = HKDF(SHA256(), 32, salt=None, info=b"penstock/secrets").derive(key.encode())
        self._cipher = AESGCM(derived)

    def close(self, name: str, value: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, value.encode(), name.encode())

    def open(self, name: str, sealed: bytes) -> str:
        """Raises SecretUnreadable when it was sealed with another key, or under another name."""
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except InvalidTag:
            raise SecretUnreadable(name=name) from None
        return plain.decode()


def seal_of(settings: Settings) -> Seal:
    """The installation's seal; its key is made when the embedded server's folder has none yet.

    Raises SecretKeyMissing, KeyFileExposed or OSError.
    """
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
