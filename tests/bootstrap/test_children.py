"""Child processes in the hands of a supervisor."""

import asyncio

import pytest
from psycopg.conninfo import make_conninfo

from penstock.bootstrap.children import Child
from penstock.bootstrap.errors import ChildFailed
from tests.commands import eventually


async def test_a_child_moves_with_its_database(url: str) -> None:
    child = Child("worker", "worker 1", listener=None, debug=False)
    keeping = asyncio.create_task(child.keep())
    child.employ(url)
    await child.ready
    assert child._process is not None
    before = child._process
    child.employ(make_conninfo(url, connect_timeout=30))
    assert await before.wait() == 0
    await asyncio.to_thread(eventually, lambda: child._process is not before)
    await child.end()
    await keeping
    assert child._process.returncode == 0


async def test_a_child_that_cannot_begin_says_why(url: str) -> None:
    child = Child("web", "web 1", listener=None, debug=False)
    keeping = asyncio.create_task(child.keep())
    child.employ(url)
    with pytest.raises(ChildFailed, match="AssertionError"):
        await child.ready
    await child.end()
    await keeping


async def test_a_child_without_orders_ends_at_once(url: str) -> None:
    child = Child("worker", "worker 1", listener=None, debug=False)
    keeping = asyncio.create_task(child.keep())
    await asyncio.to_thread(eventually, lambda: child._process)
    await child.end()
    await keeping
    assert not child.ready.done()
