"""Waits for events: set up when a step is entered, and met by what happens afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from penstock.actions.base import EVENT_MET
from penstock.engine.listening import Event, events_of, that_count, that_counted
from penstock.engine.marks import Mark
from penstock.engine.marks import of as marks_of
from penstock.engine.plans import Plan
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.filters.errors import FilterInvalid
from penstock.filters.occurrences import Occurrence, check_occurrence, having
from penstock.kernel.db import dumps
from penstock.kernel.queries import load

_queries = load("penstock.engine", "waiting.sql")


class Wanted(NamedTuple):
    """An event that a step waits for; of what an earlier step did, if there is one."""

    occurrence: Occurrence
    step: str | None


class Awaited(NamedTuple):
    """An event that one enrollment waits for, of one record; with a mark, from then on."""

    occurrence: Occurrence
    record_id: int
    mark: Mark | None


class Wait(NamedTuple):
    """An enrollment that waits for one of several events, until a moment or for ever.

    `since` is the last change of its bucket when it began to.
    """

    walker: Walker
    due: datetime | None
    events: Sequence[Awaited]
    since: int


def wanted(turn: Turn, plan: Plan, documents: Iterable[Mapping[str, Any]]) -> list[Wanted]:
    """The events that documents ask for. What one names may be gone: then it never comes."""
    found: list[Wanted] = []
    for document in documents:
        step = str(document["actionId"]) if document.get("actionId") else None
        type, asked = plan.type.id, document
        if step is not None:
            action = plan.steps[step].action if step in plan.steps else None
            trace = None if action is None else action.trace()
            if trace is None:
                continue
            type, asked = trace.object_type, having(document, trace.values)
        with suppress(FilterInvalid):
            found.append(Wanted(check_occurrence(asked, turn.schema, type), step))
    return found


async def last_change(turn: Turn) -> int:
    """The last change of the bucket so far: what comes after it comes after this moment."""
    last: int = await _queries.value(turn.conn, "last_change", bucket=turn.bucket)
    return last


def begun(walker: Walker, due: datetime | None, events: Sequence[Wanted], since: int) -> Wait:
    """The wait of one enrollment; a step that has done nothing for it brings no event."""
    marks = marks_of(walker, {each.step for each in events if each.step is not None})
    awaited: list[Awaited] = []
    for occurrence, step in events:
        mark = None if step is None else marks.get(step)
        if mark is not None:
            awaited.append(Awaited(occurrence, mark.record_id, mark))
        elif step is None:
            awaited.append(Awaited(occurrence, walker.record_id, None))
    return Wait(walker, due, awaited, since)


async def still(turn: Turn, waits: Sequence[Wait]) -> list[Wait]:
    """Those that go on waiting. What a step did may have brought its event before anybody waited
    for it: then the enrollment goes on at once.
    """
    alike: dict[Occurrence, list[int]] = {}
    marked: list[tuple[Wait, Awaited]] = []
    for wait in waits:
        for each in wait.events:
            if each.mark is not None:
                alike.setdefault(each.occurrence, []).append(len(marked))
                marked.append((wait, each))
    met: set[int] = set()
    for occurrence, places in alike.items():
        rows = await _past(turn, occurrence, [(place, marked[place][1]) for place in places])
        for place in await that_counted(turn, occurrence, [(r.at, r.properties) for r in rows]):
            met.add(marked[rows[place].place][0].walker.id)
    waiting: list[Wait] = []
    for wait in waits:
        if wait.walker.id in met:
            wait.walker.put_out(wait.walker.step, {EVENT_MET: "true"})
            wait.walker.due = turn.now
        elif wait.events or wait.due is not None:
            waiting.append(wait)
        else:
            wait.walker.due = turn.now  # nothing can come any more
    return waiting


async def _past(
    turn: Turn, occurrence: Occurrence, asked: Sequence[tuple[int, Awaited]]
) -> Sequence[Any]:
    """What has happened since the marks, of the kind that is meant."""
    written = occurrence.key[0] == "changed"
    marks = [(place, each.record_id, each.mark) for place, each in asked if each.mark is not None]
    return await _queries.rows(
        turn.conn,
        "writes_since" if written else "events_since",
        bucket=turn.bucket,
        places=[place for place, _, _ in marks],
        records=[record for _, record, _ in marks],
        marks=[mark.write if written else mark.event for _, _, mark in marks],
        type=occurrence.event_type,
    )


async def write(turn: Turn, waits: Iterable[Wait]) -> None:
    """Store the waits that began in this turn."""
    rows = [(wait, number, each) for wait in waits for number, each in enumerate(wait.events)]
    if not rows:
        return
    await _queries.run(
        turn.conn,
        "insert",
        bucket=turn.bucket,
        enrollment_id=[wait.walker.id for wait, _, _ in rows],
        number=[number for _, number, _ in rows],
        record_id=[each.record_id for _, _, each in rows],
        kind=[each.occurrence.key[0] for _, _, each in rows],
        key=[each.occurrence.key[1] for _, _, each in rows],
        document=[dumps(each.occurrence.document).decode() for _, _, each in rows],
        lane=[wait.walker.lane for wait, _, _ in rows],
        due_at=[wait.due for wait, _, _ in rows],
        since=[wait.since if each.mark is None else each.mark.change for wait, _, each in rows],
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
