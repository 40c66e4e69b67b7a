"""What an editor of filters is made from: the fields of every kind of part, from its class."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from inspect import cleandoc
from typing import Any, Final

from penstock.filters.nodes import (
    BRANCHES,
    KINDS,
    OPERATIONS,
    REFINEMENTS,
    TIME_POINTS,
    Family,
    Node,
)
from penstock.filters.operators import Operation

FAMILIES: Final[Mapping[str, Family]] = {
    "branch": BRANCHES,
    "filter": KINDS,
    "operation": OPERATIONS,
    "time_point": TIME_POINTS,
    "refinement": REFINEMENTS,
}
"""By the widget that edits one of its parts."""

_BY_NAME: Final = {
    "associationTypeId": "association_type",
    "campaignId": "campaign",
    "comparisonPropertyName": "property",
    "emailId": "email",
    "eventId": "event_type",
    "eventTypeId": "event_type",
    "filterLines": "filter",
    "formId": "form",
    "listId": "list",
    "objectTypeId": "object_type",
    "operation": "operation",
    "property": "property",
    "propertyWithObjectId": "property",
    "subscriptionIds": "subscriptions",
    "toObjectTypeId": "object_type",
}
"""The widgets of keys that name something else."""

_LABELS: Final = {
    "coalescingRefineBy": "How often",
    "endpointBehavior": "The moment itself",
    "includeObjectsWithNoValueSet": "Also records without a value",
    "inListType": "Kind of list",
    "lowerBoundEndpointBehavior": "The first moment itself",
    "metadata": "More about the list",
    "propertyParser": "What of the property",
    "pruningRefineBy": "Only in this time",
    "requiresTimeZoneConversion": "In the account's time zone",
    "shouldAccept": "Every record",
    "timezoneSource": "Whose time zone",
    "upperBoundEndpointBehavior": "The last moment itself",
}
"""What keys are called whose words say little."""

_BY_TYPE: Final = {
    "array": "texts",
    "boolean": "switch",
    "integer": "number",
    "number": "number",
    "object": "group",
    "objects": "groups",
    "string": "text",
}

_TELLING: Final = ("number", "integer", "array", "object", "boolean", "string", None, "null")
"""Of several types, the first says most: exact numbers may also be whole, and be given as text."""

_ANOTHER_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")
_ID: Final = re.compile(r"Ids?$")


@dataclass(frozen=True)
class Field:
    """One key of a part's JSON: `type` is JSON Schema's, `widget` is what edits it.

    An object, or a list of them, has `fields` of its own; `least` and `most` bound a number.
    """

    name: str
    label: str
    type: str
    widget: str
    required: bool
    default: Any = None
    options: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    fields: tuple["Field", ...] = ()


def title(kind: type[Node]) -> str:
    """What a kind is called; a pattern."""
    return kind.label or kind.type_id.replace("_", " ").capitalize()


def explanation(kind: type[Node]) -> str:
    """What a kind means; a pattern."""
    return cleandoc(kind.__doc__ or "")


def fields(family: Family, kind: type[Node]) -> list[Field]:
    """The fields of a kind, but for what only says which kind it is.

    Nor the operator of an operation: of those more is known.
    """
    hidden = {family.key, "filterBranchOperator"}
    if issubclass(kind, Operation):
        hidden.add("operator")
    inner = {
        description.alias: widget
        for description in kind.model_fields.values()
        for widget, family in FAMILIES.items()
        if family in description.metadata
    }
    return [
        replace(field, widget=inner.get(field.name, field.widget))
        for field in _all_fields(kind)
        if field.name not in hidden
    ]


@cache
def _all_fields(kind: type[Node]) -> tuple[Field, ...]:
    schema = kind.model_json_schema()
    return tuple(_fields(schema, schema.get("$defs", {})))


def _fields(schema: Mapping[str, Any], shared: Mapping[str, Any]) -> Iterator[Field]:
    required = schema.get("required", ())
    for name, described in schema.get("properties", {}).items():
        shape = _shape(described, shared)
        type = shape.get("type", "string")
        inner = _shape(shape["items"], shared) if type == "array" else shape
        several = type == "array" and bool(inner.get("properties"))
        widget = "select" if "enum" in shape else _BY_TYPE["objects" if several else type]
        yield Field(
            name,
            _LABELS.get(name) or _words(name),
            type,
            shape.get("widget") or _BY_NAME.get(name) or widget,
            name in required,
            described.get("default"),
            tuple(shape.get("enum", ())),
            shape.get("minimum"),
            shape.get("maximum"),
            tuple(_fields(inner, shared)),
        )


def _words(name: str) -> str:
    """The words of a key; of an id, what it is the id of."""
    return _ANOTHER_WORD.sub(" ", _ID.sub("", name) or name).capitalize()


def _shape(described: Mapping[str, Any], shared: Mapping[str, Any]) -> Mapping[str, Any]:
    """A field's schema without what says that it may be left out, or is written elsewhere."""
    if "$ref" in described:
        return _shape({**shared[described["$ref"].rpartition("/")[2]], **_marks(described)}, shared)
    if "anyOf" in described:
        some = min(described["anyOf"], key=lambda one: _TELLING.index(one.get("type")))
        return _shape({**some, **_marks(described)}, shared)
    if "const" in described:
        return {**described, "enum": [described["const"]]}
    return described


def _marks(described: Mapping[str, Any]) -> dict[str, Any]:
    return {key: described[key] for key in ("widget",) if key in described}
