"""Workflows and lists go live when their criteria stand in every bucket."""

from datetime import datetime

from penstock.filters import criteria
from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.engine")


async def go_live(conn: Connection, now: datetime) -> bool:
    """Turn on what is ready: one row per workflow, and a request per bucket for existing records.

    Returns whether anything went live.
    """
    lists = await _lists_go_live(conn, now)
    ready = await _queries.rows(conn, "starting")
    for row in ready:
        await _queries.run(conn, "go_live", id=row.id, revision=row.revision, now=now)
        if row.enrolls_existing:
            await _queries.run(
                conn,
                "request_existing",
                workflow=row.id,
                object_type=row.object_type,
                source="AUTOMATION_PLATFORM",
                now=now,
            )
    if ready or lists:
        await criteria.announce(conn)
    return bool(ready or lists)


async def _lists_go_live(conn: Connection, now: datetime) -> bool:
    ready = await _queries.rows(conn, "ready_lists")
    for row in ready:
        await _queries.run(conn, "list_goes_live", id=row.id)
        if row.criterion_id is not None:
            await _queries.run(
                conn,
                "request_relisting",
                list=row.id,
                object_type=row.object_type,
                old=row.criterion_id,
                new=row.pending_criterion_id,
                source="AUTOMATION_PLATFORM",
                now=now,
            )
    return bool(ready)
