"""What records are called, for people."""

from collections.abc import Iterable

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.reading import record_of
from penstock.records.schema import Schema

_queries = load("penstock.records")


async def names(conn: Connection, schema: Schema, ids: Iterable[int]) -> dict[int, str]:
    """The name of each record: its secondary properties (a contact's), else its primary one.

    A record without any, or gone, has none.
    """
    found: dict[int, str] = {}
    for row in await _queries.rows(conn, "read", ids=sorted(set(ids))):
        type = schema.types.get(row.type)
        if type is None:
            continue
        shown = record_of(row).shown(type, (*type.secondary, type.primary))
        first = " ".join(shown[name] or "" for name in type.secondary if "name" in name).strip()
        name = first or shown.get(type.primary)
        if name:
            found[row.id] = name
    return found
