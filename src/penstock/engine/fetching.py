"""Data sources at work: for each record of a group the one that a source finds, if there is one."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from penstock.engine.crowd import Crowd
from penstock.kernel.db import dumps
from penstock.kernel.queries import load
from penstock.records.reading import find
from penstock.records.schema import TypeSchema
from penstock.records.uniqueness import value_text
from penstock.records.values import BadValue, Json, parse
from penstock.workflows.data_sources import (
    Associated,
    AssociatedLast,
    DataSource,
    HavingSame,
    HavingValue,
    SortBy,
)

_queries = load("penstock.engine", "fetching.sql")

Found = dict[int, int]
"""The record that is found, by the enrolled one."""


MOST_ENDS: Final = 500
"""Associated records of one record that a step takes up."""


async def associated(crowd: Crowd, edge: int) -> dict[int, list[int]]:
    """The live records that an association type leads to, by record, the oldest first."""
    rows = await _queries.rows(
        crowd.turn.conn,
        "ends",
        bucket=crowd.turn.bucket,
        ids=list(crowd.ids),
        type_id=edge,
        most=MOST_ENDS,
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.from_id, []).append(row.to_id)
    return found


async def fetch(crowd: Crowd, source: DataSource | None) -> tuple[TypeSchema, Found] | None:
    """The type of what the source finds, and the live record for each that has one.

    None where the source finds nothing at all: there is none, or what it names is gone.
    """
    if source is None:
        return None
    type = source.fetches(crowd.turn.schema, crowd.type)
    fetcher = _FETCHERS.get(source.__class__)
    if type is None or fetcher is None:
        return None
    return type, await fetcher(crowd, type, source)


async def _associated(crowd: Crowd, type: TypeSchema, source: Associated) -> Found:
    return await _ends(crowd, source.association_type_id, _order(type, source.sort_by), last=False)


async def _associated_last(crowd: Crowd, type: TypeSchema, source: AssociatedLast) -> Found:
    return await _ends(crowd, source.association_type_id, _order(type, None), last=True)


async def _ends(crowd: Crowd, edge: int, order: Mapping[str, Any], *, last: bool) -> Found:
    rows = await _queries.rows(
        crowd.turn.conn,
        "associated",
        bucket=crowd.turn.bucket,
        ids=list(crowd.ids),
        type_id=edge,
        last=last,
        **order,
    )
    return {row.from_id: row.to_id for row in rows}


async def _having_value(crowd: Crowd, type: TypeSchema, source: HavingValue) -> Found:
    return await _having(crowd, type, source, dict.fromkeys(crowd.ids, source.static_value))


async def _having_same(crowd: Crowd, type: TypeSchema, source: HavingSame) -> Found:
    columns = await crowd.columns([source.record_field_name])
    return await _having(crowd, type, source, columns.get(source.record_field_name, {}))


async def _having(
    crowd: Crowd, type: TypeSchema, source: HavingValue | HavingSame, raw: Mapping[int, Any]
) -> Found:
    wanted = _canonical(type, source.property_name, raw)
    if not wanted:
        return {}
    if source.property_name in type.unique:
        return await _unique(crowd, type, source.property_name, wanted)
    texts = {id: dumps(value).decode() for id, value in wanted.items()}
    rows = await _queries.rows(
        crowd.turn.conn,
        "having",
        type=type.id,
        name=source.property_name,
        wanted=sorted(set(texts.values())),
        **_order(type, source.sort_by),
    )
    found = {row.wanted: row.id for row in rows}
    return {id: found[text] for id, text in texts.items() if text in found}


def _canonical(type: TypeSchema, name: str, raw: Mapping[int, Any]) -> dict[int, Json]:
    """The values that the property can have at all; nobody has another."""
    prop = type.properties.get(name)
    values: dict[int, Json] = {}
    if prop is None or prop.column is not None:
        return values
    for id, given in raw.items():
        try:
            value = parse(prop, given)
        except BadValue:
            continue
        if value is not None:
            values[id] = value
    return values


async def _unique(crowd: Crowd, type: TypeSchema, name: str, wanted: Mapping[int, Json]) -> Found:
    texts = {id: value_text(value) for id, value in wanted.items()}
    holders = await find(crowd.turn.conn, type, name, set(texts.values()))
    ids = sorted(set(holders.values()))
    rows = await _queries.rows(crowd.turn.conn, "alive", ids=ids)
    alive = {row.id for row in rows}
    found = {id: holders.get(text) for id, text in texts.items()}
    return {id: other for id, other in found.items() if other in alive and other is not None}


def _order(type: TypeSchema, sort_by: SortBy | None) -> dict[str, Any]:
    name = None if sort_by is None else sort_by.property
    return {
        "property": name,
        "column": type.columns.get(name or ""),
        "descending": sort_by is not None and sort_by.order == "DESC",
        "missing_first": sort_by is not None and sort_by.missing == "FIRST",
    }


_FETCHERS: Final[Mapping[type[DataSource], Callable[..., Awaitable[Found]]]] = {
    Associated: _associated,
    AssociatedLast: _associated_last,
    HavingValue: _having_value,
    HavingSame: _having_same,
}
"""How each kind of data source finds records."""
