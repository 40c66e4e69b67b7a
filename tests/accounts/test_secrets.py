"""Secrets: sealed with a key that the database does not have, replaced, forgotten, never read."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from penstock.accounts import secrets
from penstock.accounts.errors import (
    KeyFileExposed,
    SecretInvalid,
    SecretKeyMissing,
    SecretNameInvalid,
    SecretNotFound,
    SecretUnreadable,
)
from penstock.accounts.seal import Seal
from penstock.accounts.sealing import KEY_FILE, seal_of
from penstock.kernel.db import Database
from penstock.kernel.settings import Settings
from tests.conftest import NOW

SEAL = Seal("a key that only this test has, long enough")


async def test_a_secret_is_sealed_replaced_and_forgotten(database: Database) -> None:
    async with database.unit() as conn:
        assert await secrets.put(conn, SEAL, "crm", "höchst geheim", NOW)
        assert not await secrets.put(conn, SEAL, "crm", "noch geheimer", NOW)
        (one,) = await secrets.every(conn)
        assert (one.name, one.created_at) == ("crm", NOW)
        sealed = await secrets.sealed(conn, ["crm", "other"])
        assert b"geheim" not in sealed["crm"]
        assert {name: SEAL.open(name, kept) for name, kept in sealed.items()} == {
            "crm": "noch geheimer"
        }
        await secrets.delete(conn, "crm")
        assert await secrets.every(conn) == []
        with pytest.raises(SecretNotFound):
            await secrets.delete(conn, "crm")


def test_a_secret_opens_with_its_key_and_under_its_name_alone() -> None:
    sealed = SEAL.close("crm", "geheim")
    assert SEAL.close("crm", "geheim") != sealed
    for seal, name in ((Seal("another key, which is not the same"), "crm"), (SEAL, "other")):
        with pytest.raises(SecretUnreadable):
            seal.open(name, sealed)


@pytest.mark.parametrize("name", ["", "-a", "a b", "a/b", "å", "x" * 101, "a\n"])
async def test_names_are_plain(database: Database, name: str) -> None:
    async with database.unit() as conn:
        with pytest.raises(SecretNameInvalid):
            await secrets.put(conn, SEAL, name, "geheim", NOW)


@pytest.mark.parametrize("value", ["", "x" * (secrets.LONGEST + 1)])
async def test_a_secret_is_neither_empty_nor_endless(database: Database, value: str) -> None:
    async with database.unit() as conn:
        with pytest.raises(SecretInvalid):
            await secrets.put(conn, SEAL, "crm", value, NOW)


async def test_the_key_of_an_embedded_installation_is_made_once_for_its_user_alone(
    tmp_path: Path,
) -> None:
    settings = Settings(data_folder=tmp_path)
    seals = await asyncio.gather(*(asyncio.to_thread(seal_of, settings) for _ in range(8)))
    (file,) = os.scandir(tmp_path)
    assert file.name == KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    sealed = seals[0].close("crm", "geheim")
    assert {seal.open("crm", sealed) for seal in (*seals, seal_of(settings))} == {"geheim"}


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)
    seal_of(settings)
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(KeyFileExposed):
        seal_of(settings)


def test_with_a_server_of_ones_own_the_key_is_given(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path, database_url="postgresql://elsewhere")
    for homeless in (settings, Settings(data_folder=tmp_path / "nowhere")):
        with pytest.raises(SecretKeyMissing):
            seal_of(homeless)
    assert list(tmp_path.iterdir()) == []
    given = settings.model_copy(update={"secret_key": Settings(secret_key="k" * 32).secret_key})
    assert seal_of(given).open("crm", Seal("k" * 32).close("crm", "geheim")) == "geheim"
    with pytest.raises(ValueError, match="32"):
        Settings(secret_key="short")
