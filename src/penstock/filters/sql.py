"""Pieces of SQL: expressions are built with SQLAlchemy Core, and leave as text with parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ClauseElement,
    Integer,
    SmallInteger,
    Text,
    bindparam,
    column,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.types import TypeEngine

Instant: Final = TIMESTAMP(timezone=True)

RECORDS: Final = table(
    "records",
    column("bucket", SmallInteger),
    column("id", BigInteger),
    column("type", Text),
    column("properties", JSONB),
    column("created_at", Instant),
    column("updated_at", Instant),
    column("archived_at", Instant),
)

ASSOCIATIONS: Final = table(
    "associations",
    column("bucket", SmallInteger),
    column("from_id", BigInteger),
    column("type_id", Integer),
    column("to_id", BigInteger),
)

EVENTS: Final = table(
    "events",
    column("bucket", SmallInteger),
    column("record_id", BigInteger),
    column("id", BigInteger),
    column("type", Text),
    column("at", Instant),
    column("properties", JSONB),
)

HISTORY: Final = table(
    "property_history",
    column("bucket", SmallInteger),
    column("record_id", BigInteger),
    column("id", BigInteger),
    column("at", Instant),
    column("changed", JSONB),
)

UNIQUE_VALUES: Final = table(
    "unique_values",
    column("type", Text),
    column("property", Text),
    column("value", Text),
    column("record_id", BigInteger),
)

_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Slots:
    """What a filter leaves open until it is asked: the account's zone (IANA) and the moment."""

    zone: str
    now: datetime


@dataclass(frozen=True)
class Deferred:
    """A parameter whose value is known only when the statement runs."""

    value: Callable[[Slots], Any]


@dataclass(frozen=True)
class Statement:
    """SQL as psycopg takes it, with its parameters."""

    sql: str
    parameters: dict[str, Any]


@dataclass
class Parameters:
    """Hands out bound parameters, and knows their values. All names begin with the prefix."""

    prefix: str = "f"
    values: dict[str, Any] = field(default_factory=dict)

    def bound(self, value: Any, type: TypeEngine[Any]) -> BindParameter[Any]:
        name = f"{self.prefix}_{len(self.values) + 1}"
        self.values[name] = value
        return bindparam(name, type_=type)

    def deferred(self, value: Callable[[Slots], Any], type: TypeEngine[Any]) -> BindParameter[Any]:
        return self.bound(Deferred(value), type)


def rendered(clause: ClauseElement) -> str:
    """The clause as psycopg takes it. Its parameters must all come from `Parameters`."""
    compiled = clause.compile(dialect=_DIALECT)
    strays = [name for name, value in compiled.params.items() if value is not None]
    assert not strays, strays
    return str(compiled)


def fill(values: Mapping[str, Any], slots: Slots) -> dict[str, Any]:
    """The values of parameters, now that the slots are known."""
    return {
        name: value.value(slots) if isinstance(value, Deferred) else value
        for name, value in values.items()
    }
