"""Records that match already are enrolled, bucket by bucket: how far, and how to stop it."""

from collections.abc import Sequence
from typing import Final

from penstock.kernel.db import Connection
from penstock.kernel.ids import BUCKETS
from penstock.kernel.queries import load

_queries = load("penstock.engine", "existing.sql")

_WHOLE: Final = 1.0


async def progress(conn: Connection, workflow_ids: Sequence[int]) -> dict[int, float]:
    """Of workflows that are enrolling what matches already, how far they are, from 0 to 1."""
    rows = await _queries.rows(conn, "left", workflows=list(workflow_ids))
    return {row.workflow_id: _WHOLE - row.buckets / BUCKETS for row in rows}


async def cancel(conn: Connection, workflow_id: int) -> bool:
    """Enrol no more of them; who is in stays. Returns whether there was anything to stop."""
    wished = await _queries.run(conn, "forget_wish", workflow=workflow_id)
    asked = await _queries.value(conn, "cancel", workflow=workflow_id)
    return bool(wished or asked)
