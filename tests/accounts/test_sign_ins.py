"""Links that let somebody in once, and the sessions that they open."""

import asyncio
from datetime import timedelta

import pytest

from penstock.accounts import sign_ins
from penstock.accounts.errors import LinkUnusable
from penstock.kernel.db import Database
from tests.conftest import NOW

SOON = NOW + timedelta(minutes=5)


async def test_a_link_opens_one_session(database: Database) -> None:
    async with database.unit() as conn:
        token = await sign_ins.invite(conn, NOW)
        session, secret = await sign_ins.sign_in(conn, token, SOON)
        assert session.expires_at == SOON + sign_ins.SESSION_LASTS
        assert secret != token
        with pytest.raises(LinkUnusable):
            await sign_ins.sign_in(conn, token, SOON)


async def test_a_link_expires(database: Database) -> None:
    async with database.unit() as conn:
        token = await sign_ins.invite(conn, NOW)
        with pytest.raises(LinkUnusable):
            await sign_ins.sign_in(conn, token, NOW + sign_ins.LINK_LASTS)


async def test_a_token_that_was_never_given_opens_nothing(database: Database) -> None:
    async with database.unit() as conn:
        await sign_ins.invite(conn, NOW)
        with pytest.raises(LinkUnusable):
            await sign_ins.sign_in(conn, "guessed", SOON)


async def test_two_who_use_one_link_at_once_get_one_session(database: Database) -> None:
    async with database.unit() as conn:
        token = await sign_ins.invite(conn, NOW)

    async def use() -> bool:
        async with database.unit() as conn:
            try:
                await sign_ins.sign_in(conn, token, SOON)
            except LinkUnusable:
                return False
            return True

    assert sorted(await asyncio.gather(*(use() for _ in range(5)))) == [False] * 4 + [True]


async def test_neither_tokens_nor_secrets_are_kept(database: Database) -> None:
    async with database.unit() as conn:
        token = await sign_ins.invite(conn, NOW)
        _, secret = await sign_ins.sign_in(conn, token, SOON)
        rows = await conn.execute(
            "SELECT l::text FROM sign_in_links l UNION ALL SELECT s::text FROM sessions s"
        )
        kept = " ".join(row[0] for row in await rows.fetchall())
    for word in (token, secret):
        assert word not in kept
        assert word.encode().hex() not in kept


async def test_what_has_expired_is_forgotten(database: Database) -> None:
    late = NOW + sign_ins.SESSION_LASTS + timedelta(days=1)
    async with database.unit() as conn:
        await sign_ins.sign_in(conn, await sign_ins.invite(conn, NOW), NOW)
        await sign_ins.sign_in(conn, await sign_ins.invite(conn, late), late)
        links = await conn.execute("SELECT count(*) FROM sign_in_links")
        sessions = await conn.execute("SELECT count(*) FROM sessions")
        assert (await links.fetchone())[0] == 1
        assert (await sessions.fetchone())[0] == 1
