"""The search over the records of a type: exact, and never behind what was written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    SmallInteger,
    Text,
    and_,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

from penstock.filters import patterns
from penstock.filters.search_parsing import parse
from penstock.filters.search_request import Association, SearchRequest, Term
from penstock.filters.search_terms import sortable
from penstock.filters.sql import (
    ASSOCIATIONS,
    UNIQUE_VALUES,
    Slots,
    Statement,
    fill,
    rendered,
)
from penstock.filters.subject import Scope, folded
from penstock.kernel.db import Connection
from penstock.records.reading import Record, record_of
from penstock.records.schema import Schema, TypeSchema

__all__ = ["SearchPage", "SearchRequest", "parse", "search", "statement"]

_SEARCH: Final = """\
WITH matching AS MATERIALIZED (
    SELECT r.bucket, r.id, {place} AS place
    FROM records AS r
    WHERE r.type = %(f_type)s AND r.archived_at IS NULL AND {condition}
), page AS (
    SELECT m.bucket, m.id, m.place
    FROM matching AS m
    ORDER BY m.place {direction} NULLS LAST, m.id
    LIMIT %(f_limit)s OFFSET %(f_after)s
)
SELECT t.total, r.id, r.type, r.properties, r.created_at, r.updated_at, r.archived_at
FROM (SELECT count(*) AS total FROM matching) AS t
LEFT JOIN (page AS p JOIN records AS r ON r.bucket = p.bucket AND r.id = p.id) ON true
ORDER BY p.place {direction} NULLS LAST, p.id"""


@dataclass(frozen=True)
class SearchPage:
    """One page of those that match, how many match, and what to ask the next page with, if any."""

    total: int
    records: list[Record]
    after: str | None


async def search(
    conn: Connection, schema: Schema, type: TypeSchema, request: SearchRequest, now: datetime
) -> SearchPage:
    """The page of live records that the request asks for."""
    asked = statement(schema, type, request, now)
    rows = await (await conn.execute(asked.sql.encode(), asked.parameters)).fetchall()
    total: int = rows[0].total
    records = [record_of(row) for row in rows if row.id is not None]
    further = request.after + len(records)
    return SearchPage(total, records, str(further) if records and further < total else None)


def statement(schema: Schema, type: TypeSchema, request: SearchRequest, now: datetime) -> Statement:
    """The search as SQL."""
    scope = Scope(schema, type)
    condition = and_(true(), _groups(scope, request), *_query(scope, request.words))
    place: ColumnElement[Any] = scope.row.c.created_at
    if request.sort is not None:
        place = sortable(scope.value(request.sort.property))
    sql = _SEARCH.format(
        place=rendered(place),
        condition=rendered(condition.self_group()),
        direction="DESC" if request.sort is not None and request.sort.descending else "ASC",
    )
    values = {"f_type": type.id, "f_limit": request.limit, "f_after": request.after}
    return Statement(sql, fill(scope.parameters.values | values, Slots(schema.time_zone, now)))


def _groups(scope: Scope, request: SearchRequest) -> ColumnElement[bool]:
    if not request.groups:
        return true()
    return or_(*(and_(*(_condition(scope, each) for each in group)) for group in request.groups))


def _condition(scope: Scope, asked: Term | Association) -> ColumnElement[bool]:
    if isinstance(asked, Association):
        return _associated(scope, asked)
    property = scope.type.properties[asked.property]
    if asked.operator.identifies and property.unique and property.format is not None:
        return _identified(scope, asked)
    # Nothing is negated above this, so that null is as good as false, and an index can be used.
    return asked.operator.sql(scope.value(asked.property), asked.wanted)


def _identified(scope: Scope, asked: Term) -> ColumnElement[bool]:
    # Addresses and domains are kept in lower case, so that an index finds whose they are.
    bound = scope.parameters.bound
    values = bound([str(each).lower() for each in asked.wanted], ARRAY(Text()))
    u = UNIQUE_VALUES.alias("u")
    holders = (
        select(u.c.record_id)
        .where(u.c.type == bound(scope.type.id, Text()))
        .where(u.c.property == bound(asked.property, Text()), u.c.value == func.any(values))
    )
    return scope.row.c.id.in_(holders)


def _associated(scope: Scope, asked: Association) -> ColumnElement[bool]:
    # From the other side: a record's own edges lie in as many buckets as there are records.
    ids = scope.parameters.bound(asked.ids, ARRAY(BigInteger()))
    edges = scope.parameters.bound(asked.edges, ARRAY(Integer()))
    far = func.unnest(ids).column_valued("far")
    a = ASSOCIATIONS.alias("a")
    near = (
        select(a.c.to_id)
        .where(a.c.bucket == cast(far.op("&")(literal_column("63")), SmallInteger))
        .where(a.c.from_id == far, a.c.type_id == func.any(edges))
        .cte(nesting=True)
        .prefix_with("MATERIALIZED")
    )
    return scope.row.c.id.in_(select(near.c.to_id))


def _query(scope: Scope, words: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Every word begins a word of one of the type's search properties."""
    names = [name for name in scope.type.search if name in scope.type.properties]
    if not words:
        return []
    if not names:
        return [false()]
    bound = scope.parameters.bound
    text = folded(func.concat_ws(bound("\n", Text()), *(scope.value(name).text for name in names)))
    conditions: list[ColumnElement[bool]] = []
    for word in words:
        # Plain LIKE is much the faster, and leaves little for the regular expression.
        conditions.append(text.like(folded(bound(patterns.containing(word), Text()))))
        conditions.append(text.regexp_match(folded(bound(patterns.beginning(word), Text()))))
    return conditions
