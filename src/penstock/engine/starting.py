"""Workflows go live when their criteria stand in every bucket."""

from datetime import datetime

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.workflows import store as workflows

_queries = load("penstock.engine")


async def go_live(conn: Connection, now: datetime) -> bool:
    """Turn on what is ready: one row per workflow, and a request per bucket for existing records.

    Returns whether any workflow went live.
    """
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
    if ready:
        await workflows.announce(conn)
    return bool(ready)
