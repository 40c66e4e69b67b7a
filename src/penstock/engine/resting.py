"""What an enrollment waits for where it stands, when it moves, and why then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from penstock.engine.history import moment
from penstock.filters.describe import describe
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schema
from penstock.workflows.document import Document
from penstock.workflows.labels import labels

_queries = load("penstock.engine", "explaining.sql")


@dataclass(frozen=True)
class Rest:
    """Where a live enrollment stands; `until` is when it moves at the latest, if that is set.

    `reasons` are all that it waits for; the first to come leads it on.
    """

    enrollment_id: int
    step: str
    action: Text | None
    entered_at: datetime
    until: datetime | None
    reasons: Sequence[Text]


async def rest(
    conn: Connection,
    schema: Schema,
    document: Document,
    row: Any,
    now: datetime,
    *,
    unsettled: bool,
) -> Rest:
    """`row` is a live passage; `unsettled`: a change of its record is still to be looked at."""
    reasons = [
        Text("until {event}", event=describe(each.document, schema, document.object_type))
        for each in await _queries.rows(conn, "awaited", enrollment=row.id)
    ]
    for effect in await _queries.rows(conn, "unsettled", enrollment=row.id, visit=row.visit):
        pattern = _EFFECTS[effect.kind == "request", effect.state == "uncertain"]
        reasons.append(Text(pattern, part=effect.part))
    until = None if row.due_at is None else row.due_at.astimezone(UTC)
    if until is not None:
        reasons.append(_timed(row, until, now, document))
    if row.parked:
        reasons.append(Text("until the workflow is resumed"))
    if not reasons and unsettled:
        reasons.append(Text("until the next turn looks at what has just happened to the record"))
    if not reasons:
        reasons.append(Text("for nothing at all, which penstock verify tells of, too"))
    entered = row.entered_at.astimezone(UTC)
    return Rest(row.id, row.step, labels(document).get(row.step), entered, until, reasons)


def _timed(row: Any, until: datetime, now: datetime, document: Document) -> Text:
    if until <= now and row.lane:
        return Text(
            "until those who came before it have moved: existing records yield to fresh ones"
        )
    if until <= now:
        return Text("until the next turn, since it is due")
    if row.step and row.step not in document.steps:
        return Text("until {until}, although its step was removed", until=moment(until))
    if not row.waiting:
        return Text(
            "until {until}: it came back to a step where it had been, and rests",
            until=moment(until),
        )
    return Text("until {until}", until=moment(until))


_EFFECTS = {
    (False, False): "until it is known what becomes of what it sent to {part}",
    (False, True): "until somebody decides whether what it sent to {part} has arrived",
    (True, False): "until another record has been written, or could not be",
    (True, True): "until another record has been written, or could not be",
}
"""By whether it is a request to another record, and whether nobody can know."""
