"""What others ask of the engine: left as changes in the record's bucket, done by its next turn."""

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.ids import bucket_of
from penstock.kernel.queries import load
from penstock.records.changes import Write
from penstock.workflows.store import Workflow

_queries = load("penstock.engine")


async def enroll(
    conn: Connection, workflow: Workflow, record_ids: Sequence[int], by: str, write: Write
) -> None:
    """Ask that records enrol by hand. Refusals are in the history (semantics decision 6)."""
    for id in sorted(set(record_ids)):
        await _queries.run(
            conn,
            "request",
            bucket=bucket_of(id),
            lane=int(write.lane),
            record_id=id,
            object_type=workflow.document.object_type,
            kind="enroll",
            details=Jsonb({"workflow": workflow.id, "by": by}),
            source=str(write.source),
            depth=write.depth,
            now=write.now,
        )
