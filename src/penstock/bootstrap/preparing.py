"""Brings a database up to date before anything uses it."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from penstock.accounts import sign_ins
from penstock.bootstrap.errors import DatabaseNotReady, DatabaseUnreachable, DatabaseUrlInvalid
from penstock.kernel.clock import Clock
from penstock.kernel.db import connect
from penstock.kernel.migrate import migrate
from penstock.records.seed import seed


async def prepare(url: str, clock: Clock) -> list[str]:
    """Apply what is missing of tables and built-in object types; several processes may do this at
    once. Returns the names of the migrations applied now.

    Raises DatabaseUrlInvalid, DatabaseUnreachable, DatabaseTooOld, DatabaseNotReady,
    MigrationChanged, DatabaseNewer.
    """
    database = _shown(url)
    try:
        applied = await migrate(url)
        async with await connect(url) as conn, conn.transaction():
            await seed(conn, await clock.now(conn))
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(database=database, reason=_reason(error)) from error
    except psycopg.Error as error:
        raise DatabaseNotReady(database=database, reason=_reason(error)) from error
    return applied


async def invite(url: str, clock: Clock) -> str:
    """The token of a new sign-in link."""
    async with await connect(url) as conn, conn.transaction():
        return await sign_ins.invite(conn, await clock.now(conn))


def _shown(url: str) -> str:
    """What of the address may be shown: never its password. Raises DatabaseUrlInvalid."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # Its message quotes the address, and with it the password.
        raise DatabaseUrlInvalid from None
    host = str(parts.get("host") or parts.get("hostaddr") or "localhost")
    return f"{parts.get('dbname') or parts.get('user') or ''}@{host}:{parts.get('port') or 5432}"


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
