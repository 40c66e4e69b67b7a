"""One or several of a property's options; several are kept as an array in the order given."""

from typing import Any

from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, Json, PropertyType, text_of


def _parse(raw: Any, property: Property) -> Json:
    if not property.multiple:
        text = text_of(raw)
        _check(property, [text])
        return text
    parts = [text_of(item) for item in raw] if isinstance(raw, list) else text_of(raw).split(";")
    # A leading ";" is HubSpot's mark for "append"; it is no value of its own.
    chosen = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    _check(property, chosen)
    return chosen or None


def _check(property: Property, chosen: list[str]) -> None:
    if property.external_options:
        return
    for value in chosen:
        if value not in property.option_values:
            raise BadValue(
                Text(
                    '"{value}" is not one of its options: {options}',
                    value=value,
                    options=", ".join(sorted(property.option_values)[:30]),
                ),
                "INVALID_OPTION",
            )


ENUMERATION = PropertyType(
    name="enumeration",
    label="Options",
    field_types=("select", "radio", "checkbox", "booleancheckbox", "text", "calculation_equation"),
    parse=_parse,
    format=str,
    storage="text",
)
