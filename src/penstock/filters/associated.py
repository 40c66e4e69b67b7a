"""Records at the other end of an association, and what is so of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    SmallInteger,
    TableClause,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy import Text as SqlText

from penstock.filters.gathering import CANDIDATES, joined
from penstock.filters.judgement import Judgement, Shown, negated
from penstock.filters.sql import ASSOCIATIONS, RECORDS, Instant
from penstock.filters.subject import Scope, Value
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Edge, TypeSchema

_BUCKETS: Final[ColumnElement[Any]] = literal_column("63")
_ID: Final[ColumnElement[str]] = literal_column("'^[0-9]{1,18}$'")
_NONE: Final[ColumnElement[int]] = literal_column("0")
_HOLDERS: Final = frozenset({"number", "string", "enumeration"})
_WHILE: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Way:
    """An association type, and the scope of the records to which it leads."""

    edge: Edge
    scope: Scope

    @property
    def noun(self) -> Text:
        """What a record there is called."""
        if self.edge.label is None:
            return Text(self.scope.type.label)
        return Text('{noun} ("{label}")', noun=Text(self.scope.type.label), label=self.edge.label)


@dataclass(frozen=True)
class Counts:
    """What is known of the far records of each candidate that has any, as columns.

    `some` are those of which something is so, `all` are all; `flip` is when that may change.
    """

    all: ColumnElement[int]
    some: ColumnElement[int]
    flip: ColumnElement[Any] | None
    parts: tuple[Shown, ...] = ()

    @property
    def shown(self) -> tuple[Shown, ...]:
        return Shown("all", self.all), Shown("matching", self.some), *self.parts

    def decided(self, operator: Literal["IN_LIST", "NOT_IN_LIST"], where: str) -> Judgement:
        """Whether there is one at all of which it is so, or none."""
        some = Judgement(self.some > _NONE, self.flip, where=where, shown=self.shown)
        return negated(some) if operator == "NOT_IN_LIST" else some


def way(scope: Scope, type_id: int, ends: TableClause = CANDIDATES) -> Way | None:
    """Where an association type leads from the records in scope, if it leads from there."""
    edge = scope.schema.edges.get(type_id)
    if edge is None or edge.from_type != scope.type.id:
        return None
    return Way(edge, scope.far(scope.schema.types[edge.to_type], type_id, ends))


def way_problems(
    scope: Scope, type_id: int, object_type: str | None, where: str, key: str = "objectTypeId"
) -> Iterator[Problem]:
    """What keeps records of `object_type` (None: any), named under a key, from being reached."""
    if object_type is not None and object_type not in scope.schema.types:
        text = Text('there is no object type "{name}"', name=object_type)
        yield Problem(text, f"{where}.{key}", "OBJECT_TYPE_DOESNT_EXIST")
        return
    edge = scope.schema.edges.get(type_id)
    if edge is None:
        text = Text("there is no association type {id}", id=type_id)
    elif edge.from_type != scope.type.id or object_type not in (None, edge.to_type):
        text = Text(
            "association type {id} does not lead from {first} to {second}",
            id=type_id,
            first=scope.type.plural,
            second=scope.schema.types[object_type or edge.to_type].plural,
        )
    else:
        return
    yield Problem(text, f"{where}.associationTypeId", "ASSOCIATION_TYPE_DOESNT_EXIST")


def holder_problems(
    scope: Scope, name: str, object_type: str, where: str, key: str
) -> Iterator[Problem]:
    """What keeps a property from holding ids of records of a type, which is named under a key."""
    property = scope.properties.get(name)
    if property is None:
        text = Text('Property "{name}" does not exist', name=name)
        yield Problem(text, f"{where}.propertyWithObjectId", "PROPERTY_DOESNT_EXIST")
    elif property.multiple or property.type not in _HOLDERS or scope.attributes is not None:
        text = Text('"{name}" cannot hold the id of a record', name=name)
        yield Problem(text, f"{where}.propertyWithObjectId", "OPERATION_DOES_NOT_FIT")
    if object_type not in scope.schema.types:
        text = Text('there is no object type "{name}"', name=object_type)
        yield Problem(text, f"{where}.{key}", "OBJECT_TYPE_DOESNT_EXIST")


def counts(scope: Scope, type_id: int, judge: Callable[[Scope], Judgement]) -> Counts:
    """Judge the live records at the other end once each, and count them for every candidate."""
    edges, candidates = ASSOCIATIONS.alias("a"), scope.candidates
    near = scope.gathered.add(
        select(edges.c.from_id.label("id"), edges.c.to_id).select_from(
            candidates.join(
                edges,
                (edges.c.bucket == candidates.c.bucket)
                & (edges.c.from_id == candidates.c.id)
                & (edges.c.type_id == scope.parameters.bound(type_id, Integer())),
            )
        )
    )
    there = way(scope, type_id, _ends(scope, near))
    assert there is not None
    return _counted(scope, near, there.scope, judge)


def counts_by_property(
    scope: Scope, name: str, type: TypeSchema, judge: Callable[[Scope], Judgement]
) -> Counts:
    """The same of the record of a type whose id a property holds, if it holds one."""
    records, candidates = RECORDS.alias("n"), scope.candidates
    value = Value(scope.properties[name], records, scope)
    near = scope.gathered.add(
        select(candidates.c.id, cast(value.text, BigInteger).label("to_id"))
        .select_from(
            candidates.join(
                records,
                (records.c.bucket == candidates.c.bucket) & (records.c.id == candidates.c.id),
            )
        )
        .where(value.text.regexp_match(_ID))
    )
    there = replace(scope, type=type, candidates=_ends(scope, near), facts=[])
    found = _counted(scope, near, there, judge, type)
    # Nobody can be told by the other record that it changed: it is looked at again in a while.
    later = scope.parameters.deferred(lambda slots: slots.now + _WHILE, Instant)
    held = case((~scope.value(name).missing, later))
    return replace(found, flip=held if found.flip is None else func.least(found.flip, held))


def _ends(scope: Scope, near: TableClause) -> TableClause:
    """The records at the far ends, each once."""
    bucket = cast(near.c.to_id.op("&")(_BUCKETS), SmallInteger)
    return scope.gathered.add(
        select(bucket.label("bucket"), near.c.to_id.label("id")).distinct().select_from(near)
    )


def _counted(
    scope: Scope,
    near: TableClause,
    there: Scope,
    judge: Callable[[Scope], Judgement],
    of: TypeSchema | None = None,
) -> Counts:
    """`of` is the type that they have to be of, where the way there does not say it."""
    judgement, row, ends = judge(there), there.row, there.candidates
    kept = [] if of is None else [row.c.type == scope.parameters.bound(of.id, SqlText())]
    told = scope.gathered.told(judgement)
    flip = null() if judgement.flip is None else judgement.flip
    rows = ends.join(row, (row.c.bucket == ends.c.bucket) & (row.c.id == ends.c.id))
    far = scope.gathered.add(
        select(
            row.c.id,
            judgement.verdict.label("verdict"),
            cast(flip, Instant).label("flip"),
            *(part.verdict.label(name) for name, part in told.items()),
        )
        .select_from(joined(rows, row, there.facts))
        .where(*kept, row.c.archived_at.is_(None))
    )
    # One association type leads from one record to another at most once.
    fact = scope.know(
        select(
            near.c.id,
            func.count().label("count"),
            func.count().filter(far.c.verdict).label("some"),
            func.min(far.c.flip).label("flip"),
            *(func.count().filter(far.c[name]).label(name) for name in told),
        )
        .select_from(near.join(far, far.c.id == near.c.to_id))
        .group_by(near.c.id)
    )

    def counted(name: str) -> ColumnElement[int]:
        return func.coalesce(fact.c[name], _NONE)

    return Counts(
        counted("count"),
        counted("some"),
        None if judgement.flip is None else fact.c.flip,
        tuple(Shown("matching", counted(name), where=part.where) for name, part in told.items()),
    )
