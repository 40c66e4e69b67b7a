"""What an editor is told of filters: it is what the classes say."""

from collections.abc import Iterator
from typing import Any

import pytest

from penstock.filters.editing import FAMILIES, Field, explanation, fields, title
from penstock.filters.nodes import Family, Node
from penstock.filters.operators import Operation

KINDS = [
    pytest.param(family, kind, id=f"{widget} {kind.type_id}")
    for widget, family in FAMILIES.items()
    for kind in family.kinds.values()
]

WIDGETS = {
    *FAMILIES,
    "association_type",
    "campaign",
    "email",
    "event_type",
    "form",
    "group",
    "groups",
    "list",
    "moment",
    "month",
    "number",
    "object_type",
    "options",
    "property",
    "select",
    "subscriptions",
    "switch",
    "text",
    "texts",
    "time_zone",
}


def deep(found: list[Field]) -> Iterator[Field]:
    for field in found:
        yield field
        yield from deep(list(field.fields))


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_an_editor_is_told_of_every_key(family: Family, kind: type[Node]) -> None:
    assert title(kind)
    assert explanation(kind)
    told = fields(family, kind)
    left_out = {family.key, "filterBranchOperator"} | (
        {"operator"} if issubclass(kind, Operation) else set()
    )
    keys = {description.alias for description in kind.model_fields.values()}
    assert {field.name for field in told} == keys - left_out
    for field in deep(told):
        assert field.label
        assert field.widget in WIDGETS
        assert (field.widget == "select") == bool(field.options)
        assert (field.widget in {"group", "groups"}) == bool(field.fields)


@pytest.mark.parametrize(
    ("family", "word", "key", "expected"),
    [
        ("operation", "NUMBER", "value", {"widget": "number", "type": "number", "required": True}),
        ("operation", "ENUMERATION", "values", {"widget": "options", "type": "array"}),
        ("operation", "MULTISTRING", "values", {"widget": "texts", "label": "Values"}),
        (
            "operation",
            "ROLLING_DATE_RANGE",
            "numberOfDays",
            {"least": 0, "label": "Number of days"},
        ),
        ("operation", "CALENDAR_DATE", "fiscalYearStart", {"widget": "month", "required": False}),
        ("operation", "TIME_POINT", "timePoint", {"widget": "time_point", "required": True}),
        ("filter", "IN_LIST", "listId", {"widget": "list", "label": "List", "required": False}),
        ("branch", "ASSOCIATION", "filters", {"widget": "filter", "type": "array"}),
        ("branch", "UNIFIED_EVENTS", "pruningRefineBy", {"widget": "refinement"}),
        ("time_point", "INDEXED", "zoneId", {"widget": "time_zone", "label": "Zone"}),
    ],
)
def test_a_key_has_the_widget_that_fits_its_type(
    family: str, word: str, key: str, expected: dict[str, Any]
) -> None:
    kind = FAMILIES[family].kinds[word]
    (field,) = (one for one in fields(FAMILIES[family], kind) if one.name == key)
    assert {name: getattr(field, name) for name in expected} == expected
