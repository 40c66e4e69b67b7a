"""Events are read one by one: each that a workflow listens for enrols the record it happened to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from penstock.engine.automation import Heard
from penstock.engine.entrants import Circumstances, Entrants
from penstock.engine.judging import judge
from penstock.engine.turn import Turn
from penstock.filters.compile import Slots
from penstock.filters.derived import NAME, VALUE
from penstock.filters.errors import FilterInvalid
from penstock.filters.occurrences import Occurrence, select_occurrences


class Event(NamedTuple):
    """What happened to a record: `kind` and `key` are what `Automation.heard` finds it by.

    `id` is that of the change that told it.
    """

    id: int
    kind: str
    key: str
    object_type: str
    record_id: int
    how: Circumstances
    at: str
    properties: Mapping[str, Any]


async def hear(turn: Turn, changes: Sequence[Any]) -> list[Entrants]:
    """Those whom events enrol, by workflow."""
    automation = turn.automation
    if not automation.listening:
        return []
    told: dict[Heard, list[Event]] = {}
    for change in changes:
        for event in events_of(change):
            for heard in automation.heard(event.kind, event.key):
                if automation.workflows[heard.workflow_id].object_type == event.object_type:
                    told.setdefault(heard, []).append(event)
    asking: dict[tuple[int, bool], dict[int, Event]] = {}
    for heard, events in told.items():
        for place in await that_count(turn, heard.wanted, events):
            event = events[place]
            asking.setdefault((heard.workflow_id, heard.again), {})[event.record_id] = event
    entrants: list[Entrants] = []
    for (workflow_id, again), records in sorted(asking.items()):
        met = await _meeting_condition(turn, workflow_id, list(records))
        kept = {id: event for id, event in records.items() if id in met}
        how = {id: event.how for id, event in kept.items()}
        # A record that was created is told by its own properties.
        told_by = {id: event.properties for id, event in kept.items() if event.kind != "created"}
        source = "trigger" if again else "event"
        entrants.append(Entrants(workflow_id, source, how, again=again, events=told_by))
    return entrants


def events_of(change: Any) -> Iterator[Event]:
    """The single events that a change, taken with what it says, stands for."""
    how = Circumstances(change.lane, change.depth)
    type = change.object_type
    for index, id in enumerate(change.record_ids):
        number = change.ids[index]
        at = change.ats[index].isoformat()
        if change.kind in {"listed", "unlisted"}:
            yield Event(number, change.kind, change.keys[0], type, id, how, at, {})
            continue
        if change.said[index] is None:
            continue
        said = json.loads(change.said[index])
        if change.kind == "event":
            yield Event(
                number, "event", f"{type} {said['type']}", type, id, how, at, said["properties"]
            )
            continue
        if change.kind == "created":
            yield Event(number, "created", type, type, id, how, at, said)
        for name, value in said.items():
            told = {NAME: name, VALUE: value}
            yield Event(number, "changed", f"{type}/{name}", type, id, how, at, told)
            yield Event(number, "changed", f"{type}/", type, id, how, at, told)


async def that_count(turn: Turn, wanted: Occurrence | None, events: Sequence[Event]) -> list[int]:
    """The places of those of which all is so that is asked of their properties."""
    if wanted is None:
        return list(range(len(events)))
    return await that_counted(turn, wanted, [(event.at, event.properties) for event in events])


async def that_counted(
    turn: Turn, wanted: Occurrence, events: Sequence[tuple[Any, Mapping[str, Any]]]
) -> list[int]:
    """The same of events given as a moment and properties."""
    if not events:
        return []
    happened = [
        {"n": number, "at": at, "properties": properties}
        for number, (at, properties) in enumerate(events)
    ]
    slots = Slots(turn.schema.time_zone, turn.now)
    asked = select_occurrences(wanted, turn.schema, slots, happened)
    cursor = await turn.conn.execute(asked.sql.encode(), asked.parameters)
    return [row.n for row in await cursor.fetchall()]


async def _meeting_condition(turn: Turn, workflow_id: int, records: list[int]) -> AbstractSet[int]:
    """Those who meet the workflow's further conditions now."""
    workflow = turn.automation.workflows[workflow_id]
    condition = None if workflow.trigger is None else workflow.trigger.condition()
    if condition is None:
        return frozenset(records)
    try:
        criterion = turn.automation.criterion(condition[1], workflow.object_type)
    except FilterInvalid:
        return frozenset()
    return (await judge(turn, {0: criterion}, records)).get(0, frozenset())
