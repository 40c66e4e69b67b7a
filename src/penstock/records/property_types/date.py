"""Days without a time. Canonical form: `2026-01-02`."""

from datetime import UTC, date, datetime
from typing import Any

from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, PropertyType, from_milliseconds, text_of


def _parse(raw: Any, property: Property) -> str:
    text = text_of(raw).strip()
    try:
        instant = from_milliseconds(text)
        if instant is None and len(text) == 10:
            return date.fromisoformat(text).isoformat()
        instant = instant or datetime.fromisoformat(text)
        if instant.utcoffset():
            instant = instant.astimezone(UTC)
        return instant.date().isoformat()
    except (ValueError, OverflowError):
        raise BadValue(
            Text('"{value}" is not a date: write it as 2026-01-31', value=text), "INVALID_DATE"
        ) from None


DATE = PropertyType(
    name="date",
    label="Date",
    field_types=("date", "calculation_equation"),
    parse=_parse,
    format=str,
    storage="date",
)
