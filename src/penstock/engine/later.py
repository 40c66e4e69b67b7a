"""What a bucket asks of itself: to go on with something large in a later turn."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from penstock.engine.turn import Turn
from penstock.kernel.queries import load
from penstock.records.changes import Lane

_queries = load("penstock.engine")


async def later(
    turn: Turn,
    kind: str,
    object_type: str,
    details: Mapping[str, Any],
    *,
    depth: int = 0,
) -> None:
    """Leave a request of a kind for this bucket, behind all that is fresh."""
    await _queries.run(
        turn.conn,
        "request",
        bucket=turn.bucket,
        lane=int(Lane.BACKFILL),
        record_id=0,
        object_type=object_type,
        kind=kind,
        details=Jsonb(dict(details)),
        source="AUTOMATION_PLATFORM",
        depth=depth,
        now=turn.now,
    )
