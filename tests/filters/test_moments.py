"""Moments that move: always forwards, at the pace they say, and never ahead of their reach."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from penstock.filters import civil
from penstock.filters.moments import Moving, Shift
from penstock.filters.sql import Slots
from tests.filters.bench import examples

TICK = timedelta(milliseconds=1)
ZONES = sorted(available_timezones() - {"localtime"})

zones = st.sampled_from(ZONES)
nows = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31)).map(
    lambda now: now.replace(microsecond=0, tzinfo=UTC)
)
moments = st.builds(
    Moving,
    unit=st.sampled_from([None, "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]),
    shift=st.builds(
        Shift,
        months=st.integers(-30, 30),
        days=st.integers(-40, 40),
        elapsed=st.integers(-100_000, 100_000).map(lambda seconds: timedelta(seconds=seconds)),
    ),
    weekday=st.integers(0, 6),
    day_of_month=st.integers(1, 31),
)


@cache
def near_a_transition(zone: str, now: datetime) -> datetime:
    """The next change of the zone's clocks within 300 days, or `now`."""
    look = ZoneInfo(zone)
    for week in range(40):
        start, end = now + timedelta(weeks=week), now + timedelta(weeks=week + 1)
        if start.astimezone(look).utcoffset() != end.astimezone(look).utcoffset():
            return civil.first_change(lambda at: at.astimezone(look).utcoffset(), start, end)
    return now


@examples(500)
@given(moments, zones, nows, st.integers(0, 7200), st.integers(0, 200_000), st.booleans())
def test_a_moment_never_goes_back(
    moment: Moving, zone: str, now: datetime, before: int, after: int, shift: bool
) -> None:
    start = near_a_transition(zone, now) if shift else now
    start -= timedelta(seconds=before)
    earlier = moment.at(Slots(zone, start))
    later = moment.at(Slots(zone, start + timedelta(seconds=after)))
    assert earlier <= later
    assert later <= start + timedelta(seconds=after) + moment.reach


@examples(500)
@given(moments, zones, nows, st.integers(0, 7200), st.floats(0, 1), st.booleans())
def test_until_it_jumps_a_moment_keeps_its_pace(
    moment: Moving, zone: str, now: datetime, before: int, share: float, shift: bool
) -> None:
    start = near_a_transition(zone, now) if shift else now
    start -= timedelta(seconds=before)
    slots = Slots(zone, start)
    until, pace = moment.until(slots), moment.pace(slots)
    assert until > start
    between = start + (until - TICK - start) * share // TICK * TICK
    expected = moment.at(slots) if pace is None else between + pace
    assert moment.at(Slots(zone, between)) == expected
    day_until = moment.day_until(slots)
    assert day_until > start
    between = start + (day_until - TICK - start) * share // TICK * TICK
    assert moment.day(Slots(zone, between)) == moment.day(slots)


def test_a_month_without_such_a_day_counts_as_over() -> None:
    a_month_on = Moving(shift=Shift(months=1))

    def at(day: int, hour: int) -> datetime:
        return a_month_on.at(Slots("UTC", datetime(2026, 3, day, hour, tzinfo=UTC)))

    over = datetime(2026, 4, 30, 23, 59, 59, 999000, tzinfo=UTC)
    assert at(30, 23) == datetime(2026, 4, 30, 23, tzinfo=UTC)
    assert at(31, 0) == at(31, 23) == over


def test_what_clocks_never_show_is_the_end_of_the_gap() -> None:
    stockholm, lord_howe = ZoneInfo("Europe/Stockholm"), ZoneInfo("Australia/Lord_Howe")
    gap = datetime(2026, 3, 29, 2, 30)
    assert civil.instant(gap, stockholm) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    # Half an hour is left out there.
    gap = datetime(2026, 10, 4, 2, 10)
    assert civil.instant(gap, lord_howe) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    # Samoa left out a whole day.
    gap = datetime(2011, 12, 30, 12, 0)
    assert civil.instant(gap, ZoneInfo("Pacific/Apia")) == datetime(2011, 12, 30, 10, 0, tzinfo=UTC)


def test_what_clocks_show_twice_is_the_first_time() -> None:
    twice = datetime(2026, 10, 25, 2, 30)
    assert civil.instant(twice, ZoneInfo("Europe/Stockholm")) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_clocks_stand_while_an_hour_is_repeated() -> None:
    stockholm = ZoneInfo("Europe/Stockholm")
    for minute in (0, 30, 59):
        second = datetime(2026, 10, 25, 1, minute, tzinfo=UTC)
        assert civil.wall(second, stockholm) == datetime(2026, 10, 25, 2, 59, 59, 999000)
    after = datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert civil.wall(after, stockholm) == datetime(2026, 10, 25, 3, 0)
