"""When time alone changes an answer: the flip is never late, and rarely far too early."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.filters.compile import check
from penstock.filters.model import canonical
from penstock.records.values import instant_text
from tests.filters.bench import Bench, examples
from tests.filters.documents import NOWS, ZONES, about_time, documents, records
from tests.filters.golden import asks, only
from tests.filters.judge import judge

TICK = timedelta(milliseconds=1)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STOCKHOLM = "Europe/Stockholm"


def point(operator: str, reference: str, offset: dict[str, int], **more: Any) -> dict[str, Any]:
    return {
        "operationType": "TIME_POINT",
        "operator": operator,
        "timePoint": {
            "timeType": "INDEXED",
            "zoneId": STOCKHOLM,
            "indexReference": {"referenceType": reference},
            "offset": offset,
        },
        **more,
    }


def rolling(operator: str, days: int) -> dict[str, Any]:
    return {
        "operationType": "ROLLING_DATE_RANGE",
        "operator": operator,
        "numberOfDays": days,
        "requiresTimeZoneConversion": True,
    }


def calendar(operator: str, unit: str) -> dict[str, Any]:
    return {"operationType": "CALENDAR_DATE", "operator": operator, "timeUnit": unit}


def anniversary(days: int) -> dict[str, Any]:
    """Between today and some days from now."""
    today = {
        "timeType": "INDEXED",
        "zoneId": STOCKHOLM,
        "indexReference": {"referenceType": "TODAY"},
    }
    return {
        "operationType": "TIME_RANGED",
        "operator": "IS_BETWEEN",
        "propertyParser": "ANNIVERSARY",
        "lowerBoundTimePoint": today,
        "upperBoundTimePoint": {**today, "offset": {"days": days}},
    }


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


EXACT = [
    # what is asked of the close date, the close date, and when the answer changes next
    (point("IS_AFTER", "NOW", {"hours": -3}), "2026-03-02T08:00:00.000Z", "2026-03-02T11:00Z"),
    (
        point("IS_AFTER", "NOW", {"hours": -3}, endpointBehavior="INCLUSIVE"),
        "2026-03-02T08:00:00.000Z",
        "2026-03-02T11:00:00.001Z",
    ),
    (point("IS_BEFORE", "NOW", {}), "2026-03-05T08:00:00.000Z", "2026-03-05T08:00:00.001Z"),
    # Three days on the calendar are 71 hours where summer time begins, and 73 where it ends.
    (point("IS_AFTER", "NOW", {"days": -3}), "2026-03-02T08:00:00.000Z", "2026-03-05T08:00Z"),
    # Days begin at 23:00, and from the end of March on at 22:00.
    (point("IS_BEFORE", "TODAY", {}), "2026-03-02T12:00:00.000Z", "2026-03-02T23:00Z"),
    (rolling("IS_LESS_THAN_X_DAYS_AGO", 3), "2026-02-27T12:00:00.000Z", "2026-03-02T23:00Z"),
    (rolling("IS_LESS_THAN_X_DAYS_AGO", 3), "2026-03-02T12:00:00.000Z", "2026-03-02T12:00Z"),
    (rolling("IS_LESS_THAN_X_DAYS_FROM_NOW", 3), "2026-03-04T12:00Z", "2026-03-04T12:00:00.001Z"),
    (calendar("IN_THIS_TIME_UNIT", "DAY"), "2026-03-02T12:00:00.000Z", "2026-03-02T23:00Z"),
    (calendar("IN_THIS_TIME_UNIT", "MONTH"), "2026-03-02T12:00:00.000Z", "2026-03-31T22:00Z"),
    (calendar("IN_THIS_TIME_UNIT", "QUARTER"), "2026-02-01T12:00:00.000Z", "2026-03-31T22:00Z"),
    (calendar("IN_NEXT_TIME_UNIT", "WEEK"), "2026-03-10T12:00:00.000Z", "2026-03-08T23:00Z"),
    (calendar("IN_NEXT_TIME_UNIT", "YEAR"), "2027-06-01T12:00:00.000Z", "2026-12-31T23:00Z"),
    (anniversary(7), "2019-03-10T12:00:00.000Z", "2026-03-02T23:00Z"),
    (anniversary(0), "2019-03-02T12:00:00.000Z", "2026-03-02T23:00Z"),
    # Next year's, and still in this one.
    (anniversary(7), "2019-01-05T12:00:00.000Z", "2026-12-28T23:00Z"),
]


def judged(
    bench: Bench, document: dict[str, Any], record: dict[str, Any], now: datetime, zone: str
) -> tuple[bool, datetime | None]:
    (id,) = bench.place([record], NOW)
    criterion = check(document, bench.schema, "contacts")
    return bench.judge({1: criterion}, [id], now, zone)[id, 1]


def passes(
    bench: Bench, document: dict[str, Any], record: dict[str, Any], zone: str, most: int
) -> list[datetime]:
    """The flips, one after the other, until the answer has changed."""
    before, flip = judged(bench, document, record, NOW, zone)
    found: list[datetime] = []
    while flip is not None and len(found) < most:
        found.append(flip)
        verdict, flip = judged(bench, document, record, found[-1], zone)
        if verdict != before:
            return found
    raise AssertionError(f"unchanged after {found}")


async def test_the_answer_changes_at_the_flip_and_not_before(bench: Bench) -> None:
    for operation, value, expected in EXACT:
        document = only(asks("closedate", operation))
        record = {"closedate": instant_text(at(value))}
        flips = passes(bench, document, record, STOCKHOLM, most=6)
        assert flips[-1] == at(expected), (operation, value)
        before, _ = judged(bench, document, record, NOW, STOCKHOLM)
        assert judged(bench, document, record, flips[-1] - TICK, STOCKHOLM)[0] == before
        assert judged(bench, document, record, flips[-1], STOCKHOLM)[0] != before


async def test_a_day_changes_its_answer_when_a_day_begins(bench: Bench) -> None:
    document = only(asks("birthday", rolling("IS_LESS_THAN_X_DAYS_FROM_NOW", 1)))
    assert judged(bench, document, {"birthday": "2026-03-03"}, NOW, STOCKHOLM)[0]
    flips = passes(bench, document, {"birthday": "2026-03-03"}, STOCKHOLM, most=5)
    assert flips[-1] == at("2026-03-03T23:00Z")


FAR = [
    rolling("IS_LESS_THAN_X_DAYS_FROM_NOW", 5),
    rolling("IS_MORE_THAN_X_DAYS_AGO", 30),
    point("IS_AFTER", "NOW", {"days": -30}),
    point("IS_BEFORE", "NOW", {"months": -1}),
    point("IS_BEFORE", "TODAY", {"years": 1}),
    calendar("IN_NEXT_TIME_UNIT", "MONTH"),
]


async def test_a_value_far_away_is_looked_at_a_few_times_and_not_every_day(bench: Bench) -> None:
    far = {"birthday": "2029-07-01", "closedate": "2029-07-01T12:00:00.000Z"}
    for operation in FAR:
        for property in far:
            flips = passes(bench, only(asks(property, operation)), far, STOCKHOLM, most=12)
            assert flips[-1] > at("2028-06-01T00:00Z"), (operation, property)


async def test_what_time_does_not_change_has_no_flip(bench: Bench) -> None:
    fixed = {"operationType": "DATE", "operator": "BEFORE", "day": 1, "month": "MAY", "year": 2027}
    still = only(asks("closedate", fixed))
    later = {"closedate": "2026-05-01T00:00:00.000Z"}
    assert judged(bench, still, later, NOW, "UTC") == (True, None)


async def test_what_is_past_never_comes_back(bench: Bench) -> None:
    document = only(asks("closedate", calendar("IN_THIS_TIME_UNIT", "MONTH")))
    assert judged(bench, document, {"closedate": "2025-05-01T00:00:00.000Z"}, NOW, "UTC") == (
        False,
        None,
    )


async def test_no_value_never_flips(bench: Bench) -> None:
    operation = {**rolling("IS_MORE_THAN_X_DAYS_AGO", 3), "includeObjectsWithNoValueSet": True}
    assert judged(bench, only(asks("closedate", operation)), {}, NOW, "UTC") == (True, None)


async def test_time_does_not_matter_where_the_rest_decides(bench: Bench) -> None:
    soon = asks("closedate", rolling("IS_MORE_THAN_X_DAYS_AGO", 3))
    in_oslo = asks("city", {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "Oslo"})
    today = {"closedate": "2026-03-02T00:00:00.000Z"}
    both, either = only(soon, in_oslo), {"filterBranchType": "OR", "filters": [soon, in_oslo]}
    assert judged(bench, both, {**today, "city": "Bergen"}, NOW, "UTC") == (False, None)
    assert judged(bench, either, {**today, "city": "Oslo"}, NOW, "UTC") == (True, None)
    assert judged(bench, both, {**today, "city": "Oslo"}, NOW, "UTC")[1] is not None
    assert judged(bench, either, {**today, "city": "Bergen"}, NOW, "UTC")[1] is not None


async def test_the_end_of_time_is_no_error(bench: Bench) -> None:
    for unit, amount in (("years", 900_000), ("days", -900_000), ("hours", 10**10)):
        document = only(asks("closedate", point("IS_AFTER", "NOW", {unit: amount})))
        for value in ("9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z"):
            judged(bench, document, {"closedate": value}, NOW, "UTC")


@examples(200)
@given(documents(about_time()), NOWS, st.sampled_from(ZONES), st.data())
def test_nothing_changes_before_the_flip(
    bench: Bench, document: dict[str, Any], now: datetime, zone: str, data: st.DataObject
) -> None:
    record = data.draw(records(now))
    verdict, flip = judged(bench, document, record, now, zone)
    end = flip or now + timedelta(days=2000)
    assert end > now
    shares = data.draw(st.lists(st.floats(0, 1), min_size=4, max_size=4))
    for share in [*shares, 1.0]:
        later = max(now, min(end - TICK, now + (end - now) * share))
        later = later.replace(microsecond=later.microsecond // 1000 * 1000)
        assert judge(canonical(document), record, later, zone) == verdict, (record, later, flip)


REACHED = [
    # days from the close date, every year, the close date, and when the answer changes next
    (7, False, "2026-03-10T12:00:00.000Z", "2026-03-17T08:00Z"),
    (-7, False, "2026-04-10T12:00:00.000Z", "2026-04-03T07:00Z"),
    (0, False, "2026-03-10T23:30:00.000Z", "2026-03-11T08:00Z"),  # the next day, in Stockholm
    (0, True, "1990-03-10T12:00:00.000Z", "2026-03-10T08:00Z"),
    (0, True, "2040-03-10T12:00:00.000Z", "2026-03-10T08:00Z"),
    (-30, True, "1990-01-05T12:00:00.000Z", "2026-06-07T07:00Z"),  # half a year after it had come
    (5, True, "2000-02-28T12:00:00.000Z", "2026-03-05T08:00Z"),
]


@pytest.mark.parametrize("zone", [STOCKHOLM, None])
async def test_a_date_has_come_at_its_time_of_day(bench: Bench, zone: str | None) -> None:
    for days, yearly, value, expected in REACHED:
        reached = {
            "filterType": "DATE_REACHED", "property": "closedate", "daysDelta": days,
            "yearly": yearly, "hour": 9, "zoneId": zone,
        }  # fmt: skip
        document = {"filterBranchType": "AND", "filters": [reached]}
        record = {"closedate": value}
        flips = passes(bench, document, record, STOCKHOLM, most=8)
        assert flips[-1] == at(expected), (days, yearly, value, flips)
        before, _ = judged(bench, document, record, NOW, STOCKHOLM)
        assert judged(bench, document, record, flips[-1] - TICK, STOCKHOLM)[0] == before
