"""F8: every zone and every change of its clocks from 2024 to 2032: windows and delays end, and what
was put off is done once, inside the window.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest

from penstock.actions.durations import after
from penstock.filters.civil import instant
from penstock.triggers.schedule import SCHEDULES, WEEK
from penstock.workflows.windows import SPREAD, Calendar, TimeWindow
from tests.story import Story, all_of, any_of, delay, set_property, when

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)
DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(milliseconds=1)
AROUND = [timedelta(minutes=minutes) for minutes in range(-27 * 60, 27 * 60, 77)]


class Change(NamedTuple):
    """Clocks change at `at`, from one offset to another."""

    at: datetime
    before: timedelta
    after: timedelta


def offset(zone: ZoneInfo, at: datetime) -> timedelta:
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes(zone: ZoneInfo) -> Iterator[Change]:
    low = FIRST
    known = offset(zone, low)
    while low < LAST:
        high = low + 7 * DAY  # no zone changes its clocks twice within a week
        there = offset(zone, high)
        if there != known:
            left, right = low, high
            while right - left > timedelta(seconds=1):
                middle = left + (right - left) / 2
                left, right = (middle, right) if offset(zone, middle) == known else (left, middle)
            right = right.replace(microsecond=0)
            yield Change(right, known, there)
        low, known = high, there


@cache
def rules() -> dict[tuple[timedelta, tuple[Change, ...]], list[str]]:
    """All zones, those that change their clocks alike together."""
    found: dict[tuple[timedelta, tuple[Change, ...]], list[str]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        found.setdefault((offset(zone, FIRST), tuple(changes(zone))), []).append(name)
    return found


@cache
def examples() -> list[tuple[ZoneInfo, Change]]:
    """Every change, but one alone of those at which clocks of the same offsets change at the same
    hour of the week: from there on they show the same."""
    found: dict[tuple[timedelta, timedelta, int, time], tuple[ZoneInfo, Change]] = {}
    for (_, changed), names in rules().items():
        for change in changed:
            shown = (change.at + change.before).replace(tzinfo=None)
            near = [other.at - change.at for other in changed if other != change]
            assert all(abs(away) > 20 * DAY for away in near), "they do not meet"
            key = (change.before, change.after, shown.weekday(), shown.time())
            found.setdefault(key, (ZoneInfo(names[0]), change))
    return list(found.values())


def test_the_table_has_every_zone() -> None:
    names = [name for alike in rules().values() for name in alike]
    assert sorted(names) == sorted(available_timezones())
    assert len(names) > 500
    assert {len(found) for _, found in rules()} > {0, 18}


def windows(zone: ZoneInfo, change: Change) -> Iterator[tuple[time, time]]:
    """Spans of clock time around a change: within the gap or the repeated hour, across, beside."""
    shown = [(change.at + each).replace(tzinfo=None) for each in (change.before, change.after)]
    first, last = min(shown), max(shown)
    half = (last - first) / 2
    quarter = timedelta(minutes=half // timedelta(minutes=2))
    for start, end in (
        (first, last),
        (first + quarter, last - quarter),
        (first + half, last + HOUR),
        (first - HOUR, first + half),
        (first - HOUR, last + HOUR),
        (last, last + HOUR),
        (first - HOUR, first),
    ):
        if start.date() == end.date() or end.time() == time():
            yield start.time(), end.time()


def calendar(start: time, end: time, *days: str) -> Calendar:
    def clock(at: time) -> dict[str, int]:
        return {"hour": at.hour, "minute": at.minute}

    return Calendar(
        Calendar.of(
            [
                TimeWindow.model_validate(
                    {"day": day, "startTime": clock(start), "endTime": clock(end)}
                )
                for day in days or WEEK
            ],
            Calendar().closures,
        ).hours
    )


def is_open(at: datetime, start: time, end: time, zone: ZoneInfo) -> bool:
    """Whether an instant lies between those that the clock times of one of the days stand for."""
    today = at.astimezone(zone).date()
    for day in (today - DAY, today, today + DAY):
        last = day if end != time() else day + DAY
        if moment(day, start, zone) <= at < moment(last, end, zone):
            return True
    return False


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return instant(datetime.combine(day, clock), zone)


def test_what_is_put_off_is_done_once_inside_the_window() -> None:
    tried = 0
    for zone, change in examples():
        for start, end in windows(zone, change):
            every_day = calendar(start, end)
            for number, away in enumerate(AROUND):
                due, chance = change.at + away, 0.999 * (number % 2)
                held = every_day.put_off(due, zone, chance)
                place = (zone, due, start, end, held)
                assert (held is None) == is_open(due, start, end, zone), place
                if held is None:
                    continue
                tried += 1
                assert due < held.until, place
                # The day of the change may have no such window; no more than one day is lost.
                assert held.until < due + 3 * DAY, place
                assert is_open(held.until, start, end, zone), place
                assert every_day.put_off(held.until, zone, chance) is None, place
    assert tried > 10_000


def test_one_day_a_week_ends_too() -> None:
    for zone, change in examples():
        day = WEEK[change.at.astimezone(zone).weekday()]
        for start, end in windows(zone, change):
            weekly = calendar(start, end, day)
            for away in AROUND[::6]:
                held = weekly.put_off(change.at + away, zone, 0.5)
                if held is not None:
                    assert change.at + away < held.until < change.at + away + 15 * DAY
                    assert weekly.put_off(held.until, zone, 0.5) is None


def test_delays_end_in_order_at_their_clock_time() -> None:
    for zone, change in examples():
        for unit, amount in (("HOURS", 3), ("DAYS", 1), ("WEEKS", 1), ("MONTHS", 1)):
            ends = [
                after(change.at + away, amount, unit, zone)  # type: ignore[arg-type]
                for away in AROUND
            ]
            starts = [change.at + away for away in AROUND]
            assert all(start < end for start, end in zip(starts, ends, strict=True))
            if unit == "HOURS":
                assert ends == [start + 3 * HOUR for start in starts]
                continue
            for start, end in zip(starts, ends, strict=True):
                local, then = start.astimezone(zone), end.astimezone(zone)
                same = then.time() == local.time()
                # Else the clock time was leapt over: it is the first instant after the gap.
                leapt = offset(zone, end) > offset(zone, end - TICK)
                assert same or leapt, (zone, start, end)
                assert then.fold == 0, (zone, start, end)


@pytest.mark.parametrize("clock", [(0, 0), (2, 30), (23, 45)])
def test_a_daily_schedule_fires_once_a_day(clock: tuple[int, int]) -> None:
    daily = SCHEDULES["DAILY"].model_validate(
        {"type": "DAILY", "timeOfDay": {"hour": clock[0], "minute": clock[1]}}
    )
    for zone, change in examples():
        at, found = change.at - 3 * DAY, []
        for _ in range(6):
            following = daily.after(at, zone)
            assert following is not None
            assert at < following <= at + DAY + 3 * HOUR
            found.append(following)
            at = following
        first = found[0].astimezone(zone).date()
        # One that is leapt over late in the evening comes with the next day's midnight.
        days = [first + number * DAY for number in range(6)]
        assert found == [moment(day, time(*clock), zone) for day in days], (zone, change)


def test_they_are_spread_by_a_quarter_of_an_hour_at_most() -> None:
    for zone, change in examples():
        held = calendar(time(9), time(17)).put_off(change.at, zone, 0.999)
        if held is not None:
            begins = moment(held.until.astimezone(zone).date(), time(9), zone)
            assert held.until - begins < SPREAD or held.until.astimezone(zone).time() > time(9, 15)


CLOCKS = [
    "2026-03-29T01:00",  # forward in Europe
    "2026-04-04T16:00",  # back in Australia, half an hour on Lord Howe Island
    "2026-09-06T04:00",  # forward in Chile, at midnight
    "2026-11-01T06:00",  # back in America, at midnight in Cuba
]


@pytest.mark.parametrize("changing", CLOCKS)
async def test_one_record_in_every_zone_waits_a_day_and_acts_once_inside_the_window(
    story: Story, changing: str
) -> None:
    """Turns come every two hours; the window is from one to five in the zone of each record."""
    start, end = time(1), time(5)
    hours = {"startTime": {"hour": 1}, "endTime": {"hour": 5}}
    flow = await story.workflow(
        when(all_of(any_of("lifecyclestage", "lead"))),
        [delay("1", 1, "DAYS"), set_property("2", "hs_lead_status", "NEW")],
        timeWindows=[{"day": day, **hours} for day in WEEK],
        timeZone={"type": "RECORD_PROPERTY", "propertyName": "city"},
    )
    await story.turn_on(flow)
    begun = datetime.fromisoformat(changing).replace(tzinfo=UTC) - 30 * HOUR
    story.clock.go_to(begun)
    names = sorted(available_timezones())
    ids = await story.create("contacts", *({"lifecyclestage": "lead", "city": n} for n in names))
    await story.rest()
    rows = await story.query(
        "SELECT e.record_id, t.due_at FROM timers t JOIN enrollments e ON e.id = t.enrollment_id"
    )
    zones = {id: ZoneInfo(name) for id, name in zip(ids, names, strict=True)}
    assert {row[0]: row[1].astimezone(UTC) for row in rows} == {
        id: after(begun, 1, "DAYS", zone) for id, zone in zones.items()
    }
    for _ in range(40):
        await story.pass_time(hours=2)
        if (await story.counts(flow)).get("finished") == len(names):
            break
    done = await story.query(
        "SELECT record_id, at FROM journal WHERE step = '2' AND kind = 'succeeded'"
    )
    assert sorted(row[0] for row in done) == sorted(ids)
    for id, at in done:
        assert is_open(at.astimezone(UTC), start, end, zones[id]), (zones[id], at)
    assert await story.verify() == []
