"""Filters that ask whether something happened to the record: what they have in common."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy import ColumnElement, false, func
from sqlalchemy import Text as SqlText

from penstock.filters import derived, patterns
from penstock.filters.dependencies import Dependency
from penstock.filters.happened import event_type_problems, happened
from penstock.filters.judgement import Judgement, all_of, negated
from penstock.filters.nodes import Filter, Part
from penstock.filters.refined import Refined
from penstock.filters.subject import Scope, Value, folded
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import EventType

Test = Callable[[Value], ColumnElement[bool] | Judgement]


@dataclass(frozen=True)
class Trait:
    """What a property of an event has to be; `field` is the key of the JSON that asks for it."""

    property: str
    field: str
    test: Test

    def judge(self, scope: Scope) -> Judgement:
        answer = self.test(scope.value(self.property))
        if isinstance(answer, Judgement):
            return answer
        return Judgement(func.coalesce(answer, false()))


@dataclass(frozen=True)
class Sought:
    """Events of these types, as ids, that have all these traits and fulfil all these filters."""

    types: tuple[str, ...]
    traits: tuple[Trait, ...] = ()
    filters: Sequence[Part] = ()

    def asked(self, scope: Scope) -> Judgement:
        traits = [trait.judge(scope) for trait in self.traits]
        return all_of([*traits, *(part.judge(scope) for part in self.filters)])

    def event(self, scope: Scope) -> EventType | None:
        """The first of the types, as filters may ask about it."""
        type = scope.schema.events.get(self.types[0])
        return None if type is None else derived.typed(scope, type, self.filters)


def equal(text: str) -> Test:
    """Equal without regard to case."""
    return lambda value: value.folded == folded(value.parameters.bound(text, SqlText()))


def like(pattern: str) -> Test:
    """As a pattern for LIKE, without regard to case."""
    return lambda value: value.folded.like(folded(value.parameters.bound(pattern, SqlText())))


def containing(text: str) -> Test:
    return like(patterns.containing(text))


def matching(pattern: str) -> Test:
    """As a regular expression of the database, without regard to case."""
    return lambda value: value.folded.regexp_match(
        folded(value.parameters.bound(pattern, SqlText()))
    )


class Occurred(Refined, Filter):
    """Whether something happened, and something else did not.

    `event_field` is the key of the JSON that says what happened.
    """

    event_field: ClassVar[str] = "filterType"

    @property
    def negative(self) -> bool:
        """Whether it asks for the contrary."""
        return False

    def sought(self, scope: Scope) -> Sought:
        """What is to have happened."""
        raise NotImplementedError(type(self).__name__)

    def unless(self, scope: Scope) -> Sought | None:
        """What is not to have happened beside."""
        return None

    def said(self, scope: Scope) -> Text:
        """What it asks in words, but for its refinement."""
        raise NotImplementedError(type(self).__name__)

    def _all_sought(self, scope: Scope) -> list[Sought]:
        unless = self.unless(scope)
        return [self.sought(scope)] if unless is None else [self.sought(scope), unless]

    def problems(self, scope: Scope) -> Iterator[Problem]:
        yield from self.refinement_problems(self.where)
        for sought in self._all_sought(scope):
            found = [
                problem
                for id in sought.types
                for problem in event_type_problems(scope, id, f"{self.where}.{self.event_field}")
            ]
            yield from found
            if not found:
                yield from self._trait_problems(scope, sought)

    def _trait_problems(self, scope: Scope, sought: Sought) -> Iterator[Problem]:
        event = sought.event(scope)
        assert event is not None
        there = scope.events(event, scope.row)
        for trait in sought.traits:
            if trait.property not in there.properties:
                text = Text('Property "{name}" does not exist', name=trait.property)
                yield Problem(text, f"{self.where}.{trait.field}", "PROPERTY_DOESNT_EXIST")
        for part in sought.filters:
            yield from part.problems(there)

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        for sought in self._all_sought(scope):
            for id in sought.types:
                yield from derived.depends(scope, id, sought.filters)

    def recurs(self, scope: Scope) -> Iterator[Dependency]:
        # What happens can only end it that something has not happened.
        if not self.negative:
            sought = self.sought(scope)
            for id in sought.types:
                yield from derived.depends(scope, id, sought.filters)

    def judge(self, scope: Scope) -> Judgement:
        judgement = self._happened(scope, self.sought(scope), self)
        unless = self.unless(scope)
        if unless is not None:
            once = self.model_copy(update={"coalescing_refine_by": None})
            judgement = all_of([judgement, negated(self._happened(scope, unless, once))])
        judgement = replace(judgement, where=self.where)
        return negated(judgement) if self.negative else judgement

    def _happened(self, scope: Scope, sought: Sought, refined: Refined) -> Judgement:
        asked = sought.asked if sought.traits or sought.filters else None
        return happened(scope, sought.types, refined, asked, sought.event(scope))

    def sentence(self, scope: Scope) -> Text:
        return self.refined(self.said(scope))
