"""Instants, to the millisecond. Canonical form: `2026-01-02T03:04:05.678Z`, which sorts as text."""

from datetime import UTC, datetime
from typing import Any

from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, PropertyType, from_milliseconds, instant_text, text_of


def _parse(raw: Any, property: Property) -> str:
    text = text_of(raw).strip()
    try:
        instant = from_milliseconds(text) or datetime.fromisoformat(text)
        # What says no zone is UTC, as on the wire.
        return instant_text(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise BadValue(
            Text('"{value}" is not a date and time: write it as 2026-01-31T09:30:00Z', value=text),
            "INVALID_DATE",
        ) from None


DATETIME = PropertyType(
    name="datetime",
    label="Date and time",
    field_types=("date", "calculation_equation"),
    parse=_parse,
    format=str,
    storage="instant",
)
