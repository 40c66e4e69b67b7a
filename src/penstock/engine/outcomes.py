"""What became of effects comes back as changes; a turn writes it down."""

from collections.abc import Sequence
from typing import Any

from penstock.engine.turn import Turn
from penstock.kernel.db import dumps
from penstock.kernel.queries import load

_queries = load("penstock.engine")

_SENT_EVENT = "4-667638"
"""HubSpot's event type of a marketing e-mail that was sent."""

_KINDS = {"done": "delivered", "failed": "undelivered", "uncertain": "uncertain"}


async def apply_outcomes(turn: Turn, changes: Sequence[Any]) -> None:
    """Journal each settled effect; a mail that left is an event of its record."""
    if not changes:
        return
    details = [change.details for change in changes]
    rows = await _queries.rows(
        turn.conn,
        "effect_steps",
        bucket=turn.bucket,
        enrollments=[detail["enrollment"] for detail in details],
        visits=[detail["visit"] for detail in details],
        parts=[detail["part"] for detail in details],
    )
    place = {(row.enrollment_id, row.visit, row.part): row for row in rows}
    sent: list[tuple[int, str]] = []
    for detail in details:
        row = place.get((detail["enrollment"], detail["visit"], detail["part"]))
        if row is None:
            continue
        told = {name: detail[name] for name in ("part", "reason") if detail.get(name)}
        turn.journal.note(
            _KINDS[detail["state"]],
            row.workflow_id,
            row.step,
            [(row.enrollment_id, row.record_id, row.visit)],
            {row.enrollment_id: told},
        )
        turn.journal.tally(row.workflow_id, row.step, _KINDS[detail["state"]], 1)
        if detail["state"] == "done" and detail["kind"] == "mail":
            properties = {"hs_workflow_id": str(row.workflow_id), "hs_recipient": row.part}
            sent.append((row.record_id, dumps(properties).decode()))
    if sent:
        await _queries.run(
            turn.conn,
            "record_mail_events",
            bucket=turn.bucket,
            now=turn.now,
            type=_SENT_EVENT,
            record_ids=[record for record, _ in sent],
            properties=[properties for _, properties in sent],
            source="AUTOMATION_PLATFORM",
        )
