"""Child processes in the hands of a supervisor."""

import asyncio

import pytest
from psycopg.conninfo import make_conninfo

from penstock.bootstrap.children import Child, Pauses
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


def test_pauses_grow_while_lives_are_short() -> None:
    pauses = Pauses()
    short = [pauses.after(2, was_ready=True) for _ in range(9)]
    assert short == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5]
    assert pauses.after(61, was_ready=True) == 0.1
    assert pauses.after(2, was_ready=True) == 0.2


def test_records_wait_longer_only_for_what_cannot_get_ready() -> None:
    pauses = Pauses()
    unready = [pauses.after(2, was_ready=False) for _ in range(10)]
    assert unready[-3:] == [12.8, 25.6, 30]
    assert pauses.after(2, was_ready=True) == 5
