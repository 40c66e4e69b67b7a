"""Moments by their distance: business days, times of day, zones, and clocks that change."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from penstock.actions.durations import length_problems
from penstock.actions.moments import WEEK, TimeDelay
from penstock.actions.time_delays import counted, moment

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BUSINESS = list(WEEK[:5])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def delay(delta: int, unit: str, **rest: Any) -> TimeDelay:
    return TimeDelay.model_validate({"delta": delta, "timeUnit": unit, **rest})


def clock(hour: int, minute: int = 0) -> dict[str, Any]:
    return {"timeOfDay": {"hour": hour, "minute": minute}}


@pytest.mark.parametrize(
    ("wanted", "now", "expected"),
    [
        # What elapses is not moved by clocks that change; what is civil keeps its clock time.
        (delay(90, "SECONDS"), "2026-03-02T10:00", "2026-03-02T10:01:30"),
        (delay(-2, "HOURS"), "2026-03-29T02:00", "2026-03-29T00:00"),
        (delay(24, "HOURS"), "2026-03-28T11:00", "2026-03-29T11:00"),
        (delay(1, "DAYS"), "2026-03-28T11:00", "2026-03-29T10:00"),
        (delay(1, "WEEKS"), "2026-10-20T10:00", "2026-10-27T11:00"),
        (delay(1, "MONTHS"), "2026-01-31T11:00", "2026-02-28T11:00"),
        (delay(-1, "YEARS"), "2028-02-29T11:00", "2027-02-28T11:00"),
        # A time of day that does not exist: the first instant after the gap; twice: the first.
        (delay(1, "DAYS", **clock(2, 30)), "2026-03-28T11:00", "2026-03-29T01:00"),
        (delay(1, "DAYS", **clock(2, 30)), "2026-10-24T11:00", "2026-10-25T00:30"),
        # The day is that of the zone: at 23:30 UTC it is the next one in Stockholm.
        (delay(0, "DAYS", **clock(9)), "2026-03-02T23:30", "2026-03-03T08:00"),
        (delay(2, "HOURS", **clock(9)), "2026-03-02T22:30", "2026-03-03T08:00"),
        # Business days are counted among the days that are given.
        (delay(1, "DAYS", daysOfWeek=BUSINESS), "2026-03-06T10:00", "2026-03-09T10:00"),
        (delay(3, "DAYS", daysOfWeek=BUSINESS), "2026-03-06T10:00", "2026-03-11T10:00"),
        (delay(5, "DAYS", daysOfWeek=BUSINESS), "2026-03-02T10:00", "2026-03-09T10:00"),
        (delay(-1, "DAYS", daysOfWeek=BUSINESS), "2026-03-09T10:00", "2026-03-06T10:00"),
        (delay(0, "DAYS", daysOfWeek=BUSINESS), "2026-03-07T10:00", "2026-03-09T10:00"),
        (delay(20, "DAYS", daysOfWeek=BUSINESS), "2026-03-02T10:00", "2026-03-30T09:00"),
        # After any other length the next of them is meant.
        (delay(1, "MONTHS", daysOfWeek=["MONDAY"]), "2026-03-02T10:00", "2026-04-06T09:00"),
        (delay(4, "HOURS", daysOfWeek=["TUESDAY"]), "2026-03-02T10:00", "2026-03-03T14:00"),
        # A zone of its own.
        (
            delay(
                0,
                "DAYS",
                **clock(9),
                timeZoneStrategy={
                    "type": "STATIC_TIME_ZONE",
                    "timeZoneId": "America/New_York",
                },
            ),
            "2026-03-03T02:00",
            "2026-03-02T14:00",
        ),
    ],
)
def test_a_moment_by_its_distance(wanted: TimeDelay, now: str, expected: str) -> None:
    assert moment(wanted, at(now), STOCKHOLM) == at(expected)


def test_counting_weekdays_is_counting_one_by_one() -> None:
    from datetime import timedelta

    for among in (WEEK, WEEK[:5], ("WEDNESDAY",), ("SATURDAY", "SUNDAY")):
        for start in range(7):
            first = date(2026, 3, 2) + timedelta(days=start)
            for direction in (1, -1):
                day = first
                for number in range(1, 25):
                    day += timedelta(days=direction)
                    while WEEK[day.weekday()] not in among:
                        day += timedelta(days=direction)
                    assert counted(first, direction * number, among) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "far"),
    [
        (delay(100, "YEARS"), False),
        (delay(101, "YEARS"), True),
        (delay(-40_000, "DAYS"), True),
        (delay(10**9, "SECONDS"), False),
        (delay(10**10, "SECONDS"), True),
    ],
)
def test_what_no_calendar_reaches_is_too_far(wanted: TimeDelay, far: bool) -> None:
    problems = [*length_problems(wanted.delta, wanted.time_unit, "$.delta")]
    assert bool(problems) is far
