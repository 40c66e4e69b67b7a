"""Signing in without a password: a link that works once opens a session; only digests are kept."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from penstock.accounts.errors import LinkUnusable
from penstock.accounts.keys import digest
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

LINK_LASTS: Final = timedelta(hours=1)
SESSION_LASTS: Final = timedelta(days=30)

_queries = load("penstock.accounts", "sign_ins.sql")


@dataclass(frozen=True)
class Session:
    """Somebody who came in by a link, until it expires or is ended."""

    id: int
    expires_at: datetime

    @property
    def actor(self) -> str:
        """How the session is named in history and audit."""
        return f"session:{self.id}"


async def invite(conn: Connection, now: datetime) -> str:
    """The token of a new link; it works once, and until LINK_LASTS from now."""
    token = secrets.token_urlsafe(32)
    await _queries.run(conn, "forget_links", now=now)
    await _queries.run(conn, "add_link", digest=digest(token), now=now, expires_at=now + LINK_LASTS)
    return token


async def sign_in(conn: Connection, token: str, now: datetime) -> tuple[Session, str]:
    """Use a link up, and open a session; returns it with its secret. Raises LinkUnusable."""
    if not await _queries.run(conn, "use_link", digest=digest(token), now=now):
        raise LinkUnusable
    secret = secrets.token_urlsafe(32)
    await _queries.run(conn, "forget_sessions", now=now)
    row = await _queries.one(
        conn, "add_session", digest=digest(secret), now=now, expires_at=now + SESSION_LASTS
    )
    assert row is not None
    return Session(row.id, row.expires_at.astimezone(UTC)), secret


async def sign_out(conn: Connection, secret: str) -> None:
    """End the session with this secret, if there is one."""
    await _queries.run(conn, "end_session", digest=digest(secret))
