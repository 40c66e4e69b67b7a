"""The hours of a workflow: to when a step is put off that falls due outside them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from penstock.workflows.closures import BlockedDate, Closures, HolidayCalendar
from penstock.workflows.windows import SPREAD, Calendar, TimeWindow

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY")


def clock(text: str) -> dict[str, int]:
    hour, minute = text.split(":")
    return {"hour": int(hour), "minute": int(minute)}


def window(day: str, start: str | None = None, end: str | None = None) -> TimeWindow:
    given: dict[str, Any] = {"day": day}
    if start:
        given["startTime"] = clock(start)
    if end:
        given["endTime"] = clock(end)
    return TimeWindow.model_validate(given)


def blocked(month: str, day: int, year: int | None = None) -> BlockedDate:
    return BlockedDate.model_validate({"month": month, "dayOfMonth": day, "year": year})


def calendar(*windows: TimeWindow, closures: Closures | None = None) -> Calendar:
    return Calendar.of(windows, closures or Closures())


OFFICE = calendar(*(window(day, "9:00", "17:00") for day in WEEKDAYS))


def put_off(calendar: Calendar, local: str, chance: float = 0, zone: ZoneInfo = STOCKHOLM) -> str:
    """To when, as clocks in the zone show it, and why; "now" when it is not."""
    at = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    held = calendar.put_off(at, zone, chance)
    if held is None:
        return "now"
    return f"{held.until.astimezone(zone):%a %Y-%m-%d %H:%M} {held.why}"


@pytest.mark.parametrize(
    ("due", "then"),
    [
        # Within the hours it is done at once; their end is outside.
        ("2026-03-02T09:00", "now"),
        ("2026-03-02T16:59", "now"),
        ("2026-03-02T17:00", "Tue 2026-03-03 09:00 outside_hours"),
        # Before the hours of an allowed day: their beginning on that day.
        ("2026-03-02T06:30", "Mon 2026-03-02 09:00 outside_hours"),
        # After them, the clock time is in no window: the earliest time of the next allowed day.
        ("2026-03-02T20:15", "Tue 2026-03-03 09:00 outside_hours"),
        ("2026-03-06T20:15", "Mon 2026-03-09 09:00 outside_hours"),
        # On the wrong day at a time within the hours: the same time on the next allowed day.
        ("2026-03-07T11:20", "Mon 2026-03-09 11:20 outside_hours"),
        ("2026-03-08T16:59", "Mon 2026-03-09 16:59 outside_hours"),
        # On the wrong day outside the hours: the earliest time of the next allowed day.
        ("2026-03-07T20:00", "Mon 2026-03-09 09:00 outside_hours"),
        ("2026-03-08T03:00", "Mon 2026-03-09 09:00 outside_hours"),
    ],
)
def test_outside_the_hours_a_step_moves_to_the_same_time_or_the_earliest(
    due: str, then: str
) -> None:
    assert put_off(OFFICE, due) == then


def test_without_hours_it_acts_at_any_time() -> None:
    assert put_off(calendar(), "2026-03-07T03:00") == "now"
    assert calendar().always
    assert not OFFICE.always


def test_a_day_may_have_several_windows_and_touching_ones_are_one() -> None:
    split = calendar(window("MONDAY", "9:00", "11:00"), window("MONDAY", "13:00", "17:00"))
    assert put_off(split, "2026-03-02T12:00") == "Mon 2026-03-02 13:00 outside_hours"
    assert put_off(split, "2026-03-03T12:00") == "Mon 2026-03-09 09:00 outside_hours"
    assert put_off(split, "2026-03-03T14:00") == "Mon 2026-03-09 14:00 outside_hours"
    touching = calendar(window("MONDAY", "13:00"), window("MONDAY", "9:00", "13:00"))
    late = touching.put_off(datetime(2026, 3, 3, 11, 59, tzinfo=UTC), STOCKHOLM, 0.9)
    assert late is not None
    assert late.until.astimezone(STOCKHOLM).strftime("%H:%M") == "13:12"


def test_a_window_may_go_to_the_end_of_the_day() -> None:
    evening = calendar(window("MONDAY", "22:00", "0:00"), window("TUESDAY", "0:00", "2:00"))
    assert put_off(evening, "2026-03-02T23:59") == "now"
    assert put_off(evening, "2026-03-03T01:59") == "now"
    assert put_off(evening, "2026-03-03T02:00") == "Mon 2026-03-09 22:00 outside_hours"


def test_those_put_off_are_spread_over_a_quarter_of_an_hour_within_the_window() -> None:
    due = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
    first, last = OFFICE.put_off(due, STOCKHOLM, 0), OFFICE.put_off(due, STOCKHOLM, 0.999999)
    assert first is not None
    assert last is not None
    assert first.until == datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
    assert first.until + SPREAD - timedelta(seconds=1) < last.until < first.until + SPREAD
    # Five minutes before the end there are five minutes left.
    assert put_off(OFFICE, "2026-03-07T16:55", 0.999) == "Mon 2026-03-09 16:59 outside_hours"
    short = calendar(window("MONDAY", "9:00", "9:01"))
    assert put_off(short, "2026-03-03T03:00", 0.999) == "Mon 2026-03-09 09:00 outside_hours"


def test_pause_dates_move_a_step_to_the_same_time_of_the_next_open_day() -> None:
    once = Closures.of([blocked("MARCH", 3, 2026)], [])
    closed = calendar(*(window(day, "9:00", "17:00") for day in WEEKDAYS), closures=once)
    assert put_off(closed, "2026-03-03T10:00") == "Wed 2026-03-04 10:00 pause_date"
    assert put_off(closed, "2026-03-02T18:00") == "Wed 2026-03-04 09:00 outside_hours"
    assert put_off(closed, "2027-03-03T10:00") == "now"


def test_pause_dates_alone_leave_every_hour_of_the_other_days() -> None:
    yearly = calendar(closures=Closures.of([blocked("DECEMBER", 25)], []))
    assert put_off(yearly, "2026-12-25T02:10") == "Sat 2026-12-26 02:10 pause_date"
    assert put_off(yearly, "2031-12-25T23:59", 0.999) == "Fri 2031-12-26 23:59 pause_date"
    assert put_off(yearly, "2026-12-24T23:59") == "now"


def test_holidays_of_two_countries() -> None:
    def of(*calendars: dict[str, str]) -> Calendar:
        chosen = [HolidayCalendar.model_validate(each) for each in calendars]
        return calendar(closures=Closures.of([], chosen))

    sweden, england = {"country": "SE"}, {"country": "GB", "subdivision": "ENG"}
    # Midsummer's Day and Sweden's national day; the summer bank holiday.
    assert put_off(of(sweden), "2026-06-06T12:00") == "Sun 2026-06-07 12:00 holiday"
    assert put_off(of(sweden), "2026-08-31T12:00") == "now"
    assert put_off(of(england), "2026-06-06T12:00") == "now"
    assert put_off(of(england), "2026-08-31T12:00") == "Tue 2026-09-01 12:00 holiday"
    both = of(sweden, england)
    assert put_off(both, "2026-06-06T12:00") == "Sun 2026-06-07 12:00 holiday"
    assert put_off(both, "2026-08-31T12:00") == "Tue 2026-09-01 12:00 holiday"
    # Christmas Day to Boxing Day, then an ordinary Sunday.
    assert put_off(both, "2026-12-25T09:30") == "Sun 2026-12-27 09:30 holiday"


def test_in_spring_a_window_that_the_clocks_leap_over_is_none() -> None:
    night = calendar(*(window(day, "2:00", "3:00") for day in ("SATURDAY", "SUNDAY", "MONDAY")))
    assert put_off(night, "2026-03-28T12:00") == "Mon 2026-03-30 02:00 outside_hours"
    half = calendar(window("SUNDAY", "2:30", "4:00"))
    assert put_off(half, "2026-03-28T12:00") == "Sun 2026-03-29 03:00 outside_hours"


def test_in_autumn_an_hour_that_comes_twice_counts_the_first_time() -> None:
    half = calendar(window("SUNDAY", "2:30", "4:00"))
    held = half.put_off(datetime(2026, 10, 24, 12, 0, tzinfo=UTC), STOCKHOLM, 0)
    assert held is not None
    assert held.until == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    # From there it is open without a break, also when clocks show 02:10 once more.
    for minutes in range(150):
        assert half.put_off(held.until + timedelta(minutes=minutes), STOCKHOLM, 0) is None
    assert half.put_off(held.until + timedelta(minutes=150), STOCKHOLM, 0) is not None


def test_a_calendar_without_any_day_says_so() -> None:
    first = datetime(2024, 1, 1)
    days = [first + timedelta(days=number) for number in range(366)]
    all_of_them = [blocked(f"{day:%B}".upper(), day.day) for day in days]
    assert [each.code for each in Closures.of(all_of_them, []).problems("$")] == ["NO_DAY_LEFT"]
    assert Closures.of(all_of_them[1:], []).problems("$") == []
    with pytest.raises(OverflowError):
        calendar(closures=Closures.of(all_of_them, [])).put_off(
            datetime(2026, 1, 1, tzinfo=UTC), STOCKHOLM, 0
        )
