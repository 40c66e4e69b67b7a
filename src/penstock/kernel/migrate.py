"""Applies the plain-SQL migrations of the package, in order, each once, under a lock."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from penstock.kernel.db import Connection, connect
from penstock.kernel.errors import Conflict

FOLDER = Path(__file__).parent.parent / "migrations"
_LOCK = 0x70656E73746F636B  # "penstock"


class MigrationChanged(Conflict):
    """Migration {name} was applied with other contents: this database belongs to another version of
    Penstock; use the version that wrote it, or a newer one"""


class DatabaseNewer(Conflict):
    """The database has migration {name}, which this version of Penstock does not know: use the
    version that wrote it, or a newer one"""


@dataclass(frozen=True)
class Migration:
    name: str
    sql: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known(folder: Path = FOLDER) -> list[Migration]:
    return [Migration(path.stem, path.read_text("utf-8")) for path in sorted(folder.glob("*.sql"))]


async def migrate(url: str, folder: Path = FOLDER) -> list[str]:
    """Bring the database up to date; several processes may call this at once.

    Returns the names of the migrations applied now. Raises MigrationChanged or DatabaseNewer,
    having changed nothing, when the database belongs to another version.
    """
    conn = await connect(url)
    try:
        async with conn.transaction():
            # Transaction-level, so that it is gone with the transaction whatever happens.
            await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            return await _apply(conn, known(folder))
    finally:
        await conn.close()


async def _apply(conn: Connection, migrations: list[Migration]) -> list[str]:
    await conn.execute(
        "CREATE TABLE IF NOT EXISTS migrations ("
        "name text PRIMARY KEY, digest text NOT NULL, applied_at timestamptz NOT NULL)"
    )
    cursor = await conn.execute("SELECT name, digest FROM migrations ORDER BY name")
    applied: dict[str, str] = {row[0]: row[1] for row in await cursor.fetchall()}
    names = {migration.name for migration in migrations}
    for name in applied:
        if name not in names:
            raise DatabaseNewer(name=name)
    fresh = []
    for migration in migrations:
        if migration.name not in applied:
            await conn.execute(migration.sql)
            await conn.execute(
                # house: allow clock — nothing depends on it, and no clock is there yet
                "INSERT INTO migrations VALUES (%s, %s, statement_timestamp())",
                (migration.name, migration.digest),
            )
            fresh.append(migration.name)
        elif applied[migration.name] != migration.digest:
            raise MigrationChanged(name=migration.name)
    return fresh
