"""A database is brought up to date by whoever comes, and told of in words when it cannot be."""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from penstock.bootstrap.errors import DatabaseNotReady, DatabaseUnreachable, DatabaseUrlInvalid
from penstock.bootstrap.preparing import prepare
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.migrate import known


@pytest.fixture
def empty(server: str, url: str) -> Iterator[str]:
    """The conninfo of a database without tables."""
    name = f"empty_{psycopg.conninfo.conninfo_to_dict(url)['dbname']}"
    with psycopg.connect(server, dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield make_conninfo(server, dbname=name)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def test_several_may_prepare_an_empty_database_at_once(empty: str) -> None:
    applied = await asyncio.gather(*(prepare(empty, DatabaseClock()) for _ in range(3)))
    names = [migration.name for migration in known()]
    assert sorted(applied) == [[], [], names]
    with psycopg.connect(empty) as conn:
        assert conn.execute("SELECT count(*) FROM object_types").fetchone()[0] >= 18


async def test_a_database_that_is_up_to_date_is_left_alone(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        before = conn.execute("SELECT version FROM schema_state").fetchone()
        assert await prepare(url, DatabaseClock()) == []
        assert conn.execute("SELECT version FROM schema_state").fetchone() == before


async def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    with pytest.raises(DatabaseUnreachable) as error:
        await prepare("postgresql://me:secret@127.0.0.1:1/sales", DatabaseClock())
    assert "sales@127.0.0.1:1" in str(error.value)
    assert "secret" not in str(error.value)


async def test_an_address_that_is_none_is_not_repeated() -> None:
    with pytest.raises(DatabaseUrlInvalid) as error:
        await prepare("postgresql//me:secret@host", DatabaseClock())
    assert "secret" not in str(error.value)


async def test_a_user_who_may_not_make_tables_is_told(server: str, empty: str) -> None:
    name = f"reader_{psycopg.conninfo.conninfo_to_dict(empty)['dbname']}"
    role = sql.Identifier(name)
    with psycopg.connect(empty, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {}").format(role))
        try:
            options = f"-c role={name}"
            with pytest.raises(DatabaseNotReady, match="permission denied"):
                await prepare(make_conninfo(empty, options=options), DatabaseClock())
        finally:
            admin.execute(sql.SQL("DROP ROLE {}").format(role))
