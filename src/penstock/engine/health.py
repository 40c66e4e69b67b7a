"""How the engine is doing: what is to be done, and how long it has waited."""

from dataclasses import dataclass
from datetime import UTC, datetime

from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.engine", "health.sql")


@dataclass(frozen=True)
class Load:
    """What is to be done now: changes to take, enrollments that are due by lane, criteria to stand.

    `active` enrollments are in workflows. Changes that are `set_aside` ended the process that took
    them, each time, and wait for somebody to look at them. `oldest` is since when the oldest fresh
    work is due, `turned` when a bucket was last turned.
    """

    changes: int
    fresh: int
    backfill: int
    active: int
    standing: int
    set_aside: int
    oldest: datetime | None
    turned: datetime | None
    effects: dict[str, int]


async def load_of(conn: Connection, now: datetime) -> Load:
    """What there is to do at `now`."""
    row = await _queries.one(conn, "load", now=now)
    assert row is not None
    effects = await _queries.rows(conn, "effects")
    return Load(
        changes=row.changes,
        fresh=row.fresh,
        backfill=row.backfill,
        active=row.active,
        standing=row.standing,
        set_aside=row.set_aside,
        oldest=_utc(row.oldest),
        turned=_utc(row.turned) if row.turned.year > 1 else None,
        effects={each.state: each.count for each in effects},
    )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
