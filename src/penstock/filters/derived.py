"""Events that nobody sends: they are read off the record and its history."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import FromClause, Text, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from penstock.filters.dependencies import Dependency
from penstock.filters.sql import EVENTS, HISTORY, RECORDS
from penstock.filters.subject import Scope
from penstock.records.model import EventType

PROPERTY_CHANGED: Final = "4-655002"
RECORD_CREATED: Final = "4-1463224"

NAME: Final = "hs_name"
VALUE: Final = "hs_value"


def rows(type_id: str) -> FromClause:
    """The events of a type, with the columns of `events`; their alias is `e`."""
    if type_id == PROPERTY_CHANGED:
        return _changes()
    if type_id == RECORD_CREATED:
        return _creations()
    return EVENTS.alias("e")


def _changes() -> FromClause:
    history = HISTORY.alias("h")
    value = func.jsonb_each(history.c.changed).table_valued(
        column("key", Text), column("value", JSONB), name="v"
    )
    properties = func.jsonb_build_object(
        literal_column(f"'{NAME}'"), value.c.key, literal_column(f"'{VALUE}'"), value.c.value
    )
    return (
        select(
            history.c.bucket,
            history.c.record_id,
            history.c.at,
            literal_column(f"'{PROPERTY_CHANGED}'").label("type"),
            properties.label("properties"),
        )
        .select_from(history.join(value.lateral(), literal_column("true")))
        .subquery("e")
    )


def _creations() -> FromClause:
    record = RECORDS.alias("h")
    return select(
        record.c.bucket,
        record.c.id.label("record_id"),
        record.c.created_at.label("at"),
        literal_column(f"'{RECORD_CREATED}'").label("type"),
        record.c.properties,
    ).subquery("e")


def named(parts: Sequence[Any]) -> str | None:
    """The property that filters on an event ask for, if its change is what they are about."""
    for part in parts:
        value = getattr(getattr(part, "operation", None), "value", None)
        if getattr(part, "property", None) == NAME and value:
            return str(value)
    return None


def typed(scope: Scope, type: EventType, parts: Sequence[Any]) -> EventType:
    """The event type as filters may ask about it: the new value is one of the property named."""
    if type.id != PROPERTY_CHANGED:
        return type
    about = scope.type.properties.get(named(parts) or "")
    if about is None or about.column is not None:
        return type
    label = next(each.label for each in type.properties if each.name == VALUE)
    value = replace(about, name=VALUE, label=label)
    return replace(
        type,
        properties=tuple(value if each.name == VALUE else each for each in type.properties),
    )


def depends(scope: Scope, type_id: str, parts: Sequence[Any]) -> Iterator[Dependency]:
    """What brings events of a type."""
    if type_id == RECORD_CREATED:
        return
    if type_id != PROPERTY_CHANGED:
        yield Dependency("event", type_id, scope.across)
        return
    name = named(parts)
    if name is None:
        yield Dependency("any", scope.type.id, scope.across)
    else:
        yield Dependency("property", f"{scope.type.id}/{name}", scope.across)
