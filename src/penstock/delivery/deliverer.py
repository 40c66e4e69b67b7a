"""The deliverer: claims effects, has them carried out, and records what became of them.

Its name is held by an advisory lock of a session of its own. While that session lives, nobody
touches what it is sending; once it is gone, others settle that: repeatable kinds go out again, the
others are uncertain.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from penstock.delivery.base import (
    DELIVERIES,
    DONE,
    Carrier,
    Delivery,
    Effect,
    Keeper,
    Key,
    Line,
    Outcome,
)
from penstock.delivery.errors import NameHeld
from penstock.delivery.rates import admit
from penstock.delivery.settling import keys, settle
from penstock.kernel.clock import Clock
from penstock.kernel.db import TRANSIENT, Connection, Database, connect
from penstock.kernel.queries import load
from penstock.kernel.settings import Settings

_queries = load("penstock.delivery")

MOST_KEPT: Final = 200
"""Effects put down in the database at a time."""

_LOOK_EVERY: Final = 0.2
"""Seconds between two looks for more to send, while something is being sent and lines are free."""


class Deliverer:
    """One of any number that may work at once; each has a name of its own.

    It delivers the kinds that it is given, or all. `told` is called whenever it has written down
    what became of something.

    Raises MailServerInvalid or SenderInvalid when the settings make no sense.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        name: str,
        *,
        kinds: Collection[str] | None = None,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._told = told
        self._database = database
        self._clock = clock
        self._settings = settings
        self._ways = [
            (delivery, delivery.carrier(settings))
            for delivery in DELIVERIES.values()
            if kinds is None or delivery.kind in kinds
        ]
        self._session: Connection | None = None
        self._under_way: set[Effect] = set()
        self._working = asyncio.Lock()
        self._closing = False

    async def deliver(self) -> int:
        """Deliver what is due, kind by kind; returns how many effects were dealt with.

        That is 0 when none is due, and once the deliverer is closed.

        Raises NameHeld when another deliverer has this name, or a database error: call again later.
        """
        async with self._working:
            if self._closing:
                return 0
            session = await self._hold_name()
            dealt = await self._settle_orphans()
            for delivery, carrier in self._ways:
                if isinstance(carrier, Keeper):
                    dealt += await self._keep(delivery, carrier)
                else:
                    dealt += await self._carry(session, delivery, carrier)
            return dealt

    async def close(self) -> None:
        """Finish what is being sent, put back what is not begun, and let the name go."""
        self._closing = True
        async with self._working:
            if self._session is not None:
                # The server would let it go when it notices that the session has ended.
                with suppress(*TRANSIENT):
                    await _queries.value(self._session, "let_name_go", name=self.name)
                await self._session.close()
                self._session = None

    async def _hold_name(self) -> Connection:
        if self._session is None or self._session.closed:
            session = await connect(self._database.url)
            try:
                if not await _queries.value(session, "hold_name", name=self.name):
                    raise NameHeld(name=self.name)
            except BaseException:
                await session.close()
                raise
            self._session = session
        return self._session

    async def _settle_orphans(self) -> int:
        """Settle what deliverers were sending that are gone, and this one before it failed."""
        async with self._database.unit() as conn:
            now = await self._clock.now(conn)
            found = 0
            for row in await _queries.rows(conn, "names_sending"):
                if row.worker != self.name and not await _queries.value(
                    conn, "name_is_free", name=row.worker
                ):
                    continue
                rows = await _queries.rows(conn, "sending", name=row.worker)
                effects = [_effect(row) for row in rows]
                found += len(effects)
                outcomes = [(effect, _interrupted(effect)) for effect in effects]
                await settle(conn, outcomes, now, worker=row.worker)
            return found

    async def _keep(self, delivery: Delivery[Any], keeper: Keeper[Any]) -> int:
        async with self._database.unit() as conn:
            now = await self._clock.now(conn)
            rows = await self._due(conn, delivery, now, MOST_KEPT)
            effects = [_effect(row) for row in rows]
            if not effects:
                return 0
            prepared = await delivery.prepare(conn, effects, self._settings)
            parcels = [parcel for parcel in prepared.values() if not isinstance(parcel, Outcome)]
            await keeper.keep(conn, parcels, now)
            outcomes = [(effect, _kept(prepared[effect.key])) for effect in effects]
            await settle(conn, outcomes, now, worker=None)
        self._told()
        return len(effects)

    async def _carry(
        self, session: Connection, delivery: Delivery[Any], carrier: Carrier[Any]
    ) -> int:
        """Fill lines with what is due until nothing is due and nothing is on its way."""
        waiting: deque[Effect] = deque()
        lines: set[asyncio.Task[None]] = set()
        dealt = 0
        try:
            while True:
                free = carrier.lines - len(lines)
                found = await self._more(session, delivery, free, waiting)
                dealt += found
                for _ in range(0 if self._closing else min(free, len(waiting))):
                    line = self._work_line(delivery, carrier, waiting)
                    lines.add(asyncio.create_task(line))
                if lines:
                    look = _LOOK_EVERY if len(lines) < carrier.lines else None
                    done, lines = await asyncio.wait(
                        lines, timeout=look, return_when=asyncio.FIRST_COMPLETED
                    )
                    for line_done in done:
                        line_done.result()
                elif not found:
                    return dealt
        except asyncio.CancelledError:
            for line_cut in lines:
                line_cut.cancel()
            raise
        finally:
            # An error of one line does not cut off what is on its way on the others.
            await asyncio.gather(*lines, return_exceptions=True)
            self._under_way.clear()
            await self._put_back(waiting)

    async def _more(
        self, session: Connection, delivery: Delivery[Any], free: int, waiting: deque[Effect]
    ) -> int:
        """Claim more when lines are free and nothing waits; returns how many were looked at."""
        if not free or waiting or self._closing or _cut(session):
            return 0
        try:
            return await self._claim(session, delivery, free, waiting)
        except TRANSIENT:
            # What is on its way is finished; the next call has a new session.
            if not _cut(session):
                raise
            return 0

    async def _claim(
        self, session: Connection, delivery: Delivery[Any], lines: int, waiting: deque[Effect]
    ) -> int:
        """Claim something for so many lines; returns how many effects were looked at."""
        # The session itself claims: with its lock gone, the claim cannot be committed either.
        async with session.transaction():
            now = await self._clock.now(session)
            rows = await self._due(session, delivery, now, delivery.per_line * lines)
            due = [(_effect(row), row.place_at and row.place_at.astimezone(UTC)) for row in rows]
            effects = await admit(session, delivery, due, self._settings, now, self._under_way)
            if effects:
                await _queries.run(session, "claim", **keys(effects, self.name), now=now)
        waiting.extend(effects)
        self._under_way.update(effects)
        return len(rows)

    async def _work_line(
        self, delivery: Delivery[Any], carrier: Carrier[Any], waiting: deque[Effect]
    ) -> None:
        async with carrier.open() as line:
            while waiting and not self._closing:
                await self._send(delivery, line, waiting)

    async def _send(self, delivery: Delivery[Any], line: Line[Any], waiting: deque[Effect]) -> None:
        effect = waiting.popleft()
        try:
            async with self._database.unit() as conn:
                now = await self._clock.now(conn)
                prepared = await delivery.prepare(conn, [effect], self._settings)
        except BaseException:
            waiting.appendleft(effect)
            raise
        parcel = prepared[effect.key]
        outcome = parcel if isinstance(parcel, Outcome) else await line.send(parcel, now)
        async with self._database.unit() as conn:
            now = await self._clock.now(conn)
            await settle(conn, [(effect, outcome)], now, worker=self.name)
        self._under_way.discard(effect)
        self._told()

    async def _put_back(self, waiting: Sequence[Effect]) -> None:
        """What was claimed and not begun is as if it had never been claimed."""
        if waiting:
            async with self._database.unit() as conn:
                await _queries.run(conn, "unclaim", **keys(waiting, self.name))

    async def _due(
        self, conn: Connection, delivery: Delivery[Any], now: datetime, limit: int
    ) -> Sequence[Any]:
        return await _queries.rows(conn, "due", kind=delivery.kind, now=now, limit=limit)


def _effect(row: Any) -> Effect:
    return Effect(
        Key(row.enrollment_id, row.visit, row.part),
        row.kind,
        row.payload,
        row.workflow_id,
        row.record_id,
        row.attempts + 1 if row.state == "pending" else row.attempts,
        row.first_at and row.first_at.astimezone(UTC),
    )


def _interrupted(effect: Effect) -> Outcome:
    # Of a kind that is not installed any more, nobody can say that it may be repeated.
    delivery = DELIVERIES.get(effect.kind)
    repeatable = delivery is not None and delivery.repeatable
    return Outcome("pending" if repeatable else "uncertain", "interrupted")


def _cut(session: Connection) -> bool:
    return session.closed


def _kept(prepared: Any) -> Outcome:
    return prepared if isinstance(prepared, Outcome) else DONE
