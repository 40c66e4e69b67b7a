"""A slow and plain judge of filters, written from what they should mean and not from their SQL."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

MINUTE = timedelta(minutes=1)
TICK = timedelta(milliseconds=1)
MONTHS = "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER"
WEEKDAYS = "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY"

Record = dict[str, Any]


def judge(part: dict[str, Any], record: Record, now: datetime, zone: str) -> bool:
    """Whether a record with these canonical values matches the document."""
    if "filterBranchType" in part:
        inner = [*part.get("filters", []), *part.get("filterBranches", [])]
        answers = [judge(each, record, now, zone) for each in inner]
        return {
            "OR": any(answers),
            "AND": all(answers),
            "NOT_ALL": not all(answers),
            "NOT_ANY": not any(answers),
        }[part["filterBranchType"]]
    if part["filterType"] == "CONSTANT":
        return bool(part["shouldAccept"])
    operation = {key: known(each, record) for key, each in part["operation"].items()}
    value = record.get(part["property"])
    if operation["operationType"] == "ALL_PROPERTY":
        return about_presence(operation["operator"], value)
    if operation["operator"].startswith("HAS_"):
        return about_past(operation, part["property"], record)
    if "UPDATED" in operation["operationType"] or operation.get("propertyParser") == "UPDATED_AT":
        return about_update(operation, part["property"], record, now, zone)
    if value is None:
        return bool(operation["includeObjectsWithNoValueSet"])
    if operation["operationType"].startswith("COMPARATIVE_"):
        other = record.get(operation["comparisonPropertyName"])
        return other is not None and compare(operation["operator"], plain(value), plain(other))
    if operation.get("propertyParser") == "ANNIVERSARY":
        return about_anniversary(operation, value, now, zone)
    return ask(operation, value, now, zone)


def known(part: Any, record: Record) -> Any:
    """A time point that refers to another property, as what that property holds."""
    if isinstance(part, dict) and part.get("timeType") == "PROPERTY_REFERENCED":
        return {"timeType": "KNOWN", "at": record.get(part["property"])}
    return part


def about_anniversary(operation: dict[str, Any], value: str, now: datetime, zone: str) -> bool:
    """A range may lie in another year than now."""
    day = date.fromisoformat(value[:10])
    this = now.astimezone(ZoneInfo(zone)).year
    years = [this - 1, this, this + 1] if operation["operationType"] == "TIME_RANGED" else [this]
    days = [(day + relativedelta(year=year)).isoformat() for year in years]
    answers = [ask(operation, each, now, zone) for each in days]
    return all(answers) if operation["operator"] == "IS_NOT_BETWEEN" else any(answers)


def about_past(operation: dict[str, Any], name: str, record: Record) -> bool:
    """Whether it is or was so of any value; never is that it was so of none."""
    was = [changed[name] for _, changed in record.get("$history", ()) if name in changed]
    values = [value for value in [*was, record.get(name)] if value is not None]
    if not values:
        return bool(operation["includeObjectsWithNoValueSet"])
    now_words = {
        "BEEN_EQUAL_TO": "IS_EQUAL_TO",
        "CONTAINED": "CONTAINS",
        "BEEN_ANY_OF": "IS_ANY_OF",
        "BEEN_EXACTLY": "IS_EXACTLY",
        "CONTAINED_ALL": "CONTAINS_ALL",
    }
    _, how, what = operation["operator"].split("_", 2)
    present = {**operation, "operator": now_words[what]}
    answer = any(ask(present, value, datetime.now(UTC), "UTC") for value in values)
    return answer == (how == "EVER")


def about_update(
    operation: dict[str, Any], name: str, record: Record, now: datetime, zone: str
) -> bool:
    def last(name: str) -> datetime | None:
        return max(
            (at for at, changed in record.get("$history", ()) if name in changed), default=None
        )

    at = last(name)
    if at is None:
        return bool(operation["includeObjectsWithNoValueSet"])
    if operation["operationType"] == "COMPARATIVE_PROPERTY_UPDATED":
        other = last(operation["comparisonPropertyName"])
        return other is not None and compare(operation["operator"], at, other)
    if operation["operationType"] == "ROLLING_PROPERTY_UPDATED":
        today = now.astimezone(ZoneInfo(zone)).date()
        recent = begins(today - timedelta(days=operation["numberOfDays"]), zone) <= at <= now
        return recent == (operation["operator"] == "UPDATED_IN_LAST_X_DAYS")
    return about_time(operation, at.isoformat(), now, zone)


def plain(value: Any) -> Any:
    """A value in a form that compares: text without regard to case, dates as instants."""
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return datetime.fromisoformat(f"{value}T00:00:00Z")
    return datetime.fromisoformat(value) if re.match(r"\d{4}-\d\d-\d\dT", value) else value.lower()


def compare(operator: str, value: Any, other: Any) -> bool:
    tests = {
        "IS_EQUAL_TO": lambda: value == other,
        "IS_NOT_EQUAL_TO": lambda: value != other,
        "IS_BEFORE": lambda: value < other,
        "IS_AFTER": lambda: value > other,
        "IS_GREATER_THAN": lambda: value > other,
        "IS_GREATER_THAN_OR_EQUAL_TO": lambda: value >= other,
        "IS_LESS_THAN": lambda: value < other,
        "IS_LESS_THAN_OR_EQUAL_TO": lambda: value <= other,
        "CONTAINS": lambda: other in value,
        "DOES_NOT_CONTAIN": lambda: other not in value,
        "STARTS_WITH": lambda: value.startswith(other),
        "ENDS_WITH": lambda: value.endswith(other),
    }
    return bool(tests[operator]())


def about_presence(operator: str, value: Any) -> bool:
    known = value is not None
    visible = known and str(value).strip() != ""
    return {
        "IS_KNOWN": known,
        "IS_UNKNOWN": not known,
        "IS_BLANK": not visible,
        "IS_NOT_BLANK": visible,
    }[operator]


def ask(operation: dict[str, Any], value: Any, now: datetime, zone: str) -> bool:
    kind, operator = operation["operationType"], operation["operator"]
    if kind == "BOOL":
        return (value == operation["value"]) == (operator == "IS_EQUAL_TO")
    if kind in {"STRING", "MULTISTRING"}:
        return about_text(operator, value, operation.get("values") or [operation["value"]])
    if kind in {"NUMBER", "NUMBER_RANGED"}:
        return about_number(operation, Decimal(value))
    if kind == "ENUMERATION":
        return about_options(operator, value, set(operation["values"]))
    return about_time(operation, value, now, zone)


def about_text(operator: str, value: str, words: list[str]) -> bool:
    text, wanted = value.lower(), [word.lower() for word in words]
    tests = {
        "IS_EQUAL_TO": lambda word: text == word,
        "CONTAINS": lambda word: word in text,
        "STARTS_WITH": text.startswith,
        "ENDS_WITH": text.endswith,
        "CONTAINS_EXACTLY": lambda word: contains_words(text, word),
    }
    positive = {
        "IS_NOT_EQUAL_TO": "IS_EQUAL_TO",
        "DOES_NOT_CONTAIN": "CONTAINS",
        "DOES_NOT_CONTAIN_EXACTLY": "CONTAINS_EXACTLY",
    }
    answer = any(map(tests[positive.get(operator, operator)], wanted))
    return not answer if operator in positive else answer


def contains_words(text: str, phrase: str) -> bool:
    def of_a_word(character: str) -> bool:
        return character == "_" or unicodedata.category(character)[0] in "LN"

    for found in re.finditer(f"(?={re.escape(phrase)})", text):
        before, after = text[: found.start()], text[found.start() + len(phrase) :]
        glued = before and of_a_word(before[-1]) and of_a_word(phrase[0])
        glued = glued or (after and of_a_word(after[0]) and of_a_word(phrase[-1]))
        if not glued:
            return True
    return False


def about_number(operation: dict[str, Any], value: Decimal) -> bool:
    operator = operation["operator"]
    if operation["operationType"] == "NUMBER_RANGED":
        inside = Decimal(operation["lowerBound"]) <= value <= Decimal(operation["upperBound"])
        return inside == (operator == "IS_BETWEEN")
    wanted = Decimal(operation["value"])
    return {
        "IS_EQUAL_TO": value == wanted,
        "IS_NOT_EQUAL_TO": value != wanted,
        "IS_GREATER_THAN": value > wanted,
        "IS_GREATER_THAN_OR_EQUAL_TO": value >= wanted,
        "IS_LESS_THAN": value < wanted,
        "IS_LESS_THAN_OR_EQUAL_TO": value <= wanted,
    }[operator]


def about_options(operator: str, value: str | list[str], wanted: set[str]) -> bool:
    chosen = set(value) if isinstance(value, list) else {value}
    return {
        "IS_ANY_OF": bool(chosen & wanted),
        "IS_NONE_OF": not chosen & wanted,
        "IS_EXACTLY": chosen == wanted,
        "IS_NOT_EXACTLY": chosen != wanted,
        "CONTAINS_ALL": chosen >= wanted,
        "DOES_NOT_CONTAIN_ALL": not chosen >= wanted,
    }[operator]


def about_time(operation: dict[str, Any], value: str, now: datetime, zone: str) -> bool:
    """Instants are compared as instants; a day is compared with the days of the moments."""
    kind, operator = operation["operationType"], operation["operator"]
    is_day = len(value) == 10
    place: Any = date.fromisoformat(value) if is_day else datetime.fromisoformat(value)

    def seen(moment: tuple[datetime, str] | None) -> Any:
        if moment is None:
            return None
        return moment[0].astimezone(ZoneInfo(moment[1])).date() if is_day else moment[0]

    if kind == "TIME_POINT":
        moment = seen(time_point(operation["timePoint"], now))
        if moment is None:
            return False
        if place == moment:
            return bool(operation["endpointBehavior"] == "INCLUSIVE")
        return bool((place < moment) == (operator == "IS_BEFORE"))
    if kind == "TIME_RANGED":
        lower = seen(time_point(operation["lowerBoundTimePoint"], now))
        upper = seen(time_point(operation["upperBoundTimePoint"], now))
        low_in = operation["lowerBoundEndpointBehavior"] == "INCLUSIVE"
        high_in = operation["upperBoundEndpointBehavior"] == "INCLUSIVE"
        # Of an end that is not known nothing can be said; the other one may say enough.
        ends = [
            None if lower is None else place > lower or (low_in and place == lower),
            None if upper is None else place < upper or (high_in and place == upper),
        ]
        if None in ends and False not in ends:
            return False
        return bool((False not in ends) == (operator == "IS_BETWEEN"))
    if kind == "ROLLING_DATE_RANGE":
        where = zone if operation["requiresTimeZoneConversion"] else "UTC"
        return rolling(operator, operation["numberOfDays"], place, seen, now, where)
    if kind == "CALENDAR_DATE":
        return calendar(operation, place, seen, now, zone)
    return about_fixed(operation, place, seen, zone)


def rolling(operator: str, days: int, place: Any, seen: Any, now: datetime, zone: str) -> bool:
    today = now.astimezone(ZoneInfo(zone)).date()
    past = seen((begins(today - timedelta(days=days), zone), zone))
    future = seen((begins(today + timedelta(days=days), zone), zone))
    this = seen((now, zone))
    return bool(
        {
            "IS_LESS_THAN_X_DAYS_AGO": past <= place <= this,
            "IS_MORE_THAN_X_DAYS_AGO": place < past,
            "IS_LESS_THAN_X_DAYS_FROM_NOW": this <= place <= future,
            "IS_MORE_THAN_X_DAYS_FROM_NOW": place > future,
        }[operator]
    )


def calendar(operation: dict[str, Any], place: Any, seen: Any, now: datetime, zone: str) -> bool:
    unit, count = operation["timeUnit"], operation["timeUnitCount"]
    step = {
        "DAY": relativedelta(days=1),
        "WEEK": relativedelta(weeks=1),
        "MONTH": relativedelta(months=1),
        "QUARTER": relativedelta(months=3),
        "YEAR": relativedelta(years=1),
    }[unit]
    first = MONTHS.split().index(operation["fiscalYearStart"]) if operation["useFiscalYear"] else 0
    start = unit_start(unit, now.astimezone(ZoneInfo(zone)).date(), first)

    def at(units: int) -> Any:
        return seen((begins(start + step * units, zone), zone))

    def now_less(units: int) -> Any:
        return (
            seen((happens(moved(standing(now, zone), -step * units), zone), zone))
            if units
            else seen((now, zone))
        )

    operator = operation["operator"]
    if operator == "IN_THIS_TIME_UNIT":
        return bool(at(0) <= place < at(1))
    if operator == "IN_THIS_TIME_UNIT_SO_FAR":
        return bool(at(0) <= place <= now_less(0))
    if operator == "IN_LAST_TIME_UNIT":
        return bool(at(-count) <= place < at(0))
    if operator == "IN_LAST_TIME_UNIT_SO_FAR":
        return bool(at(-count) <= place <= now_less(count))
    return bool(at(1) <= place < at(1 + count))


def about_fixed(operation: dict[str, Any], place: Any, seen: Any, zone: str) -> bool:
    kind, operator = operation["operationType"], operation["operator"]
    if kind == "DATE":
        month = MONTHS.split().index(operation["month"]) + 1
        day = date(operation["year"], month, operation["day"])
        return about_day(operator, place, seen, day, zone)
    converted = operation["requiresTimeZoneConversion"]
    where = zone if converted else "UTC"
    moments = {
        key: happens(datetime.fromtimestamp(operation[key] / 1000, UTC).replace(tzinfo=None), where)
        for key in ("timestamp", "lowerBound", "upperBound")
        if key in operation
    }
    if kind == "RANGED_DATE":
        lower, upper = seen((moments["lowerBound"], where)), seen((moments["upperBound"], where))
        return bool((lower <= place <= upper) == (operator == "IS_BETWEEN"))
    moment = seen((moments["timestamp"], where))
    if operator == "IS_BEFORE":
        return bool(place < moment)
    if operator == "IS_AFTER":
        return bool(place > moment)
    day = datetime.fromtimestamp(operation["timestamp"] / 1000, UTC).date()
    words = {"IS_EQUAL_TO": "EQUAL", "IS_BEFORE_DATE": "BEFORE", "IS_AFTER_DATE": "AFTER"}
    return about_day(words[operator], place, seen, day, where)


def about_day(operator: str, place: Any, seen: Any, day: date, zone: str) -> bool:
    start = seen((begins(day, zone), zone))
    end = seen((begins(day + timedelta(days=1), zone), zone))
    return bool(
        {"EQUAL": start <= place < end, "BEFORE": place < start, "AFTER": place >= end}[operator]
    )


def time_point(point: dict[str, Any], now: datetime) -> tuple[datetime, str] | None:
    if point["timeType"] == "KNOWN":
        at = point["at"]
        return None if at is None else (instant_of(at), "UTC")
    zone = point["zoneId"]
    if point["timeType"] == "DATE":
        wall = datetime(point["year"], point["month"], point["day"], point["hour"])
        return happens(wall, zone), zone
    reference, offset = point["indexReference"], dict(point["offset"])
    elapsed = {key: offset.pop(key) for key in ("hours", "minutes") if key in offset}
    elapsed["milliseconds"] = offset.pop("milliseconds", 0)
    offset["months"] = offset.get("months", 0) + 3 * offset.pop("quarters", 0)
    kind = reference["referenceType"]
    if kind == "NOW" and not any(offset.values()):
        return now + timedelta(**elapsed), zone
    # Years and months first, then weeks and days: the order matters at the ends of months.
    months = relativedelta(months=offset["months"] + 12 * offset.get("years", 0))
    if kind == "NOW":
        wall = moved(standing(now, zone), months)
    else:
        wall = place_in_unit(reference, now, zone) + months
    wall += timedelta(days=offset.get("days", 0) + 7 * offset.get("weeks", 0))
    return happens(wall, zone) + timedelta(**elapsed), zone


def instant_of(value: str) -> datetime:
    """A day begins in UTC."""
    return datetime.fromisoformat(f"{value}T00:00:00Z" if len(value) == 10 else value)


def place_in_unit(reference: dict[str, Any], now: datetime, zone: str) -> datetime:
    kind = reference["referenceType"]
    day = now.astimezone(ZoneInfo(zone)).date()
    if kind != "TODAY":
        day = unit_start(kind, day, 0)
    if kind == "WEEK":
        day += timedelta(days=WEEKDAYS.split().index(reference["dayOfWeek"]))
    if kind in {"QUARTER", "YEAR"}:
        day += relativedelta(months=reference["month"] - 1, day=reference["day"])
    return datetime.combine(day, time(reference.get("hour", 0)))


def unit_start(unit: str, day: date, first_month: int) -> date:
    while not {
        "DAY": True,
        "WEEK": day.weekday() == 0,
        "MONTH": day.day == 1,
        "QUARTER": day.day == 1 and (day.month - 1 - first_month) % 3 == 0,
        "YEAR": day.day == 1 and day.month - 1 == first_month,
    }[unit]:
        day -= timedelta(days=1)
    return day


def moved(wall: datetime, step: relativedelta) -> datetime:
    """A month without such a day counts as over, so that nothing is passed twice."""
    there = wall + step
    if (step.months or step.years) and there.day != wall.day:
        return datetime.combine(there, time.max).replace(microsecond=999000)
    return there


def begins(day: date, zone: str) -> datetime:
    return happens(datetime.combine(day, time()), zone)


def happens(wall: datetime, zone: str) -> datetime:
    """The first time that clocks show it; if they never do, the first instant after the gap."""
    tried = wall
    while True:
        instant = tried.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == tried:
            return instant
        tried = tried.replace(second=0, microsecond=0) + MINUTE


def standing(now: datetime, zone: str) -> datetime:
    """What clocks show; while they repeat an hour, the last that they showed before."""
    instant = now
    while instant.astimezone(ZoneInfo(zone)).fold:
        instant = instant.replace(second=0, microsecond=0) - TICK
        if not instant.astimezone(ZoneInfo(zone)).fold:
            return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
