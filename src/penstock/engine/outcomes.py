"""What became of effects comes back as changes; a turn writes it down."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from penstock.actions.base import Settled
from penstock.engine.associates import REQUEST
from penstock.engine.kinds import Kind
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel.db import dumps
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.workflows.reasons import REASONS

_queries = load("penstock.engine")
_asking = load("penstock.engine", "asking.sql")

_SENT_EVENT = "4-667638"
"""HubSpot's event type of a marketing e-mail that was sent."""

_KINDS: dict[str, Kind] = {"done": "delivered", "failed": "undelivered", "uncertain": "uncertain"}


async def apply_outcomes(turn: Turn, changes: Sequence[Any]) -> set[int]:
    """Write down what became of effects; returns the enrollments that have held for that."""
    if not changes:
        return set()
    told = [change.details for change in changes]
    await _settle_requests(turn, [detail for detail in told if detail["kind"] == REQUEST])
    await _journal(turn, [detail for detail in told if detail["kind"] != REQUEST])
    return await released(turn, [(detail["enrollment"], detail["visit"]) for detail in told])


async def released(turn: Turn, visits: Sequence[tuple[int, int]]) -> set[int]:
    """Of these (enrollment, visit), the enrollments that hold there with everything settled."""
    if not visits:
        return set()
    rows = await _asking.rows(
        turn.conn,
        "released",
        bucket=turn.bucket,
        enrollments=[enrollment for enrollment, _ in visits],
        visits=[visit for _, visit in visits],
    )
    return {row.id for row in rows}


async def settled(turn: Turn, walkers: Sequence[Walker]) -> dict[int, list[Settled]]:
    """What became of all that the steps had queued at which these stand, by enrollment."""
    rows = await _asking.rows(
        turn.conn,
        "of_visits",
        bucket=turn.bucket,
        enrollments=[walker.id for walker in walkers],
        visits=[walker.visit for walker in walkers],
    )
    found: dict[int, list[Settled]] = {}
    for row in rows:
        reply = None if row.reply is None else _read(row.reply)
        each = Settled(row.part, row.state == "done", _reason(row, reply), reply)
        found.setdefault(row.enrollment_id, []).append(each)
    return found


def _reason(row: Any, reply: Any) -> Text | None:
    if row.reason is None:
        return None
    if row.kind == REQUEST:
        return Text(row.reason, **(reply if isinstance(reply, dict) else {}))
    return REASONS.get(row.reason, Text("{code}", code=row.reason))


def _read(reply: str) -> Any:
    try:
        return json.loads(reply)
    except ValueError:
        return reply


async def _settle_requests(turn: Turn, details: Sequence[Mapping[str, Any]]) -> None:
    if not details:
        return
    arguments = [detail.get("arguments") for detail in details]
    await _asking.run(
        turn.conn,
        "settle_requests",
        bucket=turn.bucket,
        enrollments=[detail["enrollment"] for detail in details],
        visits=[detail["visit"] for detail in details],
        parts=[detail["part"] for detail in details],
        states=[detail["state"] for detail in details],
        reasons=[detail.get("reason") for detail in details],
        replies=[dumps(given).decode() if given else None for given in arguments],
        now=turn.now,
    )


async def _journal(turn: Turn, details: Sequence[Mapping[str, Any]]) -> None:
    """Journal each settled effect; a mail that left is an event of its record."""
    if not details:
        return
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
        if detail["kind"] != "mail":
            told["effect"] = detail["kind"]
        turn.journal.note(
            _KINDS[detail["state"]],
            row.workflow_id,
            row.step,
            [(row.enrollment_id, row.record_id, row.visit)],
            {row.enrollment_id: told},
        )
        turn.journal.tally(row.workflow_id, row.step, _KINDS[detail["state"]], 1)
        if detail["state"] == "done" and detail["kind"] == "mail":
            properties = {
                "hs_email_id": row.email_id,
                "hs_workflow_id": str(row.workflow_id),
                "hs_recipient": row.part,
            }
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
