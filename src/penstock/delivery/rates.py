"""Rates: so many effects a second over one connection, whoever sends them.

What finds no room gets a place in the connection's queue, and is due again when its place comes. A
place is an appointment, not a permission: that is given by the count of the second it comes in.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil, inf
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
    """One connection in one second. `free_at` is the first place of its queue that nobody has,
    `lines` how many more may be open to it.
    """

    per_second: int
    second: datetime
    free_at: datetime
    used: int
    lines: float = inf
    moved: list[tuple[datetime, datetime]] = field(default_factory=list)
    """For each effect that was not let through: when it is due again, and its place."""

    def let(self, place: datetime | None) -> bool:
        """Whether an effect may go in this second; `place` is the one that it has."""
        room = self.used < self.per_second and self.lines > 0
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
        self.lines -= room
        return room


async def admit(
    conn: Connection,
    delivery: Delivery[Any],
    due: Sequence[tuple[Effect, datetime | None]],
    settings: Settings,
    now: datetime,
    under_way: Iterable[Effect],
) -> list[Effect]:
    """Of effects that are due, each with the place that it has, those that may go now.

    The others are moved; that is no attempt. `under_way` is what the deliverer is sending.
    """
    limits = {effect: delivery.limit(effect, settings) for effect, _ in due}
    busy = Counter(
        limit.connection for effect in under_way if (limit := delivery.limit(effect, settings))
    )
    turnstiles = await _turnstiles(conn, limits, busy, now)
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
    conn: Connection,
    limits: Mapping[Effect, Limit | None],
    busy: Mapping[str, int],
    now: datetime,
) -> dict[str, Turnstile]:
    of = {limit.connection: limit for limit in limits.values() if limit}
    if not of:
        return {}
    second = now.replace(microsecond=0)
    rows = await _queries.rows(conn, "take_rates", connections=list(of), second=second)
    return {
        row.connection: Turnstile(
            of[row.connection].per_second,
            # Another may have been here whose clock had gone on already.
            max(second, row.second.astimezone(UTC)),
            row.free_at.astimezone(UTC),
            row.used if row.second >= second else 0,
            _lines(of[row.connection], busy.get(row.connection, 0)),
        )
        for row in rows
    }


def _lines(limit: Limit, busy: int) -> float:
    return inf if limit.at_once is None else limit.at_once - busy
