"""Values: parsed from the wire into canonical typed JSON, and back, by property type.

A property type is an entry of the catalogue `property_types/`; nothing else knows how a value of it
is written down.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from penstock.kernel.catalogue import Catalogue
from penstock.kernel.texts import Text
from penstock.records.model import Property

_MILLISECONDS: Final = re.compile(r"-?\d{8,15}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

LONGEST_TEXT: Final = 65_536
"""Characters in one text value."""

Json = Any
"""What jsonb holds: str, int, Decimal, bool, list or dict."""


class BadValue(ValueError):
    """A value that its property type refuses; carries the reason as a text and a stable code."""

    def __init__(self, text: Text, code: str) -> None:
        super().__init__(str(text))
        self.text = text
        self.code = code


@dataclass(frozen=True)
class PropertyType:
    """How values of one type are parsed, kept and shown.

    `parse` takes what a client sent (never None or "", which mean *no value*) and returns canonical
    JSON or raises BadValue; `format` turns canonical JSON into the string of the wire. `storage`
    names the PostgreSQL type that filters compare as.
    """

    name: str
    label: str
    field_types: tuple[str, ...]
    parse: Callable[[Any, Property], Json]
    format: Callable[[Json], str]
    storage: str


TYPES: Catalogue[PropertyType] = Catalogue(
    "penstock.records.property_types",
    is_entry=lambda value: isinstance(value, PropertyType),
    key=lambda entry: entry.name,
)


def parse(property: Property, raw: Any) -> Json | None:
    """Canonical JSON of a value, or None for no value. Raises BadValue."""
    if raw is None or raw == "":
        return None
    return TYPES[property.type].parse(raw, property)


def format(property: Property, value: Json | None) -> str | None:
    """The string of the wire, or None for no value."""
    if value is None:
        return None
    if property.multiple:
        return ";".join(value)
    return TYPES[property.type].format(value)


def instant_text(instant: datetime) -> str:
    """The canonical text of an aware instant: UTC, to the millisecond."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_milliseconds(text: str) -> datetime | None:
    """The instant that a count of milliseconds since 1970 means, or None if it is no such count.

    Raises OverflowError beyond the years that there are.
    """
    if not _MILLISECONDS.fullmatch(text):
        return None
    return _EPOCH + timedelta(milliseconds=int(text))


def text_of(raw: Any) -> str:
    """A client's scalar as text, safe to keep: no zero byte, no lone surrogate, not too long."""
    if isinstance(raw, str):
        text = raw
    elif isinstance(raw, bool):
        text = "true" if raw else "false"
    elif isinstance(raw, (dict, list)):
        raise BadValue(Text("a single value is expected, not a list or an object"), "INVALID_TYPE")
    else:
        text = str(raw)
    if len(text) > LONGEST_TEXT:
        raise BadValue(
            Text("it is longer than {limit} characters", limit=LONGEST_TEXT), "VALUE_TOO_LONG"
        )
    if "\0" in text or (not text.isprintable() and _unstorable(text)):
        raise BadValue(Text("it contains a character that cannot be stored"), "INVALID_CHARACTER")
    return text


def _unstorable(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
