"""Days without a time. Canonical form: `2026-01-02`."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, PropertyType, text_of

_MILLISECONDS = re.compile(r"-?\d{8,15}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _parse(raw: Any, property: Property) -> str:
    text = text_of(raw).strip()
    try:
        if _MILLISECONDS.fullmatch(text):
            return (_EPOCH + timedelta(milliseconds=int(text))).date().isoformat()
        if len(text) == 10:
            return date.fromisoformat(text).isoformat()
        instant = datetime.fromisoformat(text)
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
