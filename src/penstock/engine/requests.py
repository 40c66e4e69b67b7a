"""What others ask of the engine: left as changes in the record's bucket, done by its next turn."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from penstock.engine.refusing import foresee
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.changes import Write
from penstock.records.schema import Schema
from penstock.workflows.store import Workflow

_queries = load("penstock.engine")


async def enroll(
    conn: Connection,
    schema: Schema,
    workflow: Workflow,
    record_ids: Sequence[int],
    by: str,
    write: Write,
) -> dict[int, str]:
    """Ask that records enrol by hand (semantics decision 6).

    Returns the reason for each that is refused at once. The others may still be refused by the
    turn, which sees what has happened by then; all refusals are in the history.
    """
    wanted = sorted(set(record_ids))
    refused = await foresee(conn, schema, workflow, wanted, write.now)
    asked = {"workflow": workflow.id, "by": by}
    going = [id for id in wanted if id not in refused]
    await _ask(conn, workflow, "enroll", asked, going, write)
    for reason in sorted(set(refused.values()) - {"record_gone"}):
        some = [id for id, why in refused.items() if why == reason]
        await _ask(conn, workflow, "enroll", {**asked, "refused": reason}, some, write)
    return refused


async def unenroll(
    conn: Connection, workflow: Workflow, record_ids: Sequence[int], by: str, write: Write
) -> dict[int, str]:
    """Ask that the live passages of records through a workflow end, for the reason "manual".

    Returns the reason for each for which there is nothing to end.
    """
    wanted = sorted(set(record_ids) - {0})
    rows = await _queries.rows(conn, "passages", records=wanted, workflow=workflow.id)
    active = {row.record_id for row in rows if row.active}
    asked = {"workflow": workflow.id, "by": by}
    # Also those who are not in it yet: they may be about to enrol.
    await _ask(conn, workflow, "unenroll", asked, wanted, write)
    return dict.fromkeys(set(record_ids) - active, "not_active")


async def _ask(
    conn: Connection,
    workflow: Workflow,
    kind: str,
    details: dict[str, Any],
    records: Iterable[int],
    write: Write,
) -> None:
    await _queries.run(
        conn,
        "ask",
        records=list(records),
        lane=int(write.lane),
        object_type=workflow.document.object_type,
        kind=kind,
        details=Jsonb(details),
        source=str(write.source),
        depth=write.depth,
        now=write.now,
    )
