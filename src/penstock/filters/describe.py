"""From a filter's document to a sentence with visible brackets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from penstock.filters.model import read
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text
from penstock.records.schema import Schema


def describe(document: Mapping[str, Any], schema: Schema, object_type: str | None = None) -> Text:
    """What the document means; what is not known here is said to be so.

    Properties are called by their labels in `object_type`, without it by their names. Raises
    ObjectTypeUnknown, and FilterInvalid when the document is nested too deep.
    """
    root, _ = read(document)
    if object_type is None:
        nameless = replace(next(iter(schema.types.values())), properties={})
        return root.sentence(Scope(schema, nameless))
    return root.sentence(Scope(schema, schema.type(object_type)))
