"""Any JSON, kept as the text that was given; it must parse."""

import json
from typing import Any

from penstock.kernel.db import dumps
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, PropertyType, text_of


def _parse(raw: Any, property: Property) -> str:
    try:
        text = dumps(raw).decode() if isinstance(raw, (dict, list)) else text_of(raw)
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadValue(Text("it is not JSON: {reason}", reason=error), "INVALID_JSON") from None
    return text_of(text)


JSON = PropertyType(
    name="json",
    label="JSON",
    field_types=("textarea", "text"),
    parse=_parse,
    format=str,
    storage="text",
)
