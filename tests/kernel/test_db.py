"""Which servers are taken, and what can be kept there."""

import pytest

from penstock.kernel.db import MINIMUM_VERSION, DatabaseTooOld, connect, dumps, refuse_old


async def test_the_server_of_these_tests_is_new_enough(url: str) -> None:
    async with await connect(url) as conn:
        assert conn.info.server_version >= MINIMUM_VERSION
        refuse_old(conn.info.server_version)


async def test_a_server_older_than_the_least_is_refused_by_its_version(url: str) -> None:
    async with await connect(url) as conn:
        version = conn.info.server_version
    with pytest.raises(DatabaseTooOld) as refused:
        refuse_old(version, least=version + 1)
    assert f"PostgreSQL {version // 10000}.{version % 10000} is too old" in str(refused.value)


@pytest.mark.parametrize("version", [15_00_18, 17_00_09, 9_06_24])
def test_every_server_before_18_is_too_old(version: int) -> None:
    with pytest.raises(DatabaseTooOld, match="needs PostgreSQL 18 or newer"):
        refuse_old(version)


def test_json_that_is_nested_too_deeply_is_refused_as_such() -> None:
    deep: list[object] = []
    for _ in range(300):
        deep = [deep]
    with pytest.raises(RecursionError):
        dumps(deep)
    assert dumps([2**70]) == b"[1180591620717411303424]"
