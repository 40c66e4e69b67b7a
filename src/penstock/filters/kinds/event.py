"""Filters that ask whether an event of some kind happened: three ways of putting it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final, Literal

from pydantic import Field, SerializeAsAny

from penstock.filters.fields import Word
from penstock.filters.happened import misplaced
from penstock.filters.nodes import KINDS, Part
from penstock.filters.sought import Occurred, Sought
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text

_LINES: Final = replace(KINDS, otherwise="PROPERTY")

Lines = Annotated[list[SerializeAsAny[Part]], _LINES]
"""Filters on the properties of an event; on the wire they need not say that they are that."""


def _said(
    scope: Scope, id: str, lines: list[Part] | None = None, *, negative: bool = False
) -> Text:
    type = scope.schema.events.get(id)
    event = Text("{name}", name=id) if type is None else Text(type.label)
    said = Text('"{event}" has not happened' if negative else '"{event}" has happened', event=event)
    if not lines:
        return said
    there = replace(scope, attributes={}) if type is None else scope.events(type, scope.row)
    inner = lines[-1].sentence(there)
    for line in reversed(lines[:-1]):
        inner = Text("{first} and {rest}", first=line.sentence(there), rest=inner)
    return Text("{what} with ({inner})", what=said, inner=inner)


class Event(Occurred):
    """Whether an event of a kind, given by its id or its full name, has happened."""

    type_id = "EVENT"
    event_field = "eventId"

    event_id: Word
    operator: Literal["HAS_EVENT", "NOT_HAS_EVENT"] = "HAS_EVENT"

    @property
    def negative(self) -> bool:
        return self.operator == "NOT_HAS_EVENT"

    def _id(self, scope: Scope) -> str:
        types = scope.schema.events.values()
        named = (type.id for type in types if type.name == self.event_id)
        return self.event_id if self.event_id in scope.schema.events else next(named, self.event_id)

    def sought(self, scope: Scope) -> Sought:
        return Sought((self._id(scope),))

    def said(self, scope: Scope) -> Text:
        return _said(scope, self._id(scope), negative=self.negative)


class _Lined(Occurred):
    """An event of which more is asked, line by line: one and the same event has it all."""

    event_field = "eventTypeId"

    filter_lines: Lines = Field(default_factory=list)

    def id(self) -> str:
        raise NotImplementedError(type(self).__name__)

    def problems(self, scope: Scope) -> Iterator[Problem]:
        yield from misplaced(self.filter_lines)
        yield from super().problems(scope)

    def sought(self, scope: Scope) -> Sought:
        return Sought((self.id(),), filters=self.filter_lines)

    def said(self, scope: Scope) -> Text:
        return _said(scope, self.id(), self.filter_lines)


class UnifiedEventsFilter(_Lined):
    """Whether one and the same event has all that is asked here: an older form of the branch."""

    type_id = "UNIFIED_EVENTS"

    event_type_id: Word

    def id(self) -> str:
        return self.event_type_id


class IntegrationEvent(_Lined):
    """Whether one and the same event of a defined kind has all that is asked here.

    The kind is given by the number that follows the dash in its id.
    """

    type_id = "INTEGRATION_EVENT"

    event_type_id: Annotated[int, Field(ge=0)]

    def id(self) -> str:
        return f"6-{self.event_type_id}"
