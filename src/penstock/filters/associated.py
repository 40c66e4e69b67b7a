"""Records at the other end of an association, and what is so of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    SmallInteger,
    TableClause,
    cast,
    func,
    literal_column,
    null,
    select,
)

from penstock.filters.gathering import CANDIDATES, joined
from penstock.filters.judgement import Judgement, Shown
from penstock.filters.sql import ASSOCIATIONS, Instant
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import Edge

_BUCKETS: Final[ColumnElement[Any]] = literal_column("63")


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
    bucket = cast(near.c.to_id.op("&")(_BUCKETS), SmallInteger)
    ends = scope.gathered.add(
        select(bucket.label("bucket"), near.c.to_id.label("id")).distinct().select_from(near)
    )
    there = way(scope, type_id, ends)
    assert there is not None
    judgement, row = judge(there.scope), there.scope.row
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
        .select_from(joined(rows, row, there.scope.facts))
        .where(row.c.archived_at.is_(None))
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
        return func.coalesce(fact.c[name], literal_column("0"))

    return Counts(
        counted("count"),
        counted("some"),
        None if judgement.flip is None else fact.c.flip,
        tuple(Shown("matching", counted(name), where=part.where) for name, part in told.items()),
    )
