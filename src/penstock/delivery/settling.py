"""Outcomes are written down, each with the change that tells the engine, in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from penstock.delivery.base import DELIVERIES, Effect, Outcome
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.delivery")


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
    times: list[datetime] = []
    for effect, outcome in outcomes:
        if outcome.state != "pending":
            settled.append((effect, outcome))
            continue
        next_at = DELIVERIES[effect.kind].schedule.again(effect, outcome, now)
        if next_at is None:
            settled.append((effect, Outcome("failed", "gave_up", outcome.reply)))
        else:
            again.append((effect, outcome))
            times.append(next_at)
    if settled:
        await _queries.run(
            conn,
            "settle",
            **_columns(settled, worker),
            states=[outcome.state for _, outcome in settled],
            now=now,
        )
    if again:
        await _queries.run(
            conn,
            "put_back",
            **_columns(again, worker),
            times=times,
        )


def keys(effects: Sequence[Effect], worker: str | None) -> dict[str, list[Any]]:
    """Effects in the hands of a worker, as columns of a statement."""
    return {
        "enrollment_ids": [effect.key.enrollment_id for effect in effects],
        "visits": [effect.key.visit for effect in effects],
        "parts": [effect.key.part for effect in effects],
        "workers": [worker] * len(effects),
    }


def _columns(pairs: Sequence[tuple[Effect, Outcome]], worker: str | None) -> dict[str, list[Any]]:
    return {
        **keys([effect for effect, _ in pairs], worker),
        "reasons": [outcome.reason for _, outcome in pairs],
        "replies": [outcome.reply for _, outcome in pairs],
    }
