"""The audit trail: one row for each change that somebody made, in the transaction that made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.accounts")


@dataclass(frozen=True)
class Entry:
    """Who did what to what, when; `details` names what was touched, never personal values."""

    id: int
    at: datetime
    actor: str
    operation: str
    target: str
    details: dict[str, Any]


async def record(
    conn: Connection,
    actor: str,
    operation: str,
    target: str,
    details: Mapping[str, Any],
    now: datetime,
) -> None:
    await _queries.run(
        conn,
        "add_audit",
        actor=actor,
        operation=operation,
        target=target,
        details=Jsonb(details),
        now=now,
    )


async def trail(
    conn: Connection, *, target: str | None = None, before: int | None = None, limit: int = 100
) -> list[Entry]:
    """Up to `limit` entries, newest first, of one target or of all, with ids below `before`."""
    rows = await _queries.rows(conn, "audit_trail", target=target, before=before, limit=limit)
    return [
        Entry(row.id, row.at.astimezone(UTC), row.actor, row.operation, row.target, row.details)
        for row in rows
    ]
