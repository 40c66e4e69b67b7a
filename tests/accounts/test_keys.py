"""API keys: shown once, kept as digests, revoked for good."""

import pytest

from penstock.accounts import keys
from penstock.accounts.errors import KeyNotFound, ScopeUnknown
from penstock.kernel.db import Database
from tests.conftest import NOW


async def test_a_secret_finds_its_key_and_is_not_kept(database: Database) -> None:
    async with database.unit() as conn:
        key, secret = await keys.create(conn, "import", ["crm.objects.contacts.read"], NOW)
        assert secret.startswith("pat-")
        assert await keys.find(conn, secret) == key
        assert await keys.find(conn, secret + "x") is None
        cursor = await conn.execute("SELECT to_jsonb(k)::text FROM api_keys k")
        (row,) = await cursor.fetchall()
    assert secret not in row[0]
    assert secret.removeprefix("pat-") not in row[0]


async def test_a_revoked_key_is_found_no_more_and_stays_listed(database: Database) -> None:
    async with database.unit() as conn:
        first, secret = await keys.create(conn, "one", ["all"], NOW)
        second, _ = await keys.create(conn, "two", ["automation", "automation"], NOW)
        revoked = await keys.revoke(conn, first.id, NOW)
        assert revoked.revoked_at == NOW
        assert await keys.find(conn, secret) is None
        assert await keys.every(conn) == [revoked, second]
        assert second.scopes == {"automation"}
        assert await keys.revoke(conn, first.id, NOW.replace(year=2030)) == revoked


async def test_what_does_not_exist_cannot_be_revoked_or_granted(database: Database) -> None:
    async with database.unit() as conn:
        with pytest.raises(KeyNotFound):
            await keys.revoke(conn, 77, NOW)
        with pytest.raises(ScopeUnknown, match=r"crm\.everything"):
            await keys.create(conn, "wrong", ["crm.everything"], NOW)
        assert await keys.every(conn) == []
