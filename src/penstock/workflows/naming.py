"""What the steps of one document may name: earlier steps, data sources, the event that enrolls."""

from collections.abc import Collection, Mapping
from functools import partial

from pydantic import ValidationError

from penstock.actions.base import ACTIONS
from penstock.actions.naming import Known, Outputs
from penstock.filters.errors import FilterInvalid
from penstock.filters.occurrences import check_occurrence
from penstock.records.schema import Schema, TypeSchema
from penstock.triggers.base import Trigger
from penstock.workflows.data_sources import Fetched
from penstock.workflows.document import Document, Step


class Naming:
    """What is known to each step."""

    def __init__(
        self,
        document: Document,
        schema: Schema,
        trigger: Trigger | None,
        fetched: Fetched,
        mails: Mapping[str, Collection[str]],
    ) -> None:
        self._document, self._schema, self._fetched = document, schema, fetched
        self._mails = mails
        self._type = schema.types[document.object_type]
        self._outputs = {id: _outputs(step, schema) for id, step in document.steps.items()}
        self._event = _event_properties(trigger, schema, self._type)
        self._before: dict[str, frozenset[str]] = {}

    def at(self, step: str) -> Known:
        return Known(
            self._schema,
            self._type,
            self._fetched,
            self._outputs,
            partial(self._precedes, step),
            self._event,
            self._mails,
        )

    def _precedes(self, step: str, other: str) -> bool:
        if step not in self._before:
            self._before[step] = self._document.before(step)
        return other in self._before[step]


def _outputs(step: Step, schema: Schema) -> Outputs:
    entry = ACTIONS.get(step.type_id)
    if entry is None:
        return Outputs(None, None, None)
    try:
        action = entry.model_validate(step.settings)
    except ValidationError:
        return Outputs(None, schema.types.get(entry.makes or ""), None)
    return Outputs(action.puts_out(), schema.types.get(action.made or ""), action.trace())


def _event_properties(
    trigger: Trigger | None, schema: Schema, type: TypeSchema
) -> Collection[str] | None:
    """Of all events that enroll: each has some of these."""
    wanted = {} if trigger is None else trigger.occurrences()
    if not wanted:
        return None
    found: set[str] = set()
    for _, document in wanted.values():
        try:
            occurrence = check_occurrence(document, schema, type.id)
        except FilterInvalid:
            continue  # a problem of the trigger
        event = schema.events.get(occurrence.event_type)
        if event is not None:
            found.update(prop.name for prop in event.properties)
    return found
