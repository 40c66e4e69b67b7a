"""Outcomes are written down, each with the change that tells the engine, in one transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from penstock.delivery.base import Effect, Outcome
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.delivery")

LONGEST_PAUSE: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 100
"""With pauses of 1, 2, 4 … 60 minutes about four days, as RFC 5321 section 4.5.4.1 asks."""


async def settle(
    conn: Connection,
    outcomes: Iterable[tuple[Effect, Outcome]],
    now: datetime,
    *,
    worker: str | None,
) -> None:
    """Write down what became of effects that are in the hands of `worker` (None: of nobody).

    An effect that is no longer in these hands stays as it is: it was erased, or a person decided.
    """
    settled: list[tuple[Effect, Outcome]] = []
    again: list[tuple[Effect, Outcome]] = []
    for effect, outcome in outcomes:
        if outcome.state != "pending":
            settled.append((effect, outcome))
        elif effect.attempts >= MOST_ATTEMPTS:
            settled.append((effect, Outcome("failed", "gave_up", outcome.reply)))
        else:
            again.append((effect, outcome))
    if settled:
        await _queries.run(
            conn,
            "settle",
            **_columns(settled),
            states=[outcome.state for _, outcome in settled],
            now=now,
            worker=worker,
        )
    if again:
        await _queries.run(
            conn,
            "put_back",
            **_columns(again),
            times=[now + pause(effect.attempts) for effect, _ in again],
            worker=worker,
        )


def pause(attempts: int) -> timedelta:
    """How long to wait after this many attempts: a minute, doubled each time, an hour at most."""
    return min(timedelta(minutes=2 ** min(max(attempts - 1, 0), 10)), LONGEST_PAUSE)


def _columns(
    pairs: list[tuple[Effect, Outcome]],
) -> dict[str, list[int] | list[str] | list[str | None]]:
    return {
        "enrollment_ids": [effect.key.enrollment_id for effect, _ in pairs],
        "visits": [effect.key.visit for effect, _ in pairs],
        "parts": [effect.key.part for effect, _ in pairs],
        "reasons": [outcome.reason for _, outcome in pairs],
        "replies": [outcome.reply for _, outcome in pairs],
    }
