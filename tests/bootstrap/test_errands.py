"""Errands: done when told, whatever goes wrong, and ended without being cut off."""

import asyncio

import psycopg

from penstock.bootstrap.errands import Errand


async def test_it_works_on_as_long_as_there_is_something_and_then_when_told() -> None:
    answers = [True, True, False, False]
    calls: asyncio.Queue[bool] = asyncio.Queue()

    async def work() -> bool:
        answer = answers.pop(0)
        calls.put_nowait(answer)
        return answer

    errand = Errand("test", work)
    task = asyncio.create_task(errand.run())
    assert [await calls.get() for _ in range(3)] == [True, True, False]
    errand.look()
    assert await calls.get() is False
    errand.end()
    await task


async def test_an_error_costs_a_rest_and_not_the_errand() -> None:
    errors: list[Exception | None] = [ValueError("a bug"), psycopg.OperationalError("away"), None]
    done = asyncio.Event()

    async def work() -> bool:
        error = errors.pop(0)
        if error is not None:
            raise error
        done.set()
        return False

    errand = Errand("test", work)
    task = asyncio.create_task(errand.run())
    await done.wait()
    errand.end()
    await task
    assert not errors


async def test_what_has_begun_is_finished_at_the_end() -> None:
    begun, go_on, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> bool:
        begun.set()
        await go_on.wait()
        finished.set()
        return True

    errand = Errand("test", work)
    task = asyncio.create_task(errand.run())
    await begun.wait()
    errand.end()
    go_on.set()
    await task
    assert finished.is_set()
