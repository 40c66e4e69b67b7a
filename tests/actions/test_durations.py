"""Lengths of time: what elapses, and what is civil."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

from penstock.actions.durations import after, instant

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_hours_elapse_whatever_the_clocks_do() -> None:
    before = at("2026-03-28T23:30")
    assert after(before, 5, "HOURS", STOCKHOLM) == at("2026-03-29T04:30")


def test_a_day_keeps_the_clock_time_over_a_change_of_the_clocks() -> None:
    # 12:00 in Stockholm is 11:00 UTC in winter and 10:00 UTC in summer.
    assert after(at("2026-03-28T11:00"), 1, "DAYS", STOCKHOLM) == at("2026-03-29T10:00")
    assert after(at("2026-10-24T10:00"), 1, "DAYS", STOCKHOLM) == at("2026-10-25T11:00")


def test_a_month_ends_on_its_last_day() -> None:
    zone = ZoneInfo("UTC")
    assert after(at("2026-01-31T08:00"), 1, "MONTHS", zone) == at("2026-02-28T08:00")
    assert after(at("2028-02-29T08:00"), 1, "YEARS", zone) == at("2029-02-28T08:00")
    assert after(at("2026-03-31T08:00"), -1, "MONTHS", zone) == at("2026-02-28T08:00")


def test_a_local_time_that_does_not_exist_runs_at_the_first_instant_after_the_gap() -> None:
    assert instant(datetime(2026, 3, 29, 2, 30), STOCKHOLM) == at("2026-03-29T01:00")


def test_a_local_time_that_exists_twice_runs_at_the_first() -> None:
    assert instant(datetime(2026, 10, 25, 2, 30), STOCKHOLM) == at("2026-10-25T00:30")


def test_every_hour_of_every_zone_has_an_instant_no_earlier_than_the_hour_before() -> None:
    days = ((3, 8), (3, 29), (4, 5), (10, 4), (10, 25), (11, 1))
    for zone in sorted(available_timezones()):
        place = ZoneInfo(zone)
        for month, day in days:
            moments = [instant(datetime(2026, month, day, hour, 30), place) for hour in range(24)]
            assert moments == sorted(moments), (zone, month, day)
