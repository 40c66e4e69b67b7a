"""Days and times of day in civil zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from penstock.actions.moments import TimeDelay, dated

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def reached(start: datetime, zone: ZoneInfo = STOCKHOLM, **delay: object) -> str:
    return TimeDelay.model_validate(delay).reached(start, zone).astimezone(zone).isoformat()


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        ({"timeOfDay": {"hour": 14}}, "2026-03-02T14:00:00+01:00"),
        ({"timeOfDay": {"hour": 9}}, "2026-03-03T09:00:00+01:00"),
        ({"timeOfDay": {"hour": 11}}, "2026-03-02T11:00:00+01:00"),
        ({"daysOfWeek": ["MONDAY"]}, "2026-03-02T11:00:00+01:00"),
        ({"daysOfWeek": ["SUNDAY", "FRIDAY"]}, "2026-03-06T00:00:00+01:00"),
        ({"daysOfWeek": ["MONDAY"], "timeOfDay": {"hour": 9}}, "2026-03-09T09:00:00+01:00"),
        ({"delta": 1, "daysOfWeek": ["MONDAY"]}, "2026-03-09T00:00:00+01:00"),
        (
            {"timeOfDay": {"hour": 9}, "timeZoneStrategy": {"timeZoneId": "America/New_York"}},
            "2026-03-02T15:00:00+01:00",
        ),
    ],
)
def test_the_next_day_and_time_that_are_allowed(delay: dict[str, object], expected: str) -> None:
    assert reached(MONDAY, **delay) == expected


def test_a_time_of_day_lasts_its_whole_minute() -> None:
    late = MONDAY.replace(second=59)
    assert reached(late, timeOfDay={"hour": 11}) == "2026-03-02T11:00:59+01:00"


def test_a_time_that_the_clocks_skip_is_the_first_instant_after_it() -> None:
    evening = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    assert reached(evening, timeOfDay={"hour": 2, "minute": 30}) == "2026-03-29T03:00:00+02:00"


@pytest.mark.parametrize(
    ("value", "amount", "unit", "clock", "expected"),
    [
        ("2026-04-01", 0, "MINUTES", None, "2026-04-01T00:00:00+02:00"),
        ("2026-04-01", -1440, "MINUTES", 8, "2026-03-31T08:00:00+02:00"),
        ("2026-03-30", -1440, "MINUTES", None, "2026-03-29T00:00:00+01:00"),
        ("2026-04-01", -30, "MINUTES", None, "2026-03-31T23:30:00+02:00"),
        ("1774994400000", 0, "DAYS", None, "2026-04-01T00:00:00+02:00"),
        ("1775001600000", 0, "DAYS", None, "2026-04-01T00:00:00+02:00"),
        ("2026-04-01T12:00:00Z", 2, "WEEKS", None, "2026-04-15T14:00:00+02:00"),
    ],
)
def test_so_long_before_or_after_a_date(
    value: str, amount: int, unit: str, clock: int | None, expected: str
) -> None:
    at = None if clock is None else TimeDelay.model_validate({"timeOfDay": {"hour": clock}})
    moment = dated(value, amount, unit, at and at.time_of_day, STOCKHOLM)  # type: ignore[arg-type]
    assert moment.astimezone(STOCKHOLM).isoformat() == expected


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="Invalid isoformat"):
        dated("next week", 0, "DAYS", None, STOCKHOLM)
