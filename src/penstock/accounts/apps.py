"""Apps of others, which an administrator allows something: OAuth 2.0 by authorization codes.

A code works once and becomes a refresh token; that gives access tokens, which expire. Of all of
them only digests are kept.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from penstock.accounts import scopes as scope_names
from penstock.accounts.errors import (
    AppNotFound,
    ClientUnknown,
    CodeUnusable,
    RefreshTokenUnusable,
    ScopesNotTheApps,
)
from penstock.accounts.keys import digest
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

CODE_LASTS: Final = timedelta(minutes=10)
TOKEN_LASTS: Final = timedelta(minutes=30)

_queries = load("penstock.accounts", "apps.sql")


@dataclass(frozen=True)
class App:
    """An app; `scopes` are the most that it can be allowed, `redirect_uri` is where codes go."""

    id: int
    name: str
    client_id: str
    scopes: frozenset[str]
    redirect_uri: str
    created_at: datetime
    revoked_at: datetime | None = None


class Grant(NamedTuple):
    """What an app was allowed, and by whom."""

    id: int
    app_id: int
    scopes: tuple[str, ...]
    by: str


class Tokens(NamedTuple):
    """What an app gets for a code or a refresh token."""

    grant: Grant
    access_token: str
    refresh_token: str


class Token(NamedTuple):
    """A token that works: what it stands for; only access tokens expire."""

    grant: Grant
    client_id: str
    expires_at: datetime | None = None


async def create(
    conn: Connection, name: str, scopes: Iterable[str], redirect_uri: str, now: datetime
) -> tuple[App, str]:
    """Register an app; returns it with its secret, which is not kept. Raises ScopeUnknown."""
    secret = secrets.token_urlsafe(32)
    row = await _queries.one(
        conn,
        "create_app",
        name=name,
        client_id=uuid4(),
        digest=digest(secret),
        scopes=scope_names.check(scopes),
        redirect_uri=redirect_uri,
        now=now,
    )
    return _app(row), secret


async def every(conn: Connection) -> list[App]:
    """All apps in the order of their making, revoked ones too."""
    return [_app(row) for row in await _queries.rows(conn, "all_apps")]


async def revoke(conn: Connection, id: int, now: datetime) -> App:
    """Let an app do nothing any more. Raises AppNotFound."""
    row = await _queries.one(conn, "revoke_app", id=id, now=now)
    if row is None:
        raise AppNotFound(id=id)
    return _app(row)


async def allow(
    conn: Connection, id: int, scopes: Iterable[str] | None, by: str, now: datetime
) -> str:
    """Allow an app some of its scopes, or all; returns the code that it turns into tokens.

    Raises AppNotFound, ScopeUnknown or ScopesNotTheApps.
    """
    row = await _queries.one(conn, "read_app", id=id)
    if row is None or row.revoked_at is not None:
        raise AppNotFound(id=id)
    granted = sorted(row.scopes) if scopes is None else scope_names.check(scopes)
    beyond = [scope for scope in granted if not scope_names.covers(row.scopes, scope)]
    if beyond:
        raise ScopesNotTheApps(scopes=", ".join(beyond))
    code = secrets.token_urlsafe(32)
    await _queries.run(
        conn,
        "allow",
        app=id,
        scopes=granted,
        by=by,
        code=digest(code),
        expires_at=now + CODE_LASTS,
        now=now,
    )
    return code


async def authenticate(conn: Connection, client_id: str, client_secret: str) -> App:
    """The app that says its secret. Raises ClientUnknown."""
    try:
        known = UUID(client_id)
    except ValueError:
        raise ClientUnknown from None
    row = await _queries.one(conn, "known_app", client_id=known, digest=digest(client_secret))
    if row is None:
        raise ClientUnknown
    return _app(row)


async def exchange(
    conn: Connection, app: App, code: str, redirect_uri: str, now: datetime
) -> Tokens:
    """Use a code up. Raises CodeUnusable."""
    refresh_token = secrets.token_urlsafe(32)
    row = None
    if redirect_uri == app.redirect_uri:
        row = await _queries.one(
            conn,
            "use_code",
            app=app.id,
            code=digest(code),
            refresh_token=digest(refresh_token),
            now=now,
        )
    if row is None:
        raise CodeUnusable
    return await _tokens(conn, _grant(row), refresh_token, now)


async def refresh(conn: Connection, app: App, refresh_token: str, now: datetime) -> Tokens:
    """A new access token; the refresh token stays the same. Raises RefreshTokenUnusable."""
    token = await refresh_token_info(conn, refresh_token)
    if token is None or token.grant.app_id != app.id:
        raise RefreshTokenUnusable
    return await _tokens(conn, token.grant, refresh_token, now)


async def access_token_info(conn: Connection, token: str, now: datetime) -> Token | None:
    """What a working access token stands for."""
    row = await _queries.one(conn, "by_access_token", token=digest(token), now=now)
    if row is None:
        return None
    return Token(_grant(row), str(row.client_id), row.expires_at.astimezone(UTC))


async def refresh_token_info(conn: Connection, token: str) -> Token | None:
    """What a working refresh token stands for."""
    row = await _queries.one(conn, "by_refresh_token", token=digest(token))
    return None if row is None else Token(_grant(row), str(row.client_id))


async def end(conn: Connection, token: str, now: datetime) -> None:
    """Let a token work no more; with a refresh token go the access tokens that it gave."""
    found = await refresh_token_info(conn, token)
    if found is not None:
        await _queries.run(conn, "revoke_grant", id=found.grant.id, now=now)
    else:
        await _queries.run(conn, "drop_token", digest=digest(token))


async def _tokens(conn: Connection, grant: Grant, refresh_token: str, now: datetime) -> Tokens:
    access_token = secrets.token_urlsafe(32)
    await _queries.run(
        conn,
        "add_token",
        digest=digest(access_token),
        grant=grant.id,
        expires_at=now + TOKEN_LASTS,
        now=now,
    )
    return Tokens(grant, access_token, refresh_token)


def _grant(row: Any) -> Grant:
    return Grant(row.id, row.app_id, tuple(row.scopes), row.granted_by)


def _app(row: Any) -> App:
    return App(
        row.id,
        row.name,
        str(row.client_id),
        frozenset(row.scopes),
        row.redirect_uri,
        row.created_at.astimezone(UTC),
        row.revoked_at.astimezone(UTC) if row.revoked_at else None,
    )
