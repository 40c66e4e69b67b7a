"""Rates: so many effects a second over one connection, whoever sends them.

What finds no room gets a place in the connection's queue, and is due again when its place comes. A
place is an appointment, not a permission: that is given by the count of the second it comes in.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final

from penstock.delivery.base import Delivery, Effect, Limit
from penstock.delivery.settling import keys
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.settings import Settings

_queries = load("penstock.delivery")

_SECOND: Final = timedelta(seconds=1)

_MISSED: Final = timedelta(seconds=10)
"""Who comes later than this to its place gets another: nobody was there to send for a while."""


@dataclass
class Turnstile:
    """One connection in one second. `free_at` is the first place of its queue that nobody has."""

    per_second: int
    second: datetime
    free_at: datetime
    used: int
    moved: list[tuple[datetime, datetime]] = field(default_factory=list)
    """For each effect that was not let through: when it is due again, and its place."""

    def let(self, place: datetime | None) -> bool:
        """Whether an effect may go in this second; `place` is the one that it has."""
        room = self.used < self.per_second
        if place is not None and place > self.second - _MISSED:
            if not room:
                self.moved.append((self.second + _SECOND, place))
        else:
            self.free_at = max(self.free_at, self.second)
            room = room and self.free_at < self.second + _SECOND
            if not room:
                self.free_at = max(self.free_at, self.second + _SECOND)
                self.moved.append((self.free_at.replace(microsecond=0), self.free_at))
            self.free_at += timedelta(microseconds=ceil(1_000_000 / self.per_second))
        self.used += room
        return room


async def admit(
    conn: Connection,
    delivery: Delivery[Any],
    due: Sequence[tuple[Effect, datetime | None]],
    settings: Settings,
    now: datetime,
) -> list[Effect]:
    """Of effects that are due, each with the place that it has, those that may go now.

    The others are moved; that is no attempt.
    """
    limits = {effect: delivery.limit(effect, settings) for effect, _ in due}
    turnstiles = await _turnstiles(conn, limits, now)
    if not turnstiles:
        return [effect for effect, _ in due]
    free: list[Effect] = []
    held: dict[str, list[Effect]] = defaultdict(list)
    # Who has a place comes first: it has waited for it.
    for effect, place in sorted(due, key=lambda one: one[1] is None):
        limit = limits[effect]
        if limit is None or turnstiles[limit.connection].let(place):
            free.append(effect)
        else:
            held[limit.connection].append(effect)
    await _queries.run(
        conn,
        "hand_out",
        connections=list(turnstiles),
        free_at=[one.free_at for one in turnstiles.values()],
        seconds=[one.second for one in turnstiles.values()],
        used=[one.used for one in turnstiles.values()],
    )
    moved = [
        (effect, *when)
        for connection, effects in held.items()
        for effect, when in zip(effects, turnstiles[connection].moved, strict=True)
    ]
    if moved:
        await _queries.run(
            conn,
            "move",
            **keys([effect for effect, _, _ in moved], None),
            times=[at for _, at, _ in moved],
            places=[place for _, _, place in moved],
        )
    return free


async def _turnstiles(
    conn: Connection, limits: Mapping[Effect, Limit | None], now: datetime
) -> dict[str, Turnstile]:
    per_second = {limit.connection: limit.per_second for limit in limits.values() if limit}
    if not per_second:
        return {}
    second = now.replace(microsecond=0)
    rows = await _queries.rows(conn, "take_rates", connections=list(per_second), second=second)
    return {
        row.connection: Turnstile(
            per_second[row.connection],
            # Another may have been here whose clock had gone on already.
            max(second, row.second.astimezone(UTC)),
            row.free_at.astimezone(UTC),
            row.used if row.second >= second else 0,
        )
        for row in rows
    }
