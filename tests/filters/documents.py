"""Random filters about the properties of one type, and random records to be judged by them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from penstock.records.model import Property
from penstock.records.schema import Schema
from penstock.records.values import instant_text
from tests.filters.golden import asks

DAY = Property("birthday", "Birthday", type="date", field_type="date")
"""Contacts have no property of a day without time, so the tests give them one."""

ZONES = ["UTC", "Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "America/Nuuk"]
WORDS = ["a", "A", "ab", "Å", "åb", "b a", "%", "_", "\\", "a.b", "1"]
OPTIONS = ["CHAMPION", "BLOCKER", "OTHER"]
STAGES = ["lead", "customer", "other"]
NUMBERS = st.sampled_from([0, 1, -1, 2, "0.1", "1.5", 10**20, "-0.25"])

NOWS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(
    lambda now: now.replace(microsecond=now.microsecond // 1000 * 1000, tzinfo=UTC)
)


def schema_with_days(schema: Schema) -> Schema:
    contacts = schema.type("contacts")
    more = {**contacts.properties, DAY.name: DAY}
    return replace(schema, types={**schema.types, contacts.id: replace(contacts, properties=more)})


def _operation(type: str, operators: str, **fields: st.SearchStrategy[Any]) -> Any:
    return st.fixed_dictionaries(
        {
            "operationType": st.just(type),
            "operator": st.sampled_from(operators.split()),
            "includeObjectsWithNoValueSet": st.booleans(),
            **fields,
        }
    )


def _lists(words: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=3)


_ranges = st.tuples(NUMBERS, NUMBERS).map(lambda pair: sorted(pair, key=float))

_offsets = st.dictionaries(
    st.sampled_from("years quarters months weeks days hours minutes milliseconds".split()),
    st.integers(-40, 40),
    max_size=2,
)

_references = st.one_of(
    st.fixed_dictionaries({"referenceType": st.sampled_from(["NOW", "TODAY", "MONTH"])}),
    st.fixed_dictionaries(
        {
            "referenceType": st.just("WEEK"),
            "dayOfWeek": st.sampled_from(["MONDAY", "THURSDAY", "SUNDAY"]),
            "hour": st.integers(0, 23),
        }
    ),
    st.fixed_dictionaries(
        {
            "referenceType": st.sampled_from(["QUARTER", "YEAR"]),
            "month": st.integers(1, 3),
            "day": st.integers(1, 31),
        }
    ),
)

indexed = st.fixed_dictionaries(
    {
        "timeType": st.just("INDEXED"),
        "zoneId": st.sampled_from(ZONES),
        "indexReference": _references,
        "offset": _offsets,
    }
)

_points = indexed | st.fixed_dictionaries(
    {
        "timeType": st.just("DATE"),
        "zoneId": st.sampled_from(ZONES),
        "year": st.integers(2025, 2027),
        "month": st.integers(1, 12),
        "day": st.integers(1, 28),
        "hour": st.integers(0, 23),
    }
)

_points = _points | st.fixed_dictionaries(
    {
        "timeType": st.just("PROPERTY_REFERENCED"),
        "property": st.sampled_from(["closedate", "birthday"]),
    }
)

_ends = st.sampled_from(["INCLUSIVE", "EXCLUSIVE"])

known = _operation("ALL_PROPERTY", "IS_KNOWN IS_UNKNOWN IS_BLANK IS_NOT_BLANK")
texts = _operation(
    "STRING",
    "IS_EQUAL_TO IS_NOT_EQUAL_TO CONTAINS DOES_NOT_CONTAIN STARTS_WITH ENDS_WITH",
    value=st.sampled_from(WORDS),
) | _operation(
    "MULTISTRING",
    "IS_EQUAL_TO IS_NOT_EQUAL_TO CONTAINS DOES_NOT_CONTAIN STARTS_WITH ENDS_WITH"
    " CONTAINS_EXACTLY DOES_NOT_CONTAIN_EXACTLY",
    values=_lists(WORDS),
)
numbers = _operation(
    "NUMBER",
    "IS_EQUAL_TO IS_NOT_EQUAL_TO IS_GREATER_THAN IS_GREATER_THAN_OR_EQUAL_TO IS_LESS_THAN"
    " IS_LESS_THAN_OR_EQUAL_TO",
    value=NUMBERS,
) | st.builds(
    lambda operation, bounds: {
        **operation,
        "lowerBound": bounds[0],
        "upperBound": bounds[1],
    },
    _operation("NUMBER_RANGED", "IS_BETWEEN IS_NOT_BETWEEN"),
    _ranges,
)
_OF_OPTIONS = "IS_ANY_OF IS_NONE_OF IS_EXACTLY IS_NOT_EXACTLY CONTAINS_ALL DOES_NOT_CONTAIN_ALL"
yes_no = _operation("BOOL", "IS_EQUAL_TO IS_NOT_EQUAL_TO", value=st.booleans())
rolling = _operation(
    "ROLLING_DATE_RANGE",
    "IS_LESS_THAN_X_DAYS_AGO IS_MORE_THAN_X_DAYS_AGO IS_LESS_THAN_X_DAYS_FROM_NOW"
    " IS_MORE_THAN_X_DAYS_FROM_NOW",
    numberOfDays=st.integers(0, 40),
    requiresTimeZoneConversion=st.booleans(),
)
calendar = _operation(
    "CALENDAR_DATE",
    "IN_THIS_TIME_UNIT IN_THIS_TIME_UNIT_SO_FAR IN_LAST_TIME_UNIT IN_LAST_TIME_UNIT_SO_FAR"
    " IN_NEXT_TIME_UNIT",
    timeUnit=st.sampled_from(["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]),
    timeUnitCount=st.integers(1, 3),
    useFiscalYear=st.booleans(),
    fiscalYearStart=st.sampled_from(["JANUARY", "APRIL", "OCTOBER"]),
)
point = _operation("TIME_POINT", "IS_BEFORE IS_AFTER", timePoint=_points, endpointBehavior=_ends)
moving_point = _operation(
    "TIME_POINT", "IS_BEFORE IS_AFTER", timePoint=indexed, endpointBehavior=_ends
)
between = _operation(
    "TIME_RANGED",
    "IS_BETWEEN IS_NOT_BETWEEN",
    lowerBoundTimePoint=_points,
    upperBoundTimePoint=_points,
    lowerBoundEndpointBehavior=_ends,
    upperBoundEndpointBehavior=_ends,
    propertyParser=st.sampled_from(["VALUE", "ANNIVERSARY"]),
)
_milliseconds = st.integers(1735689600, 1830297600).map(lambda seconds: seconds * 1000)
fixed = (
    _operation(
        "DATE",
        "EQUAL BEFORE AFTER",
        day=st.integers(1, 28),
        month=st.sampled_from(["MARCH", "OCTOBER"]),
        year=st.integers(2025, 2027),
    )
    | _operation(
        "DATETIME",
        "IS_EQUAL_TO IS_BEFORE IS_AFTER IS_BEFORE_DATE IS_AFTER_DATE",
        timestamp=_milliseconds,
        requiresTimeZoneConversion=st.booleans(),
    )
    | st.builds(
        lambda operation, bounds: {
            **operation,
            "lowerBound": bounds[0],
            "upperBound": bounds[1],
        },
        _operation(
            "RANGED_DATE", "IS_BETWEEN IS_NOT_BETWEEN", requiresTimeZoneConversion=st.booleans()
        ),
        st.tuples(_milliseconds, _milliseconds).map(sorted),
    )
)
_EVER_EQUAL = "HAS_EVER_BEEN_EQUAL_TO HAS_NEVER_BEEN_EQUAL_TO"
_EVER_OPTIONS = (
    "HAS_EVER_BEEN_ANY_OF HAS_NEVER_BEEN_ANY_OF HAS_EVER_BEEN_EXACTLY HAS_NEVER_BEEN_EXACTLY"
    " HAS_EVER_CONTAINED_ALL HAS_NEVER_CONTAINED_ALL"
)
_COMPARED_TEXTS = "IS_EQUAL_TO IS_NOT_EQUAL_TO CONTAINS DOES_NOT_CONTAIN STARTS_WITH ENDS_WITH"
_COMPARED_NUMBERS = (
    "IS_EQUAL_TO IS_NOT_EQUAL_TO IS_GREATER_THAN IS_GREATER_THAN_OR_EQUAL_TO IS_LESS_THAN"
    " IS_LESS_THAN_OR_EQUAL_TO"
)


def _compared(type: str, operators: str, other: str) -> Any:
    return _operation(type, operators, comparisonPropertyName=st.just(other))


past_texts = _operation(
    "STRING", f"{_EVER_EQUAL} HAS_EVER_CONTAINED HAS_NEVER_CONTAINED", value=st.sampled_from(WORDS)
)
updated = (
    _operation(
        "ROLLING_PROPERTY_UPDATED",
        "UPDATED_IN_LAST_X_DAYS NOT_UPDATED_IN_LAST_X_DAYS",
        numberOfDays=st.integers(0, 40),
    )
    | _operation(
        "TIME_POINT",
        "IS_BEFORE IS_AFTER",
        timePoint=_points,
        endpointBehavior=_ends,
        propertyParser=st.just("UPDATED_AT"),
    )
    | _compared("COMPARATIVE_PROPERTY_UPDATED", "IS_BEFORE IS_AFTER", "hubspotscore")
)
moving = rolling | calendar | moving_point | between


def _filters() -> st.SearchStrategy[dict[str, Any]]:
    def about(property: str, operations: Any) -> Any:
        return st.builds(asks, st.just(property), operations | known)

    return st.one_of(
        about("city", texts | past_texts | updated),
        about("city", _compared("COMPARATIVE_STRING", _COMPARED_TEXTS, "state")),
        about("hubspotscore", numbers | _operation("NUMBER", _EVER_EQUAL, value=NUMBERS)),
        about("hubspotscore", _compared("COMPARATIVE_NUMBER", _COMPARED_NUMBERS, "num_notes")),
        about("closedate", _compared("COMPARATIVE_DATE", "IS_BEFORE IS_AFTER", "birthday")),
        about("hs_buying_role", _operation("ENUMERATION", _EVER_OPTIONS, values=_lists(OPTIONS))),
        about("hs_email_optout", _operation("BOOL", _EVER_EQUAL, value=st.booleans()) | updated),
        about("lifecyclestage", _operation("ENUMERATION", _OF_OPTIONS, values=_lists(STAGES))),
        about("hs_buying_role", _operation("ENUMERATION", _OF_OPTIONS, values=_lists(OPTIONS))),
        about("hs_email_optout", yes_no),
        about("closedate", moving | fixed),
        about("birthday", moving | fixed),
        st.fixed_dictionaries({"filterType": st.just("CONSTANT"), "shouldAccept": st.booleans()}),
    )


def documents(filters: st.SearchStrategy[dict[str, Any]] | None = None) -> Any:
    """Branches of up to three levels."""
    filters = _filters() if filters is None else filters

    def branch(inner: st.SearchStrategy[list[dict[str, Any]]], most: int) -> Any:
        return st.fixed_dictionaries(
            {
                "filterBranchType": st.sampled_from(["OR", "AND", "NOT_ALL", "NOT_ANY"]),
                "filters": st.lists(filters, min_size=1, max_size=most),
                "filterBranches": inner,
            }
        )

    leaf = branch(st.just([]), 3)
    middle = branch(st.lists(leaf, max_size=2), 2)
    return leaf | branch(st.lists(middle, max_size=2), 2)


def about_time() -> st.SearchStrategy[dict[str, Any]]:
    """Filters that time can change."""
    return st.builds(asks, st.sampled_from(["closedate", "birthday"]), moving | updated)


def records(now: datetime) -> st.SearchStrategy[dict[str, Any]]:
    """Canonical values, near `now` where they are times."""
    near = st.integers(-90 * 86400, 90 * 86400) | st.integers(-40, 40).map(lambda d: d * 86400)
    instants = near.map(lambda seconds: now + timedelta(seconds=seconds))
    days: st.SearchStrategy[date] = st.integers(-100, 100).map(
        lambda count: now.date() + timedelta(days=count)
    )
    current = _values(instants, days)
    written = st.tuples(near.map(lambda seconds: now - timedelta(seconds=abs(seconds))), current)
    return st.builds(
        lambda values, history: {**values, "$history": history},
        current,
        st.lists(written, max_size=3),
    )


def _values(
    instants: st.SearchStrategy[datetime], days: st.SearchStrategy[date]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "state": st.sampled_from(WORDS),
            "num_notes": st.sampled_from([0, 1, -1, 2, 10**20]),
            "city": st.sampled_from([*WORDS, " ", "xab", "a-b"]),
            "hubspotscore": st.sampled_from([0, 1, -1, 2, 10**20, 10**20 + 1]),
            "lifecyclestage": st.sampled_from(STAGES),
            "hs_buying_role": st.lists(
                st.sampled_from(OPTIONS), min_size=1, max_size=3, unique=True
            ),
            "hs_email_optout": st.booleans(),
            "closedate": instants.map(instant_text),
            "birthday": days.map(date.isoformat),
        },
    )
