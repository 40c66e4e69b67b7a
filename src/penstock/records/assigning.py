"""One value for many records: what workflows do most, in a statement that holds it but once."""

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records import checking
from penstock.records.changes import Write
from penstock.records.schema import Schema, TypeSchema
from penstock.records.values import instant_text

_queries = load("penstock.records")


def assignable(type: TypeSchema, name: str) -> bool:
    """Whether many records can be given one value: nothing else of them has a say in it."""
    staging = type.staging
    placing = (staging.pipeline, staging.stage) if staging else ()
    return name not in type.unique and name not in placing


async def assign(
    conn: Connection,
    schema: Schema,
    type: TypeSchema,
    where: tuple[int, Sequence[int]],
    name: str,
    raw: Any,
    write: Write,
    *,
    trusted: bool = False,
) -> None:
    """Give live records, which the caller has locked, one value of an assignable property.

    `where` is the bucket that they are all in, and their ids. Those that have the value already
    stay as they are. Raises ValuesInvalid.
    """
    bucket, ids = where
    values = checking.check(schema, type, {name: raw}, trusted=trusted)
    brought = checking.stamps(type, values, instant_text(write.now)).get(name, {})
    changed = {**values, **brought}
    await _queries.run(
        conn,
        "assign",
        ids=list(ids),
        name=name,
        value=Jsonb(values[name]),
        changed=Jsonb(changed),
        cleared=[key for key, value in changed.items() if value is None],
        **(write.bound | {"bucket": bucket}),
    )
