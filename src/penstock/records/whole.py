"""Whole records, as they are sent to receivers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penstock.kernel.db import Connection
from penstock.records.reading import history, read
from penstock.records.schema import TypeSchema
from penstock.records.shaping import past, shape

MOST_PAST: Final = 20
"""Values that a property had, with the record."""

_WITH_HISTORY: Final = "0-1"
"""Of contacts HubSpot sends what their properties have been; of other records what they are."""


async def whole(
    conn: Connection, type: TypeSchema, ids: Sequence[int]
) -> Mapping[int, Mapping[str, Any]]:
    """Records with every property that has a value, by id; contacts with its latest values."""
    found = await read(conn, type, ids)
    shaped = {id: shape(record, type, sorted(record.properties)) for id, record in found.items()}
    if type.id == _WITH_HISTORY:
        names = sorted({name for record in found.values() for name in record.properties})
        values = await history(conn, list(found), names)
        for id, one in shaped.items():
            latest = {name: each[:MOST_PAST] for name, each in values.get(id, {}).items()}
            one["propertiesWithHistory"] = past(type, latest, latest)
    return shaped
