"""Text, with the stricter shapes of e-mail addresses and domains."""

import re
from typing import Any

from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, PropertyType, text_of

_EMAIL = re.compile(r"[^@\s,;<>()\[\]\"]+@[^@\s,;<>()\[\]\"]+\.[^@\s.,;<>()\[\]\"]{2,}")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")


def _parse(raw: Any, property: Property) -> str | None:
    text = text_of(raw)
    if property.format == "email":
        text = text.strip().lower()
        if text and not _EMAIL.fullmatch(text):
            raise BadValue(Text('"{value}" is not an e-mail address', value=text), "INVALID_EMAIL")
    elif property.format == "domain":
        text = _SCHEME.sub("", text.strip().lower()).split("/")[0].removeprefix("www.")
    elif property.unique:
        text = text.strip()
    return text or None


STRING = PropertyType(
    name="string",
    label="Text",
    field_types=("text", "textarea", "file", "html", "phonenumber", "calculation_equation"),
    parse=_parse,
    format=str,
    storage="text",
)
