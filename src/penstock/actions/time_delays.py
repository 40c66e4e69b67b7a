"""A moment by its distance: so long from now, on certain weekdays, at a time of day."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from penstock.actions.durations import after, instant
from penstock.actions.moments import WEEK, TimeDelay, Weekday


def moment(delay: TimeDelay, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant so long from now (before it, if negative), in UTC.

    With weekdays, days are counted among them alone (business days), and after any other length the
    next of them is meant. The time of day is a civil one of the delay's zone, or of `zone`; it may
    lie before now.
    """
    zone = delay.zone(zone)
    days = frozenset(delay.days_of_week)
    among = bool(days) and delay.time_unit == "DAYS"
    if not days and delay.time_of_day is None:
        return after(now, delay.delta, delay.time_unit, zone)
    local = (now if among else after(now, delay.delta, delay.time_unit, zone)).astimezone(zone)
    day, clock = local.date(), local.time()
    if days:
        day = counted(day, delay.delta if among else 0, days)
    if delay.time_of_day is not None:
        clock = time(delay.time_of_day.hour, delay.time_of_day.minute)
    return instant(datetime.combine(day, clock.replace(tzinfo=None)), zone)


def counted(day: date, number: int, among: Collection[Weekday]) -> date:
    """So many of these weekdays after a day, or before it; 0: the day itself, or the next of them.

    At least one weekday is given.
    """
    weeks, rest = divmod(abs(number), len(among))
    back = number < 0
    if number == 0:
        while WEEK[day.weekday()] not in among:
            day += timedelta(days=1)
        return day
    # Whole weeks at once: a step further in the same direction counts one weekday at a time.
    if rest == 0:
        weeks, rest = weeks - 1, len(among)
    day += timedelta(weeks=-weeks if back else weeks)
    while rest:
        day += timedelta(days=-1 if back else 1)
        rest -= WEEK[day.weekday()] in among
    return day
