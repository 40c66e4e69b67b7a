"""Notifications: what workflows tell people of the team within Penstock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from penstock.engine.turn import Turn
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.engine", "notifying.sql")


class Notification(NamedTuple):
    """Something to tell a user. `who` is (enrollment, record, visit), `place` (workflow, step)."""

    user_id: int
    who: tuple[int, int, int]
    place: tuple[int, str]
    subject: str
    body: str


async def leave(turn: Turn, told: Sequence[Notification]) -> None:
    """Leave notifications about records of the turn's bucket."""
    if told:
        await _queries.run(
            turn.conn,
            "leave",
            bucket=turn.bucket,
            now=turn.now,
            users=[one.user_id for one in told],
            enrollments=[one.who[0] for one in told],
            records=[one.who[1] for one in told],
            workflows=[one.place[0] for one in told],
            steps=[one.place[1] for one in told],
            subjects=[one.subject for one in told],
            bodies=[one.body for one in told],
        )


@dataclass(frozen=True)
class Told:
    """A notification as it is shown."""

    id: int
    user_id: int
    workflow_id: int
    step: str
    record_id: int
    subject: str
    body: str
    created_at: datetime
    read_at: datetime | None


async def page(
    conn: Connection,
    *,
    user: int | None = None,
    unread: bool = False,
    before: int | None = None,
    limit: int = 50,
) -> list[Told]:
    """Up to `limit` notifications with ids below `before`, newest first."""
    rows = await _queries.rows(conn, "page", user=user, unread=unread, before=before, limit=limit)
    return [
        Told(
            row.id,
            row.user_id,
            row.workflow_id,
            row.step,
            row.record_id,
            row.subject,
            row.body,
            row.created_at.astimezone(UTC),
            row.read_at.astimezone(UTC) if row.read_at else None,
        )
        for row in rows
    ]


async def mark_read(conn: Connection, ids: Collection[int], now: datetime) -> list[int]:
    """Mark notifications as read; returns the ids of those that exist. The first time counts."""
    found: list[int] = await _queries.value(conn, "mark_read", ids=sorted(set(ids)), now=now)
    return found
