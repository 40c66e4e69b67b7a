"""One change of the schema at a time, and what every definition has in common."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.schema import Schema, load_schema

_queries = load("penstock.records", "schema.sql")

Noun = TypeVar("Noun")


@dataclass(frozen=True)
class Defined(Generic[Noun]):
    """A definition with the moments of its life, in UTC."""

    noun: Noun
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


def defined(noun: Noun, row: Any) -> Defined[Noun]:
    """A definition from a row that has the three moments as columns."""
    return Defined(noun, **moments(row))


def moments(row: Any) -> dict[str, Any]:
    return {
        "created_at": row.created_at.astimezone(UTC),
        "updated_at": row.updated_at.astimezone(UTC),
        "archived_at": row.archived_at.astimezone(UTC) if row.archived_at else None,
    }


@asynccontextmanager
async def changing(conn: Connection) -> AsyncIterator[Schema]:
    """Hold the schema against everybody else's changes, and make it a new version in the end.

    Hands out the schema as it is, read under the lock.
    """
    await _queries.run(conn, "lock")
    yield await load_schema(conn)
    await _queries.run(conn, "bump")
