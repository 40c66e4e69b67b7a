"""From a filter's document to a sentence with visible brackets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from penstock.filters.mentions import NOBODY_KNOWS, Names
from penstock.filters.model import read
from penstock.filters.subject import Scope
from penstock.kernel.texts import Text
from penstock.records.schema import Schema


def describe(
    document: Mapping[str, Any],
    schema: Schema,
    object_type: str | None = None,
    names: Names = NOBODY_KNOWS,
) -> Text:
    """What the document means; what is not known here is said to be so.

    Properties are called by their labels in `object_type`, without it by their names; lists and the
    like by their `names`, else by their ids. Raises ObjectTypeUnknown, and FilterInvalid when the
    document is nested too deep.
    """
    root, _ = read(document)
    if object_type is None:
        nameless = replace(next(iter(schema.types.values())), properties={})
        return root.sentence(Scope(schema, nameless, names=names))
    return root.sentence(Scope(schema, schema.type(object_type), names=names))
