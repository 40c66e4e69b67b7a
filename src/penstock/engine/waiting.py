"""Waits for events: set up when a step is entered, and met by what happens afterwards."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from penstock.engine.listening import Event, events_of, that_count
from penstock.engine.turn import Turn
from penstock.filters.errors import FilterInvalid
from penstock.filters.occurrences import Occurrence, check_occurrence
from penstock.kernel.db import dumps
from penstock.kernel.queries import load

_queries = load("penstock.engine", "waiting.sql")


class Wait(NamedTuple):
    """An enrollment that waits for one of several events, until a moment or for ever."""

    enrollment_id: int
    record_id: int
    lane: int
    due: Any
    events: Sequence[Occurrence]


async def write(turn: Turn, waits: Iterable[Wait]) -> None:
    """Store the waits that began in this turn."""
    rows = [(wait, number, event) for wait in waits for number, event in enumerate(wait.events)]
    if not rows:
        return
    await _queries.run(
        turn.conn,
        "insert",
        bucket=turn.bucket,
        enrollment_id=[wait.enrollment_id for wait, _, _ in rows],
        number=[number for _, number, _ in rows],
        record_id=[wait.record_id for wait, _, _ in rows],
        kind=[event.key[0] for _, _, event in rows],
        key=[event.key[1] for _, _, event in rows],
        document=[dumps(event.document).decode() for _, _, event in rows],
        lane=[wait.lane for wait, _, _ in rows],
        due_at=[wait.due for wait, _, _ in rows],
    )


async def end(turn: Turn, enrollments: Sequence[int]) -> None:
    """These wait for no event any more."""
    if enrollments:
        await _queries.run(turn.conn, "end", bucket=turn.bucket, enrollments=list(enrollments))


async def met(turn: Turn, changes: Sequence[Any]) -> set[int]:
    """The enrollments whose event has come; they wait no more."""
    told = [change for change in changes if change.said is not None]
    records = {id for change in told for id in change.record_ids}
    if not records:
        return set()
    rows = await _queries.rows(turn.conn, "of_records", bucket=turn.bucket, records=sorted(records))
    waits: dict[tuple[int, str, str], list[Any]] = {}
    for row in rows:
        waits.setdefault((row.record_id, row.kind, row.key), []).append(row)
    asked: dict[bytes, tuple[Any, list[Event], list[int]]] = {}
    for change in told if waits else ():
        for event in events_of(change):
            for row in waits.get((event.record_id, event.kind, event.key), ()):
                if event.id > row.since:
                    key = dumps([event.object_type, row.document])
                    _, events, waiting = asked.setdefault(key, (row.document, [], []))
                    events.append(event)
                    waiting.append(row.enrollment_id)
    found: set[int] = set()
    for document, events, waiting in asked.values():
        try:
            wanted = check_occurrence(document, turn.schema, events[0].object_type)
        except FilterInvalid:
            continue  # what it names is gone
        found.update(waiting[place] for place in await that_count(turn, wanted, events))
    await end(turn, sorted(found))
    return found
