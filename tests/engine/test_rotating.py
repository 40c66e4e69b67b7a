"""Numbers are claimed by turns of several buckets at once."""

import asyncio
from typing import Any

from penstock.actions.base import Member
from penstock.engine import rotating
from penstock.engine.automation import Automations
from penstock.engine.effects import Effects
from penstock.engine.journal import Journal
from penstock.engine.turn import Allowance, Turn
from penstock.kernel.db import Connection
from tests.conftest import NOW, House

FLOW, STEP = 7, "1"


async def a_turn(house: House, conn: Connection, bucket: int) -> Turn:
    schema = await house.schemas.current(conn)
    automation = await Automations().current(conn, 1, schema)
    allowed = Allowance.of_each(100)
    return Turn(
        conn, bucket, NOW, schema, automation, Journal(), Effects(), allowed,
        aside=house.database.unit,
    )  # fmt: skip


def members(bucket: int, count: int) -> list[Member]:
    return [Member(n * 64 + bucket, n * 64 + bucket, 1, 1, NOW, {}) for n in range(1, count + 1)]


async def numbers(house: House, bucket: int, count: int) -> list[int]:
    async with house.database.unit() as conn:
        turn = await a_turn(house, conn, bucket)
        given = await rotating.numbers(turn, FLOW, STEP, members(bucket, count))
    return list(given.values())


async def test_turns_at_once_get_numbers_of_which_each_is_given_once(house: House) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(numbers(house, bucket, bucket + 1)) for bucket in range(4)]
    given = [number for task in tasks for number in task.result()]
    assert sorted(given) == list(range(1 + 2 + 3 + 4))


async def test_a_turn_that_is_not_over_keeps_nobody_waiting(house: House) -> None:
    async with house.database.unit() as conn:
        first = await a_turn(house, conn, 3)
        kept = await rotating.numbers(first, FLOW, STEP, members(3, 5))
        # With the first turn's transaction open, this would never end if it had to wait for it.
        others = await numbers(house, 4, 5)
    assert sorted([*kept.values(), *others]) == list(range(10))


async def test_who_asks_again_after_a_rollback_finds_the_same_numbers(house: House) -> None:
    async def ask(undo: bool) -> Any:
        async with house.database.unit() as conn:
            given = await rotating.numbers(await a_turn(house, conn, 3), FLOW, STEP, members(3, 3))
            if undo:
                await conn.rollback()
        return given

    first = await ask(undo=True)
    assert await numbers(house, 4, 2) == [3, 4]
    assert await ask(undo=False) == first
    assert await numbers(house, 4, 1) == [5]
