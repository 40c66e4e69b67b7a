"""Fields that several kinds of filters have: words, numbers and times, checked and exact."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from penstock.filters.moments import Fixed
from penstock.filters.nodes import Wire
from penstock.kernel.texts import Text
from penstock.records.model import Property
from penstock.records.values import BadValue, parse, text_of

MONTHS: Final = (
    "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER"
).split()

YEARS: Final = (1000, 9000)
"""Between them every zone, and a few thousand years, can be reckoned with."""

_LARGEST_ID: Final = 2**63 - 1

_NUMBER: Final = Property("value", "Value", type="number")
_INSTANT: Final = Property("value", "Value", type="datetime")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _word(raw: Any) -> str:
    text = "" if raw is None else text_of(raw)
    if not text:
        # Every text contains the empty one: a variable that came out empty would match them all.
        raise BadValue(Text("a value is needed, and it is empty"), "EMPTY_VALUE")
    return text


def _exact(raw: Any) -> int | Decimal:
    number = parse(_NUMBER, raw)
    if number is None:
        raise BadValue(Text("a value is needed, and it is empty"), "EMPTY_VALUE")
    exact: int | Decimal = number
    return exact


def at_instant(raw: Any) -> str | None:
    """The canonical text of an instant given as one, as a day, or in milliseconds since 1970."""
    instant: str | None = parse(_INSTANT, raw)
    if instant is None and raw is not None:
        raise BadValue(Text("a value is needed, and it is empty"), "EMPTY_VALUE")
    return instant


def _month(raw: Any) -> str:
    word = str(raw).strip().upper()
    if word.isdecimal() and 1 <= int(word) <= 12:
        return MONTHS[int(word) - 1]
    if word not in MONTHS:
        known = ", ".join(MONTHS)
        text = Text('"{value}" is not a month; there are: {known}', value=raw, known=known)
        raise BadValue(text, "INVALID_MONTH")
    return word


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        text = Text('"{value}" is not a time zone: write it as Europe/Stockholm', value=name)
        raise BadValue(text, "INVALID_TIME_ZONE") from None
    return name


def _milliseconds(number: int) -> int:
    try:
        inside = YEARS[0] <= (_EPOCH + timedelta(milliseconds=number)).year <= YEARS[1]
    except OverflowError:
        inside = False
    if not inside:
        text = Text('"{value}" is not a time: give the milliseconds since 1970', value=number)
        raise BadValue(text, "INVALID_DATE")
    return number


def _id(raw: Any) -> int:
    text = text_of(raw).strip()
    # Nothing has an id that the database could not hold.
    if not text.isascii() or not text.isdecimal() or int(text) > _LARGEST_ID:
        raise BadValue(Text('"{value}" is not an id: it is a number', value=raw), "INVALID_ID")
    return int(text)


def _once(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _edited_by(widget: str) -> Any:
    return Field(json_schema_extra={"widget": widget})


Word = Annotated[str, BeforeValidator(_word)]
Words = Annotated[list[Word], Field(min_length=1), AfterValidator(_once), _edited_by("texts")]
Id = Annotated[int, BeforeValidator(_id), PlainSerializer(str)]
"""A number, written as text."""
Exact = Annotated[int | Decimal, BeforeValidator(_exact), _edited_by("number")]
Month = Annotated[str, BeforeValidator(_month), _edited_by("month")]
Zone = Annotated[str, AfterValidator(_zone), _edited_by("time_zone")]
Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[1])]
Milliseconds = Annotated[int, AfterValidator(_milliseconds), _edited_by("moment")]
"""Since 1970."""


def fixed(milliseconds: int, *, convert: bool) -> Fixed:
    """The instant; or, to be converted, what clocks show in UTC at it, in the account's zone."""
    instant = _EPOCH + timedelta(milliseconds=milliseconds)
    return Fixed(instant.replace(tzinfo=None)) if convert else Fixed(instant, "UTC")


def shown(moment: Fixed) -> str:
    """For a sentence: the day, and the time unless it is midnight."""
    clock = moment.when.strftime("%H:%M:%S").removesuffix(":00")
    return f"{moment.when.date()}" if clock == "00:00" else f"{moment.when.date()} {clock}"


class Zoned(Wire):
    """Where clocks are read: in a zone of its own, or in the account's."""

    zone_id: Zone | None = None
    timezone_source: Literal["CUSTOM", "PORTAL", "USER"] | None = None

    def zone(self) -> str | None:
        return None if self.timezone_source == "PORTAL" else self.zone_id


class Clock(Wire):
    """A time of day, midnight unless said otherwise."""

    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    minute: Annotated[int, Field(ge=0, le=59)] | None = None
    second: Annotated[int, Field(ge=0, le=59)] | None = None
    millisecond: Annotated[int, Field(ge=0, le=999)] | None = None

    def clock(self) -> time:
        milliseconds = self.millisecond or 0
        return time(self.hour or 0, self.minute or 0, self.second or 0, milliseconds * 1000)
