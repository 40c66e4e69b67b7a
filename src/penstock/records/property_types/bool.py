"""Yes or no."""

from typing import Any

from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, PropertyType, text_of

_WORDS = {"true": True, "false": False}


def _parse(raw: Any, property: Property) -> bool:
    text = text_of(raw).strip().lower()
    if text not in _WORDS:
        raise BadValue(Text('"{value}" is neither true nor false', value=text), "INVALID_BOOLEAN")
    return _WORDS[text]


def _format(value: bool) -> str:
    return "true" if value else "false"


BOOL = PropertyType(
    name="bool",
    label="Yes or no",
    field_types=("booleancheckbox", "select", "radio", "calculation_equation"),
    parse=_parse,
    format=_format,
    storage="boolean",
)
