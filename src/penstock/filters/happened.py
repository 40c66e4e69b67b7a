"""Events of a record: of certain types, of which something is so, as often as is asked."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Final

from sqlalchemy import ARRAY, ColumnElement, cast, func, literal_column, null, select
from sqlalchemy import Text as SqlText

from penstock.filters import derived
from penstock.filters.judgement import Judgement, Shown, all_of
from penstock.filters.nodes import Part, Unknown
from penstock.filters.refined import Refined
from penstock.filters.sql import Instant
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.model import EventType, Property

_AT: Final = Property("at", "Time", type="datetime")

Asked = Callable[[Scope], Judgement]
"""What has to be so of an event, whose properties are what the scope can be asked about."""


class When(Value):
    """The moment of an event."""

    @cached_property
    def column(self) -> ColumnElement[Any]:
        return self.row.c.at


def happened(
    scope: Scope,
    types: Sequence[str],
    refined: Refined,
    asked: Asked | None = None,
    event: EventType | None = None,
) -> Judgement:
    """Whether such events happened to the record, in the time and as often as refined.

    `types` are ids of the schema's event types; the properties are those of `event`, or else of the
    first.
    """
    events, candidates = derived.rows(types[0]), scope.candidates
    conditions = refined.in_time(When(_AT, events, scope))
    ends = [shown for condition in conditions for shown in condition.explained()]
    told: dict[str, Judgement] = {}
    if asked is not None:
        conditions.append(asked(scope.events(event or scope.schema.events[types[0]], events)))
        told = scope.gathered.told(conditions[-1])
    counted: ColumnElement[int] = func.count()
    flip: ColumnElement[Any] | None = None
    if conditions:
        judgement = all_of(conditions)
        counted, flip = func.count().filter(judgement.verdict), judgement.flip
    wanted = scope.parameters.bound(list(types), ARRAY(SqlText()))
    fact = scope.know(
        select(
            candidates.c.id,
            counted.label("count"),
            func.count().label("all"),
            func.min(cast(null() if flip is None else flip, Instant)).label("flip"),
            *(func.count().filter(part.verdict).label(name) for name, part in told.items()),
        )
        .select_from(
            candidates.join(
                events,
                (events.c.bucket == candidates.c.bucket)
                & (events.c.record_id == candidates.c.id)
                & (events.c.type == func.any(wanted)),
            )
        )
        .group_by(candidates.c.id)
    )

    def number(name: str) -> ColumnElement[int]:
        return func.coalesce(fact.c[name], literal_column("0"))

    often, everything = number("count"), number("all")
    parts = (Shown("matching", number(name), where=part.where) for name, part in told.items())
    return Judgement(
        refined.enough(scope, often, everything),
        None if flip is None else fact.c.flip,
        shown=(Shown("all", everything), Shown("matching", often), *ends, *parts),
    )


def event_type_problems(scope: Scope, id: str, where: str) -> Iterator[Problem]:
    """What keeps events of a type from being asked about."""
    type = scope.schema.events.get(id)
    if type is None:
        text = Text('there is no event type "{id}"', id=id)
        yield Problem(text, where, "EVENT_TYPE_DOESNT_EXIST")
    elif type.object_type not in (None, scope.type.id):
        assert type.object_type is not None
        text = Text(
            "{event} happens to {wanted}, and not to {found}",
            event=type.name,
            wanted=scope.schema.types[type.object_type].plural_label,
            found=scope.type.plural_label,
        )
        yield Problem(text, where, "INVALID_OBJECT_TYPE")


def misplaced(filters: Sequence[Part]) -> Iterator[Problem]:
    """Filters that cannot be asked of an event: it has properties, and is in no list."""
    for each in filters:
        if not isinstance(each, Unknown) and not each.of_events:
            text = Text("an event can be asked about its properties alone")
            yield Problem(text, f"{each.where}.filterType", "MISPLACED_FILTER")
