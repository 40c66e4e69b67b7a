"""Workflows act of their own accord: schedules fire, and workflows turn themselves off."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from penstock.accounts import audit
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.schema import Schema
from penstock.workflows import store
from penstock.workflows.timing import Missed, timing

_queries = load("penstock.engine", "scheduling.sql")

LATE: Final = timedelta(minutes=15)
"""A firing that nobody saw for so long was missed."""

ACTOR: Final = "penstock"


async def on_time(conn: Connection, schema: Schema, now: datetime) -> bool:
    """Do what is due of single workflows. Returns whether there was anything.

    Each firing becomes one row, and a request per bucket: whoever comes first writes it.
    """
    fired = await _queries.rows(conn, "to_fire", now=now)
    for row in fired:
        await _fire(conn, schema, row, now)
    ending = await _queries.rows(conn, "to_turn_off", now=now)
    for row in ending:
        await store.turn_off(conn, row.id, ACTOR, now)
        details = {"turnOffAt": row.turns_off_at.isoformat()}
        await audit.record(conn, ACTOR, "workflows_turn_off", f"flows/{row.id}", details, now)
    return bool(fired or ending)


async def _fire(conn: Connection, schema: Schema, row: Any, now: datetime) -> None:
    times = timing(row.document)
    zone = times.zone or ZoneInfo(schema.time_zone)
    come: list[datetime] = []
    following: datetime | None = row.fires_at
    while times.schedule is not None and following is not None and following <= now:
        come.append(following)
        following = times.schedule.after(following, zone)
    chosen = choose(come, times.missed, now)
    await _queries.run(
        conn,
        "fire",
        workflow=row.id,
        object_type=row.object_type,
        ats=come,
        skipped=[at not in chosen for at in come],
        now=now,
    )
    await _queries.run(conn, "fires_next", id=row.id, at=following)


def choose(come: Sequence[datetime], missed: Missed, now: datetime) -> Sequence[datetime]:
    """Of the moments that have come since somebody looked, in order, those that are to fire."""
    match missed:
        case "RUN_ALL":
            return come
        case "RUN_LATEST":
            return come[-1:]
        case "SKIP":
            return [at for at in come[-1:] if now - at < LATE]
