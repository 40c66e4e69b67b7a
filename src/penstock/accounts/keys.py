"""API keys: the secret is shown once, when a key is made; only its digest is kept."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from penstock.accounts import scopes as scope_names
from penstock.accounts.errors import KeyNotFound
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

PREFIX: Final = "pat-"

_queries = load("penstock.accounts")


@dataclass(frozen=True)
class Key:
    """A key as it is kept; `revoked_at` is None while it works."""

    id: int
    name: str
    scopes: frozenset[str]
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def actor(self) -> str:
        """How the key is named in history and audit."""
        return f"key:{self.id}"


def digest(secret: str) -> bytes:
    """What is kept of a secret. It is random and long, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).digest()


async def create(
    conn: Connection, name: str, scopes: Iterable[str], now: datetime
) -> tuple[Key, str]:
    """Make a key; returns it with its secret, which nobody can read again. Raises ScopeUnknown."""
    granted = scope_names.check(scopes)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = await _queries.one(
        conn, "create_key", name=name, digest=digest(secret), scopes=granted, now=now
    )
    return _key(row), secret


async def find(conn: Connection, secret: str) -> Key | None:
    """The working key with this secret."""
    row = await _queries.one(conn, "find_key", digest=digest(secret))
    return None if row is None else _key(row)


async def revoke(conn: Connection, id: int, now: datetime) -> Key:
    """Let a key work no more; one that is revoked stays as it is. Raises KeyNotFound."""
    row = await _queries.one(conn, "revoke_key", id=id, now=now)
    if row is None:
        raise KeyNotFound(id=id)
    return _key(row)


async def every(conn: Connection) -> list[Key]:
    """All keys in the order of their making, revoked ones too."""
    return [_key(row) for row in await _queries.rows(conn, "all_keys")]


def _key(row: Any) -> Key:
    return Key(
        row.id,
        row.name,
        frozenset(row.scopes),
        row.created_at.astimezone(UTC),
        row.revoked_at.astimezone(UTC) if row.revoked_at else None,
    )
