"""Runs work for a group so that one bad record cannot stop the others."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import structlog

from penstock.kernel.db import TRANSIENT, Connection
from penstock.kernel.errors import PenstockError
from penstock.kernel.texts import Text

Item = TypeVar("Item")
Result = TypeVar("Result")

_log = structlog.get_logger(__name__)

_MANY: Final = 4
"""So few are divided at once: to look for a common reason first would cost as much."""


async def attempt(
    conn: Connection,
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], Awaitable[Result]],
) -> tuple[list[Result], list[tuple[Item, Text]]]:
    """Run `work` within a savepoint; if it fails, split the group until the culprits stand alone.

    If both halves of the first split fail alike, and of each also the first item alone, the reason
    is common and all fail with it. Errors that pass by themselves are raised: the whole turn begins
    again.
    """
    outcome = await _once(conn, items, work)
    if not isinstance(outcome, Exception):
        return [outcome], []
    if len(items) < _MANY:
        return await _divide(conn, items, outcome, work)
    parts = _halves(items)
    outcomes = [await _once(conn, part, work) for part in parts]
    if all(_alike(part, outcome) for part in outcomes):
        # Two bad ones among many look like that, too.
        firsts = [part[:1] for part in parts]
        alone = [await _once(conn, first, work) for first in firsts]
        if all(_alike(first, outcome) for first in alone):
            return [], [(item, _reason(outcome)) for item in items]
        rests = [part[1:] for part in parts]
        parts = [*firsts, *rests]
        outcomes = [*alone, *[await _once(conn, rest, work) for rest in rests]]
    return await _gather(conn, parts, outcomes, work)


async def _divide(
    conn: Connection,
    items: Sequence[Item],
    error: Exception,
    work: Callable[[Sequence[Item]], Awaitable[Result]],
) -> tuple[list[Result], list[tuple[Item, Text]]]:
    """Try the halves of a group that failed."""
    if len(items) == 1:
        return [], [(items[0], _reason(error))]
    halves = _halves(items)
    return await _gather(conn, halves, [await _once(conn, half, work) for half in halves], work)


async def _gather(
    conn: Connection,
    parts: Sequence[Sequence[Item]],
    outcomes: Sequence[Result | Exception],
    work: Callable[[Sequence[Item]], Awaitable[Result]],
) -> tuple[list[Result], list[tuple[Item, Text]]]:
    """What came of the parts of a group; those that failed are divided further."""
    results: list[Result] = []
    culprits: list[tuple[Item, Text]] = []
    for part, outcome in zip(parts, outcomes, strict=True):
        if isinstance(outcome, Exception):
            found, guilty = await _divide(conn, part, outcome, work)
            results += found
            culprits += guilty
        else:
            results.append(outcome)
    return results, culprits


def _halves(items: Sequence[Item]) -> list[Sequence[Item]]:
    middle = len(items) // 2
    return [items[:middle], items[middle:]]


async def _once(
    conn: Connection,
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], Awaitable[Result]],
) -> Result | Exception:
    try:
        async with conn.transaction():
            return await work(items)
    except TRANSIENT:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a record does, the others go on
        _log.warning("work for a group failed", group=len(items), error=repr(error))
        return error


def _alike(outcome: object, error: Exception) -> bool:
    return type(outcome) is type(error) and str(outcome) == str(error)


def _reason(error: Exception) -> Text:
    if isinstance(error, PenstockError):
        return error.text
    return Text("the action failed: {error}", error=f"{type(error).__name__}: {error}"[:500])
