"""The only place where the time is read: the database's clock, or a virtual one."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from penstock.kernel.db import Connection


class Clock(Protocol):
    """Where `now` comes from. Everything below takes `now` as a parameter."""

    async def now(self, conn: Connection) -> datetime:
        """An aware instant in UTC, of millisecond precision."""
        ...

    def at(self, told: datetime) -> datetime:
        """The now, when the database's clock told `told` in a statement of the caller's own."""
        ...


class DatabaseClock:
    """The database's own clock, so that all processes agree whatever their machines say."""

    async def now(self, conn: Connection) -> datetime:
        cursor = await conn.execute("SELECT date_trunc('milliseconds', clock_timestamp())")
        row = await cursor.fetchone()
        assert row is not None
        return self.at(row[0])

    def at(self, told: datetime) -> datetime:
        return told.astimezone(UTC)


class VirtualClock:
    """A clock that stands still until it is moved; for tests and simulation."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    async def now(self, conn: Connection) -> datetime:
        return self._now

    def at(self, told: datetime) -> datetime:
        return self._now

    def forward(self, **by: float) -> datetime:
        """Move by a timedelta's keyword arguments, and return the new now."""
        self._now += timedelta(**by)
        return self._now

    def go_to(self, instant: datetime) -> None:
        self._now = max(self._now, instant.astimezone(UTC))
