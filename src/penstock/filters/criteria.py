"""Criteria that workflows and lists ask about all the time: one row for all who ask the same."""

from datetime import datetime

from psycopg.types.json import Jsonb

from penstock.filters.compile import Criterion
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.filters", "criteria.sql")


async def keep(conn: Connection, criterion: Criterion, now: datetime) -> int:
    """Make sure that a criterion exists and comes to stand in every bucket; returns its id.

    Whoever asks says so after this: nobody may seem to ask already when it has to begin anew.
    """
    id: int | None = None
    while id is None:  # None when another transaction made it just now: look again
        id = await _queries.value(
            conn,
            "keep",
            object_type=criterion.object_type,
            digest=criterion.digest,
            document=Jsonb(criterion.document),
            now=now,
        )
    depends = [dependency._asdict() for dependency in sorted(criterion.depends)]
    await _queries.run(conn, "add_depends", criterion=id, depends=Jsonb(depends))
    await _queries.run(conn, "add_standings", criterion=id)
    return id


async def announce(conn: Connection) -> None:
    """Tell all engines, when this transaction commits, that other criteria are asked about."""
    await _queries.run(conn, "announce")
