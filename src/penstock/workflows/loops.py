"""Workflows that set each other off: what one writes may enrol another one, and so on around."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penstock.actions.base import ACTIONS
from penstock.filters.errors import FilterInvalid
from penstock.filters.occurrences import check_occurrence
from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schema
from penstock.triggers.base import Trigger
from penstock.workflows.asking import AGAIN, ENROLL
from penstock.workflows.document import Document
from penstock.workflows.parsing import parsed
from penstock.workflows.validate import Checked, trigger_of

_queries = load("penstock.workflows")


Accepted = Mapping[str, frozenset[str] | None]
"""Of what can enrol a record, the values that do; None stands for any."""


@dataclass(frozen=True)
class _Flow:
    """A workflow by what it does to records, and what of that lets records in again."""

    id: int
    name: str
    does: frozenset[tuple[str, str | None]]
    minds: Accepted

    def sets_off(self, other: "_Flow") -> bool:
        for what, value in self.does:
            for key in (what, what.rpartition("/")[0] + "/"):
                if key in other.minds:
                    accepted = other.minds[key]
                    if accepted is None or value is None or value.lower() in accepted:
                        return True
        return False


async def warnings(
    conn: Connection, schema: Schema, id: int, document: Document, checked: Checked
) -> list[Problem]:
    """Every loop that the workflow is part of, with those that are on. Nobody is led round one for
    ever: the engine cuts it, and says so; it is still rarely what was meant.
    """
    asks = {
        f"{kind} {key}"
        for role, criterion in checked.criteria.items()
        if role == ENROLL or role.startswith(AGAIN)
        for kind, key, _ in criterion.depends
    }
    this = _flow(id, document, schema, asks)
    others = [
        _flow(row.id, Document(row.document), schema, set(row.asks))
        for row in await _queries.rows(conn, "others_on", id=id)
    ]
    return [_warning(loop) for loop in _loops(this, others)]


def _flow(id: int, document: Document, schema: Schema, asks: set[str]) -> _Flow:
    trigger = trigger_of(document)
    minds: dict[str, frozenset[str] | None] = {}
    # Who comes once only cannot go round.
    if trigger is not None and trigger.should_re_enroll:
        told = (trigger.criteria() or {}).values()
        for what in asks:
            minds[what] = _values([wanted for _, wanted in told], what.rpartition("/")[2])
        minds |= dict.fromkeys(_occurrences(trigger, schema, document.object_type))
        minds[f"workflow {id}"] = None
    return _Flow(id, document.name, frozenset(_done(document, schema)), minds)


def _values(documents: Sequence[Any], name: str) -> frozenset[str] | None:
    """The values of a property that filters accept; None where more than a list of them counts."""
    found: set[str] = set()
    for asked in _filters_of(documents, name):
        operation = asked.get("operation") or {}
        if operation.get("operator") not in ("IS_ANY_OF", "IS_EQUAL_TO", "IS_EXACTLY"):
            return None
        given = operation.get("values", [operation.get("value")])
        found.update(str(value).lower() for value in given)
    return frozenset(found) or None


def _filters_of(part: Any, name: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(part, Mapping):
        if part.get("filterType") == "PROPERTY" and part.get("property") == name:
            yield part
        for value in part.values():
            yield from _filters_of(value, name)
    elif isinstance(part, (list, tuple)):
        for value in part:
            yield from _filters_of(value, name)


def _done(document: Document, schema: Schema) -> Iterator[tuple[str, str | None]]:
    type = schema.types.get(document.object_type)
    for id in document.order if type is not None else ():
        step = document.steps[id]
        entry = ACTIONS.get(step.type_id)
        action = None if entry is None else parsed(entry, step.settings, "", [])
        if action is None or type is None:
            continue
        for written, value in action.writes(type, schema):
            yield f"property {written}", None if value is None else str(value)
        for mention in action.mentions(""):
            if mention.kind == "workflow":
                yield f"workflow {mention.id}", None


def _occurrences(trigger: Trigger | None, schema: Schema, object_type: str) -> set[str]:
    found: set[str] = set()
    for _, branch in {} if trigger is None else trigger.occurrences().values():
        try:
            kind, key = check_occurrence(branch, schema, object_type).key
        except FilterInvalid:
            continue
        if kind == "changed":
            found.add(f"property {key}")
    return found


def _loops(this: _Flow, others: Sequence[_Flow]) -> Iterator[list[_Flow]]:
    """The shortest way from each that this one sets off back to it."""
    onward: Mapping[int, list[_Flow]] = {
        flow.id: [other for other in (this, *others) if flow.sets_off(other)]
        for flow in (this, *others)
    }
    for first in onward[this.id]:
        ways: list[list[_Flow]] = [[this, first]]
        seen = {first.id}
        while ways:
            way = ways.pop(0)
            if way[-1].id == this.id:
                yield way
                break
            for following in onward[way[-1].id]:
                if following.id not in seen:
                    seen.add(following.id)
                    ways.append([*way, following])


def _warning(loop: Sequence[_Flow]) -> Problem:
    names = " → ".join(flow.name or str(flow.id) for flow in loop)
    text = Text("these workflows can set each other off without end: {names}", names=names)
    return Problem(text, "$.enrollmentCriteria", "WORKFLOW_LOOP")


def of_steps(document: Document) -> list[Problem]:
    """Jumps back that lead past no delay and no wait (semantics decision 9)."""
    going = {
        id: [exit for exit in step.exits if exit.to in document.steps and not _waits(step.type_id)]
        for id, step in document.steps.items()
    }
    places = {id: place for place, id in enumerate(document.order)}
    problems: list[Problem] = []
    for id, exits in going.items():
        for exit in exits:
            back = places.get(str(exit.to), 0) <= places.get(id, 0)
            if back and _reaches(str(exit.to), id, going):
                text = Text("an action may be jumped back to only past a delay or a wait")
                problems.append(Problem(text, exit.where, "LOOP_WITHOUT_DELAY"))
    return problems


def _waits(type_id: str) -> bool:
    entry = ACTIONS.get(type_id)
    return entry is not None and entry.category == "Delays"


def _reaches(start: str, end: str, going: Mapping[str, Sequence[Any]]) -> bool:
    seen = {start}
    rest = [start]
    while rest:
        at = rest.pop()
        if at == end:
            return True
        onward = {str(exit.to) for exit in going[at]} - seen
        seen |= onward
        rest += onward
    return False
