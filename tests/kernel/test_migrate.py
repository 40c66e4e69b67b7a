"""Migrations are applied once, in order, by one process at a time."""

import asyncio
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from penstock.kernel.migrate import DatabaseNewer, MigrationChanged, known, migrate


@pytest.fixture
def empty(server: str, url: str) -> str:
    """The conninfo of a database without anything."""
    with psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute("SELECT current_database()").fetchone()
        assert row is not None
        name = f"{row[0]}_e"[:60]
    with psycopg.connect(server, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (id int);")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second (id int);")
    return tmp_path


async def test_each_migration_is_applied_once(empty: str, folder: Path) -> None:
    assert await migrate(empty, folder) == ["0001_first", "0002_second"]
    assert await migrate(empty, folder) == []
    (folder / "0003_third.sql").write_text("DROP TABLE first;")
    assert await migrate(empty, folder) == ["0003_third"]


async def test_several_processes_may_migrate_at_once(empty: str, folder: Path) -> None:
    applied = await asyncio.gather(*(migrate(empty, folder) for _ in range(6)))
    assert sorted(map(len, applied)) == [0, 0, 0, 0, 0, 2]


async def test_a_migration_that_fails_changes_nothing(empty: str, folder: Path) -> None:
    (folder / "0003_third.sql").write_text("CREATE TABLE third (id int); SELECT nonsense;")
    with pytest.raises(psycopg.errors.UndefinedColumn):
        await migrate(empty, folder)
    (folder / "0003_third.sql").unlink()
    assert await migrate(empty, folder) == ["0001_first", "0002_second"]


async def test_a_migration_that_was_edited_afterwards_is_refused(empty: str, folder: Path) -> None:
    await migrate(empty, folder)
    (folder / "0001_first.sql").write_text("CREATE TABLE first (id bigint);")
    with pytest.raises(MigrationChanged):
        await migrate(empty, folder)


async def test_a_database_of_a_newer_version_is_refused(empty: str, folder: Path) -> None:
    await migrate(empty, folder)
    (folder / "0002_second.sql").unlink()
    with pytest.raises(DatabaseNewer):
        await migrate(empty, folder)


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(migration.name[:4]) for migration in known()]
    assert numbers == list(range(1, len(numbers) + 1))
