"""Runs work for a group so that one bad record cannot stop the others."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from penstock.kernel.db import TRANSIENT, Connection
from penstock.kernel.errors import PenstockError
from penstock.kernel.texts import Text

Item = TypeVar("Item")
Result = TypeVar("Result")

_log = structlog.get_logger(__name__)


async def attempt(
    conn: Connection,
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], Awaitable[Result]],
) -> tuple[list[Result], list[tuple[Item, Text]]]:
    """Run `work` within a savepoint; if it fails, split the group until the culprits stand alone.

    If both halves of the first split fail alike, the reason is common and all fail with it. Errors
    that pass by themselves are raised: the whole turn begins again.
    """
    outcome = await _once(conn, items, work)
    if isinstance(outcome, Exception):
        return await _divide(conn, items, outcome, work, common=True)
    return [outcome], []


async def _divide(
    conn: Connection,
    items: Sequence[Item],
    error: Exception,
    work: Callable[[Sequence[Item]], Awaitable[Result]],
    *,
    common: bool,
) -> tuple[list[Result], list[tuple[Item, Text]]]:
    """Try the halves of a group that failed; `common` believes two that fail like the whole."""
    if len(items) == 1:
        return [], [(items[0], _reason(error))]
    middle = len(items) // 2
    halves = [items[:middle], items[middle:]]
    outcomes = [await _once(conn, half, work) for half in halves]
    if common and all(isinstance(part, Exception) and _alike(part, error) for part in outcomes):
        return [], [(item, _reason(error)) for item in items]
    results: list[Result] = []
    culprits: list[tuple[Item, Text]] = []
    for half, part in zip(halves, outcomes, strict=True):
        if isinstance(part, Exception):
            found, guilty = await _divide(conn, half, part, work, common=False)
            results += found
            culprits += guilty
        else:
            results.append(part)
    return results, culprits


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


def _alike(one: Exception, other: Exception) -> bool:
    return type(one) is type(other) and str(one) == str(other)


def _reason(error: Exception) -> Text:
    if isinstance(error, PenstockError):
        return error.text
    return Text("the action failed: {error}", error=f"{type(error).__name__}: {error}"[:500])
