"""Who was written to by a workflow and then met its goal counts towards its conversion rate."""

from collections.abc import Sequence

from penstock.engine.journal import WHOLE
from penstock.engine.settling import Edge
from penstock.engine.turn import Turn
from penstock.kernel.queries import load
from penstock.workflows.asking import GOAL

_queries = load("penstock.engine", "converting.sql")


async def convert(turn: Turn, edges: Sequence[Edge]) -> None:
    """Count those who came to meet a goal now, also after they had finished (semantics §7).

    Only a marketing e-mail that this workflow sent makes it the workflow's doing.
    """
    met: dict[int, list[int]] = {}
    for edge in edges:
        for workflow_id, role in turn.automation.roles_of(edge.criterion):
            if role == GOAL and edge.verdict:
                met.setdefault(workflow_id, []).append(edge.record_id)
    for workflow_id, records in met.items():
        rows = await _queries.rows(
            turn.conn,
            "convert",
            bucket=turn.bucket,
            workflow=workflow_id,
            records=records,
            now=turn.now,
        )
        if rows:
            turn.journal.tally(workflow_id, WHOLE, "converted", len(rows))
