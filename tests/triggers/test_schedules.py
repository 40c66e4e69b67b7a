"""Schedules: when each of their forms fires next, in the civil time of a zone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pydantic import ValidationError

from penstock.triggers.schedule import MONTHS, SCHEDULES, WEEK, Schedule

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NINE = {"hour": 9, "minute": 0}


def schedule(type: str, **settings: Any) -> Schedule:
    return SCHEDULES[type].model_validate({"type": type, "timeOfDay": NINE, **settings})


def coming(schedule: Schedule, after: str, count: int = 4, zone: ZoneInfo = STOCKHOLM) -> list[str]:
    """The next firings, as clocks in the zone show them."""
    at, found = datetime.fromisoformat(after), []
    for _ in range(count):
        moment = schedule.after(at, zone)
        assert moment is not None
        assert moment > at
        found.append(f"{moment.astimezone(zone):%Y-%m-%d %H:%M}")
        at = moment
    return found


def test_daily_is_every_day_at_the_clock_time_whatever_the_clocks_do() -> None:
    days = coming(schedule("DAILY"), "2026-03-28T06:00+01:00", 3)
    assert days == ["2026-03-28 09:00", "2026-03-29 09:00", "2026-03-30 09:00"]


def test_a_firing_is_not_after_itself() -> None:
    assert coming(schedule("DAILY"), "2026-05-04T09:00+02:00", 1) == ["2026-05-05 09:00"]
    assert coming(schedule("DAILY"), "2026-05-04T08:59:59.999+02:00", 1) == ["2026-05-04 09:00"]


def test_a_clock_time_that_does_not_exist_comes_at_the_end_of_the_gap() -> None:
    night = schedule("DAILY", timeOfDay={"hour": 2, "minute": 30})
    assert coming(night, "2026-03-28T12:00+01:00", 2) == ["2026-03-29 03:00", "2026-03-30 02:30"]


def test_a_clock_time_that_exists_twice_comes_once_at_the_first() -> None:
    night = schedule("DAILY", timeOfDay={"hour": 2, "minute": 30})
    first = night.after(datetime.fromisoformat("2026-10-24T12:00+02:00"), STOCKHOLM)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert night.after(first, STOCKHOLM) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_weekly_is_on_its_days() -> None:
    some_days = schedule("WEEKLY", daysOfWeek=["FRIDAY", "MONDAY"])
    assert coming(some_days, "2026-03-03T00:00Z") == [
        "2026-03-06 09:00", "2026-03-09 09:00", "2026-03-13 09:00", "2026-03-16 09:00",
    ]  # fmt: skip


def test_the_31st_is_the_last_day_of_months_that_have_none() -> None:
    late = schedule("MONTHLY_SPECIFIC_DAYS", daysOfMonth=[31])
    assert coming(late, "2028-01-30T00:00Z") == [
        "2028-01-31 09:00", "2028-02-29 09:00", "2028-03-31 09:00", "2028-04-30 09:00",
    ]  # fmt: skip


def test_two_days_that_become_one_are_one_firing() -> None:
    late = schedule("MONTHLY_SPECIFIC_DAYS", daysOfMonth=[31, 1, 30, 29])
    assert coming(late, "2027-02-01T12:00Z", 3) == [
        "2027-02-28 09:00", "2027-03-01 09:00", "2027-03-29 09:00",
    ]  # fmt: skip


def test_the_first_monday_and_the_last_day_of_the_month() -> None:
    first = schedule("MONTHLY_RELATIVE_DAYS", monthlyRelativeDays="FIRST_MONDAY_OF_MONTH")
    assert coming(first, "2026-05-04T12:00Z", 3) == [
        "2026-06-01 09:00", "2026-07-06 09:00", "2026-08-03 09:00",
    ]  # fmt: skip
    last = schedule("MONTHLY_RELATIVE_DAYS", monthlyRelativeDays="LAST_DAY_OF_MONTH")
    assert coming(last, "2027-01-31T12:00Z", 3) == [
        "2027-02-28 09:00", "2027-03-31 09:00", "2027-04-30 09:00",
    ]  # fmt: skip


def test_29_february_is_the_28th_in_most_years() -> None:
    leap = schedule("YEARLY", month="FEBRUARY", dayOfMonth=29)
    assert coming(leap, "2027-01-01T00:00Z", 3) == [
        "2027-02-28 09:00", "2028-02-29 09:00", "2029-02-28 09:00",
    ]  # fmt: skip


def test_a_date_of_each_record_is_no_firing_for_all() -> None:
    each = schedule("PROPERTY_BASED", dateProperty="closedate", daysDelta=-7)
    assert each.after(datetime(2026, 1, 1, tzinfo=UTC), STOCKHOLM) is None
    assert each.criterion("UTC") is not None


@pytest.mark.parametrize(
    ("type", "given"),
    [
        ("WEEKLY", {"daysOfWeek": []}),
        ("WEEKLY", {"daysOfWeek": ["CATURDAY"]}),
        ("MONTHLY_SPECIFIC_DAYS", {"daysOfMonth": [0]}),
        ("MONTHLY_SPECIFIC_DAYS", {"daysOfMonth": [32]}),
        ("MONTHLY_RELATIVE_DAYS", {"monthlyRelativeDays": "SECOND_TUESDAY"}),
        ("YEARLY", {"month": "SMARCH", "dayOfMonth": 1}),
        ("DAILY", {"timeOfDay": {"hour": 24, "minute": 0}}),
    ],
)
def test_what_is_no_schedule_is_refused(type: str, given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        schedule(type, **given)


SCHEDULED = some.one_of(
    some.just(schedule("DAILY")),
    some.sets(some.sampled_from(WEEK), min_size=1).map(
        lambda days: schedule("WEEKLY", daysOfWeek=sorted(days))
    ),
    some.sets(some.integers(1, 31), min_size=1).map(
        lambda days: schedule("MONTHLY_SPECIFIC_DAYS", daysOfMonth=sorted(days))
    ),
    some.tuples(some.sampled_from(sorted(MONTHS)), some.integers(1, 28)).map(
        lambda day: schedule("YEARLY", month=day[0], dayOfMonth=day[1])
    ),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    SCHEDULED,
    some.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)),
    some.sampled_from(["Europe/Stockholm", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe"]),
)
def test_no_firing_lies_between_two_that_follow_each_other(
    schedule: Schedule, start: datetime, name: str
) -> None:
    zone, at = ZoneInfo(name), start.replace(tzinfo=UTC)
    found = [at]
    for _ in range(4):
        moment = schedule.after(found[-1], zone)
        assert moment is not None
        found.append(moment)
    for before, after in pairwise(found):
        between = before + (after - before) / 2
        assert schedule.after(between, zone) == after
        assert schedule.after(after - timedelta(milliseconds=1), zone) == after
