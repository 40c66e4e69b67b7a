"""Filters as sentences: brackets that can be seen, and texts that can be translated."""

from typing import Any

from penstock.filters.describe import describe
from tests.conftest import House
from tests.filters.golden import asks, only


def known(property: str) -> dict[str, Any]:
    return asks(property, {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"})


def group(kind: str, *filters: Any, branches: Any = ()) -> dict[str, Any]:
    return {"filterBranchType": kind, "filters": list(filters), "filterBranches": list(branches)}


async def test_and_within_or_is_bracketed_and_so_is_or_within_and(house: House) -> None:
    schema = await house.schema()
    both = group("AND", known("city"), known("zip"))
    either = group("OR", known("city"), known("zip"))
    assert str(describe(group("OR", branches=[both, both]), schema, "contacts")) == (
        "(City is known and Postal code is known) or (City is known and Postal code is known)"
    )
    assert str(describe(group("AND", known("state"), branches=[either]), schema, "contacts")) == (
        "State/region is known and (City is known or Postal code is known)"
    )
    assert str(describe(group("NOT_ALL", branches=[either]), schema, "contacts")) == (
        "not all of (City is known or Postal code is known)"
    )


async def test_one_thing_alone_needs_no_brackets(house: House) -> None:
    schema = await house.schema()
    nested = group("OR", branches=[group("AND", branches=[only(known("city"))])])
    assert str(describe(nested, schema, "contacts")) == "City is known"


async def test_stages_are_called_by_their_labels(house: House) -> None:
    operation = {"operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": ["closedwon"]}
    document = only(asks("dealstage", operation))
    schema = await house.schema()
    assert str(describe(document, schema, "deals")) == "Deal stage is any of Closed Won"


async def test_without_a_type_properties_are_called_by_their_names(house: House) -> None:
    assert str(describe(only(known("zip")), await house.schema())) == "zip is known"


async def test_what_is_not_known_is_said_to_be_so(house: House) -> None:
    schema = await house.schema()
    document = group(
        "OR",
        known("nickname"),
        {"filterType": "HOROSCOPE"},
        asks("city", {"operationType": "NOSE"}),
        asks("city", {"operationType": "STRING", "operator": "SMELLS_OF", "value": "fish"}),
        asks("closedate", {"operationType": "TIME_POINT", "operator": "IS_AFTER", "timePoint": {}}),
        branches=[group("XOR"), group("AND")],
    )
    unknown = "something that is not known here"
    assert str(describe(document, schema, "contacts")) == (
        f"nickname is known or {unknown} or City: {unknown} or City {unknown}"
        f" or Close date is after {unknown} or {unknown} or nothing"
    )


async def test_braces_in_a_value_are_no_pattern(house: House) -> None:
    operation = {"operationType": "STRING", "operator": "CONTAINS", "value": "{x} {0} }{"}
    text = describe(only(asks("city", operation)), await house.schema(), "contacts")
    assert str(text) == 'City contains "{x} {0} }{"'
