"""Dates and moments as people write them, read in the order that the file uses."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from penstock.imports.model import DateFormat
from penstock.kernel.texts import Text
from penstock.records.values import BadValue, instant_text

_DATE: Final = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})")
_COMPACT: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_MILLISECONDS: Final = re.compile(r"-?\d{11,15}")
_TIME: Final = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?"
    r"\s*([ap]\.?m\.?)?\s*(Z|UTC|[+-][01]\d:?(?:[0-5]\d)?)?",
    re.IGNORECASE,
)
_LONGEST: Final = 60
"""Characters; no date is longer, and patterns are not tried on what is."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_SAID: Final = {
    DateFormat.DAY_MONTH_YEAR: Text("day-month-year"),
    DateFormat.MONTH_DAY_YEAR: Text("month-day-year"),
    DateFormat.YEAR_MONTH_DAY: Text("year-month-day"),
}


def order_of(values: Iterable[str]) -> DateFormat | None:
    """The only order in which all dates make sense; None when there are none or several."""
    possible = set(DateFormat)
    year_first = False
    for value in values:
        match = _DATE.match(value)
        orders = {order for order in DateFormat if match and _in_order(match, order)}
        if DateFormat.YEAR_MONTH_DAY in orders:
            # Read alike in every order, it tells nothing of the others.
            year_first = True
        elif orders:
            possible &= orders
    if possible == set(DateFormat):
        return DateFormat.YEAR_MONTH_DAY if year_first else None
    return next(iter(possible)) if len(possible) == 1 else None


def date_text(text: str, order: DateFormat | None) -> str:
    """The canonical text of a day; a time after it is passed over. Raises BadValue."""
    if _MILLISECONDS.fullmatch(text):
        return _since_epoch(text).date().isoformat()
    day, rest = _day(text, order)
    if rest and not _TIME.fullmatch(rest):
        raise _bad(text, order)
    return day.isoformat()


def moment_text(text: str, order: DateFormat | None, zone: ZoneInfo) -> str:
    """The canonical text of an instant; without a time it is the day's beginning in `zone`.

    Raises BadValue.
    """
    if _MILLISECONDS.fullmatch(text):
        return instant_text(_since_epoch(text))
    day, rest = _day(text, order)
    moment = datetime.combine(day, time.min, zone)
    if rest:
        match = _TIME.fullmatch(rest)
        if match is None:
            raise _bad(text, order)
        moment = datetime.combine(day, _clock(match, text, order), _zone(match[6]) or zone)
    try:
        return instant_text(moment)
    except OverflowError:
        raise _bad(text, order) from None


def _since_epoch(text: str) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=int(text))
    except OverflowError:
        raise _bad(text, None) from None


def _day(text: str, order: DateFormat | None) -> tuple[date, str]:
    """The day at the beginning of a text, and what follows it."""
    match = _DATE.match(text) if len(text) <= _LONGEST else None
    if match is None:
        compact = _COMPACT.fullmatch(text)
        found = _date(*map(int, compact.groups())) if compact else None
        if found is None:
            raise _bad(text, order)
        return found, ""
    rest = text[match.end() :]
    if rest[:1].isdigit():
        raise _bad(text, order)
    # A year first is the same in every order.
    orders = {order, DateFormat.YEAR_MONTH_DAY} if order else set(DateFormat)
    days = {day for each in orders if (day := _in_order(match, each))}
    if len(days) > 1:
        raise BadValue(
            Text(
                'it is not clear which day "{value}" is: choose the order of day and month',
                value=text,
            ),
            "AMBIGUOUS_DATE",
        )
    if not days:
        raise _bad(text, order)
    return days.pop(), rest.removeprefix("T").strip().removeprefix(",").strip()


def _in_order(match: re.Match[str], order: DateFormat) -> date | None:
    first, second, third = match[1], match[3], match[4]
    year, month, day = {
        DateFormat.DAY_MONTH_YEAR: (third, second, first),
        DateFormat.MONTH_DAY_YEAR: (third, first, second),
        DateFormat.YEAR_MONTH_DAY: (first, second, third),
    }[order]
    if len(year) != 4 or len(month) > 2 or len(day) > 2:
        return None
    return _date(int(year), int(month), int(day))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(match: re.Match[str], text: str, order: DateFormat | None) -> time:
    hour = int(match[1])
    half = (match[5] or "").lower()
    if half and not 1 <= hour <= 12:
        raise _bad(text, order)
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        microseconds = int((match[4] or "0").ljust(6, "0"))
        return time(hour, int(match[2]), int(match[3] or 0), microseconds)
    except ValueError:
        raise _bad(text, order) from None


def _zone(said: str | None) -> timezone | None:
    if not said:
        return None
    if said.upper() in {"Z", "UTC"}:
        return UTC
    digits = said[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if said.startswith("-") else offset)


def _bad(text: str, order: DateFormat | None) -> BadValue:
    if order is None:
        reason = Text('"{value}" is not a date: write it as 2026-01-31', value=text)
    else:
        reason = Text(
            '"{value}" is not a date written {order} with a year of four digits',
            value=text,
            order=_SAID[order],
        )
    return BadValue(reason, "INVALID_DATE")
