"""Records in the shape of the wire, as clients and receivers get them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from penstock.records.reading import PastValue, Record
from penstock.records.schema import TypeSchema
from penstock.records.values import instant_text


def shape(record: Record, type: TypeSchema, names: Iterable[str]) -> dict[str, Any]:
    """A record with the named properties; the ones that say which and when are always there."""
    shaped: dict[str, Any] = {
        "id": str(record.id),
        "properties": record.shown(type, {**dict.fromkeys(names), **type.columns}),
        "createdAt": instant_text(record.created_at),
        "updatedAt": instant_text(record.updated_at),
        "archived": record.archived_at is not None,
    }
    if record.archived_at is not None:
        shaped["archivedAt"] = instant_text(record.archived_at)
    return shaped


def past(
    type: TypeSchema, names: Iterable[str], values: Mapping[str, Sequence[PastValue]]
) -> dict[str, list[dict[str, str]]]:
    """What the named properties have been, newest first."""
    return {
        name: [
            {
                # No value is an empty string here: clients require one.
                "value": "" if entry.value is None else type.formats[name](entry.value),
                "timestamp": instant_text(entry.at),
                "sourceType": entry.source.kind,
                "sourceId": entry.source.id,
            }
            for entry in values.get(name, ())
        ]
        for name in names
        if name in type.formats
    }
