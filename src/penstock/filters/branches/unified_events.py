"""The branch that asks whether something happened to the record, of which more is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from penstock.filters import derived
from penstock.filters.branches.logic import And
from penstock.filters.dependencies import Dependency
from penstock.filters.happened import event_type_problems, happened, misplaced
from penstock.filters.judgement import Judgement, negated
from penstock.filters.nodes import Part
from penstock.filters.refined import Refined
from penstock.filters.sql import EVENTS
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import EventType


class UnifiedEvents(Refined, And):
    """Whether one and the same event has all that is asked here, often enough."""

    type_id = "UNIFIED_EVENTS"
    label = "Event"
    said_as = "AND"
    closed = True

    event_type_id: str
    operator: Literal["HAS_COMPLETED", "HAS_NOT_COMPLETED"] = "HAS_COMPLETED"

    def problems(self, scope: Scope) -> Iterator[Problem]:
        yield from event_type_problems(scope, self.event_type_id, f"{self.where}.eventTypeId")
        yield from self.refinement_problems(self.where)
        if self.filter_branches:
            text = Text("an event has no branches: ask about its properties alone")
            yield Problem(text, f"{self.where}.filterBranches", "MISPLACED_BRANCH")
        yield from misplaced(self.filters)
        type = self.event(scope)
        if type is not None and self.parts:
            yield from super().problems(scope.events(type, EVENTS))

    def event(self, scope: Scope) -> EventType | None:
        """The type of the events, as its filters may ask about it."""
        type = scope.schema.events.get(self.event_type_id)
        return None if type is None else derived.typed(scope, type, self.parts)

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield from derived.depends(scope, self.event_type_id, self.parts)

    def within(self, scope: Scope) -> tuple[Scope, Sequence[Part]]:
        type = self.event(scope)
        there = replace(scope, attributes={}) if type is None else scope.events(type, EVENTS)
        return there, self.parts

    def recurs(self, scope: Scope) -> Iterator[Dependency]:
        # What happens can only end it that something has not happened.
        return self.depends(scope) if self.operator == "HAS_COMPLETED" else iter(())

    def judge(self, scope: Scope) -> Judgement:
        asked = super().judge if self.parts else None
        judgement = happened(scope, [self.event_type_id], self, asked, self.event(scope))
        judgement = replace(judgement, where=self.where)
        return negated(judgement) if self.operator == "HAS_NOT_COMPLETED" else judgement

    def sentence(self, scope: Scope) -> Text:
        type = scope.schema.events.get(self.event_type_id)
        event = Text("{name}", name=self.event_type_id) if type is None else Text(type.label)
        pattern = '"{event}" has happened'
        if self.operator == "HAS_NOT_COMPLETED":
            pattern = '"{event}" has not happened'
        said = Text(pattern, event=event)
        if self.parts:
            inner = super().sentence(self.within(scope)[0])
            said = Text("{what} with ({inner})", what=said, inner=inner)
        return self.refined(said)
