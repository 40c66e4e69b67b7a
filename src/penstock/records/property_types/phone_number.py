"""Telephone numbers: text whose outer blanks do not count."""

from typing import Any

from penstock.records.model import Property
from penstock.records.values import PropertyType, text_of


def _parse(raw: Any, property: Property) -> str | None:
    return text_of(raw).strip() or None


PHONE_NUMBER = PropertyType(
    name="phone_number",
    label="Phone number",
    field_types=("phonenumber", "text"),
    parse=_parse,
    format=str,
    storage="text",
)
