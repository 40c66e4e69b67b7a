"""Checking documents: every problem with its JSON path, and what a criterion depends on."""

from typing import Any

import pytest

from penstock.filters.compile import Dependency, check
from penstock.filters.errors import FilterInvalid
from penstock.records.errors import ObjectTypeUnknown
from penstock.records.schema import Schema
from tests.conftest import House
from tests.filters.golden import asks, only


def number(**others: Any) -> dict[str, Any]:
    return {"operationType": "NUMBER", "operator": "IS_EQUAL_TO", "value": 1, **others}


def compared(**others: Any) -> dict[str, Any]:
    return {"operationType": "COMPARATIVE_STRING", "operator": "IS_EQUAL_TO", **others}


def text(**others: Any) -> dict[str, Any]:
    return {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "x", **others}


def indexed(**others: Any) -> dict[str, Any]:
    point = {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": "TODAY"}}
    return {"operationType": "TIME_POINT", "operator": "IS_AFTER", "timePoint": point | others}


def dated(**others: Any) -> dict[str, Any]:
    point = {"timeType": "DATE", "zoneId": "UTC", "year": 2026, "month": 2, "day": 1}
    return {"operationType": "TIME_POINT", "operator": "IS_AFTER", "timePoint": point | others}


def ranged(lower: Any, upper: Any, operation: str = "NUMBER_RANGED") -> dict[str, Any]:
    bounds = {"lowerBound": lower, "upperBound": upper}
    return {"operationType": operation, "operator": "IS_BETWEEN", **bounds}


OPERATION = "$.filters[0].operation"

WRONG = [
    # what is asked, where the problem is, and what it says
    ("nickname", text(), "$.filters[0].property", 'Property "nickname" does not exist'),
    ("city", number(), OPERATION, 'NUMBER cannot be asked of "city" (Text); there are: '),
    ("hs_buying_role", text(), OPERATION, '"hs_buying_role" (several options); there are: '),
    ("city", text(operator="SOUNDS_LIKE"), f"{OPERATION}.operator", "there are: IS_EQUAL_TO, "),
    (
        "city",
        text(operator="HAS_ALWAYS_BEEN"),
        f"{OPERATION}.operator",
        'there is no operator "HAS_ALWAYS_BEEN" of STRING here; there are: IS_EQUAL_TO, ',
    ),
    ("city", text(operator=None), f"{OPERATION}.operator", "operator is required"),
    ("city", text(value=None), f"{OPERATION}.value", "value is required"),
    ("city", text(value=""), f"{OPERATION}.value", "a value is needed, and it is empty"),
    ("city", text(value={}), f"{OPERATION}.value", "a single value is expected"),
    ("city", text(value="a\0b"), f"{OPERATION}.value", "a character that cannot be stored"),
    (
        "city",
        text(operationType="STRINGS"),
        f"{OPERATION}.operationType",
        "there are: ALL_PROPERTY",
    ),
    ("city", text(operationType=None), f"{OPERATION}.operationType", "operationType is required"),
    ("city", {}, f"{OPERATION}.operationType", "operationType is required"),
    ("city", "x", OPERATION, "an object is expected"),
    ("city", None, OPERATION, "operation is required"),
    (
        "city",
        text(includeObjectsWithNoValueSet="perhaps"),
        f"{OPERATION}.includeObjectsWithNoValueSet",
        "true or false is expected",
    ),
    ("hubspotscore", number(value="ten"), f"{OPERATION}.value", '"ten" is not a number'),
    ("hubspotscore", number(value=""), f"{OPERATION}.value", "it is empty"),
    ("hubspotscore", number(value=True), f"{OPERATION}.value", "is not a number"),
    ("hubspotscore", number(value="NaN"), f"{OPERATION}.value", "is not a number"),
    ("hubspotscore", ranged(2, 1), OPERATION, "the lower bound is above the upper one"),
    ("closedate", ranged(2, 1, "RANGED_DATE"), OPERATION, "the lower bound is above"),
    (
        "lifecyclestage",
        {"operationType": "ENUMERATION", "operator": "IS_NONE_OF", "values": []},
        f"{OPERATION}.values",
        "at least one value is needed",
    ),
    (
        "lifecyclestage",
        {"operationType": "ENUMERATION", "operator": "IS_NONE_OF", "values": "lead"},
        f"{OPERATION}.values",
        "a list is expected",
    ),
    (
        "city",
        {"operationType": "MULTISTRING", "operator": "CONTAINS", "values": ["x", ""]},
        f"{OPERATION}.values[1]",
        "it is empty",
    ),
    ("closedate", dated(day=29), f"{OPERATION}.timePoint", "there is no such day"),
    ("closedate", dated(month=13), f"{OPERATION}.timePoint.month", "it must be at most 12"),
    ("closedate", dated(year=99999), f"{OPERATION}.timePoint.year", "it must be at most 9000"),
    ("closedate", dated(day=1.5), f"{OPERATION}.timePoint.day", "a whole number is expected"),
    ("closedate", dated(zoneId="Mars"), f"{OPERATION}.timePoint.zoneId", '"Mars" is not a time'),
    ("closedate", dated(zoneId="../x"), f"{OPERATION}.timePoint.zoneId", "is not a time zone"),
    (
        "closedate",
        dated(timeType="YESTERDAY"),
        f"{OPERATION}.timePoint.timeType",
        'there is no time point "YESTERDAY" here; there are: DATE, INDEXED',
    ),
    (
        "closedate",
        dated(timeType="PROPERTY_REFERENCED", property="nothing"),
        f"{OPERATION}.timePoint.property",
        'Property "nothing" does not exist',
    ),
    (
        "closedate",
        dated(timeType="PROPERTY_REFERENCED", property="city"),
        f"{OPERATION}.timePoint.property",
        '"closedate" cannot be compared with "city"',
    ),
    (
        "city",
        compared(comparisonPropertyName="nothing"),
        f"{OPERATION}.comparisonPropertyName",
        'Property "nothing" does not exist',
    ),
    (
        "city",
        compared(comparisonPropertyName="closedate"),
        f"{OPERATION}.comparisonPropertyName",
        '"city" cannot be compared with "closedate"',
    ),
    (
        "city",
        {"operationType": "REGEX", "operator": "MATCHES_REGEX", "value": "(a"},
        f"{OPERATION}.value",
        "this regular expression cannot be used: it ends too early",
    ),
    (
        "closedate",
        indexed(indexReference={"referenceType": "DECADE"}),
        f"{OPERATION}.timePoint.indexReference.referenceType",
        "it must be one of: NOW, TODAY, WEEK, MONTH, QUARTER, YEAR, ",
    ),
    (
        "closedate",
        indexed(indexReference={"referenceType": "QUARTER", "month": 4}),
        f"{OPERATION}.timePoint.indexReference",
        "a quarter has three months",
    ),
    (
        "closedate",
        indexed(offset={"days": "soon"}),
        f"{OPERATION}.timePoint.offset.days",
        "a whole number is expected",
    ),
    (
        "closedate",
        indexed(offset={"years": 10**30}),
        f"{OPERATION}.timePoint.offset.years",
        "it must be at most",
    ),
    (
        "closedate",
        {**indexed(), "propertyParser": "BIRTHDAY"},
        f"{OPERATION}.propertyParser",
        "it must be one of: VALUE",
    ),
    (
        "closedate",
        {"operationType": "DATE", "operator": "EQUAL", "day": 1, "month": "MAI", "year": 2026},
        f"{OPERATION}.month",
        '"MAI" is not a month',
    ),
    (
        "closedate",
        {"operationType": "DATE", "operator": "EQUAL", "day": 31, "month": "JUNE", "year": 2026},
        OPERATION,
        "there is no such day",
    ),
    (
        "closedate",
        {"operationType": "DATETIME", "operator": "IS_AFTER", "timestamp": 10**18},
        f"{OPERATION}.timestamp",
        "is not a time",
    ),
    (
        "closedate",
        {
            "operationType": "ROLLING_DATE_RANGE",
            "operator": "IS_MORE_THAN_X_DAYS_AGO",
            "numberOfDays": -1,
        },
        f"{OPERATION}.numberOfDays",
        "it must be at least 0",
    ),
    (
        "closedate",
        {"operationType": "CALENDAR_DATE", "operator": "IN_THIS_TIME_UNIT", "timeUnit": "HOUR"},
        f"{OPERATION}.timeUnit",
        "it must be one of: DAY",
    ),
]


@pytest.fixture
async def schema(house: House) -> Schema:
    return await house.schema()


async def test_every_problem_says_what_and_where(schema: Schema) -> None:
    for property, operation, where, said in WRONG:
        with pytest.raises(FilterInvalid) as raised:
            check(only(asks(property, operation)), schema, "contacts")
        found = [(problem.where, str(problem.text)) for problem in raised.value.problems]
        assert len(found) == 1, found
        assert found[0][0] == where, found
        assert said in found[0][1], found


async def test_all_problems_are_said_at_once_below_the_path_given(schema: Schema) -> None:
    document = {
        "filterBranchType": "OR",
        "filterBranches": [
            {"filterBranchType": "AND", "filters": []},
            {"filterBranchType": "XOR"},
            {
                "filterBranchType": "NOT_ALL",
                "filterBranchOperator": "OR",
                "filters": [asks("city", text())],
            },
            {"filterBranchType": "AND", "filters": [{"filterType": "HOROSCOPE"}, 7]},
            {"filters": []},
        ],
        "filters": [asks("nickname", text()), asks("city", text(value=""))],
    }
    with pytest.raises(FilterInvalid) as raised:
        check(document, schema, "contacts", where="$.goal")
    assert raised.value.where == "$.goal"
    assert {problem.where for problem in raised.value.problems} == {
        "$.goal.filterBranches[0]",
        "$.goal.filterBranches[1].filterBranchType",
        "$.goal.filterBranches[2].filterBranchOperator",
        "$.goal.filterBranches[3].filters[0].filterType",
        "$.goal.filterBranches[3].filters[1]",
        "$.goal.filterBranches[4].filterBranchType",
        "$.goal.filters[0].property",
        "$.goal.filters[1].operation.value",
    }


async def test_what_is_no_branch_is_refused(schema: Schema) -> None:
    documents: list[Any] = [None, [], "AND", 7, {}, {"filterType": "CONSTANT"}]
    for document in documents:
        with pytest.raises(FilterInvalid):
            check(document, schema, "contacts")


async def test_a_document_that_is_nested_too_deep_is_refused(schema: Schema) -> None:
    document: dict[str, Any] = only(asks("city", text()))
    for _ in range(100_000):
        document = {"filterBranchType": "AND", "filterBranches": [document]}
    with pytest.raises(FilterInvalid, match="not valid") as raised:
        check(document, schema, "contacts")
    assert "deeper than" in str(raised.value.problems[0].text)


async def test_a_type_that_does_not_exist_is_refused(schema: Schema) -> None:
    with pytest.raises(ObjectTypeUnknown):
        check(only(asks("city", text())), schema, "unicorns")


async def test_a_criterion_knows_what_can_change_its_answer(schema: Schema) -> None:
    document = only(
        asks("city", text()),
        asks("hs_object_id", number()),
        asks("createdate", indexed()),
        asks("lastmodifieddate", dated()),
    )
    assert check(document, schema, "contact").depends == {
        Dependency("property", "0-1/city"),
        Dependency("property", "0-1/hs_object_id"),
        Dependency("property", "0-1/createdate"),
        Dependency("any", "0-1"),
        Dependency("time"),
    }


async def test_a_criterion_that_time_does_not_change_does_not_depend_on_it(schema: Schema) -> None:
    assert check(only(asks("closedate", dated())), schema, "contacts").depends == {
        Dependency("property", "0-1/closedate")
    }


async def test_whoever_depends_on_nothing_is_judged_at_any_change(schema: Schema) -> None:
    everybody = only({"filterType": "CONSTANT", "shouldAccept": True})
    assert check(everybody, schema, "deals").depends == {Dependency("any", "0-3")}
