"""A reference to another record, written `type-id`: `0-1-12345`."""

import re
from typing import Any

from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, PropertyType, text_of

_COORDINATES = re.compile(r"\d+-\d+-\d+")


def _parse(raw: Any, property: Property) -> str:
    text = text_of(raw).strip()
    if not _COORDINATES.fullmatch(text):
        raise BadValue(
            Text('"{value}" is no reference to a record: write it as 0-1-12345', value=text),
            "INVALID_OBJECT_COORDINATES",
        )
    return text


OBJECT_COORDINATES = PropertyType(
    name="object_coordinates",
    label="Record",
    field_types=("text",),
    parse=_parse,
    format=str,
    storage="text",
)
