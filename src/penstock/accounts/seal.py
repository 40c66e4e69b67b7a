"""A seal, for who has a secret at hand: what makes one takes six megabytes to import."""

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from penstock.accounts.errors import SecretUnreadable

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
