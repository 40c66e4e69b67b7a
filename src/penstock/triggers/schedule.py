"""The schedule contract: the moments at which a workflow takes records in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from inspect import isabstract
from typing import Any, ClassVar, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from penstock.filters import civil
from penstock.kernel.catalogue import Catalogue
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.schema import TypeSchema

Weekday = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]

WEEK: Final[tuple[Weekday, ...]] = (
    "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
)  # fmt: skip
"""As dates count them, from 0."""

Month = Literal[
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
    "OCTOBER", "NOVEMBER", "DECEMBER",
]  # fmt: skip

MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, name in enumerate(Month.__args__, 1)  # type: ignore[attr-defined]
}


class Setting(BaseModel):
    """A part of a document's settings of time; unknown keys are kept."""

    model_config = ConfigDict(
        frozen=True, extra="allow", alias_generator=to_camel, populate_by_name=True
    )


class TimeOfDay(Setting):
    """A clock time, to the minute."""

    hour: int = Field(ge=0, le=23)
    minute: int = Field(0, ge=0, le=59)

    @property
    def time(self) -> time:
        return time(self.hour, self.minute)


class Schedule(Setting):
    """When records enrol: the wire's `enrollmentSchedule`, by its `type`."""

    type_id: ClassVar[str] = ""
    label: ClassVar[str] = ""

    time_of_day: TimeOfDay = field("At", widget="time")

    def __init_subclass__(cls, *, type_id: str = "", label: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.type_id, cls.label = type_id, label

    @property
    def recurs(self) -> bool:
        """Whether it has each record enrol anew every year, whatever else is said of that."""
        return False

    def days(self, first: date) -> Iterator[date]:
        """The days on which it fires for everybody, in order, from `first` on."""
        yield from ()

    def after(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The next firing after `at`, in UTC; None for what has none in common."""
        first = at.astimezone(zone).date() - timedelta(days=1)
        for day in self.days(first):
            moment = civil.instant(datetime.combine(day, self.time_of_day.time), zone)
            if moment > at:
                return moment
        return None

    def criterion(self, zone: str | None) -> Mapping[str, Any] | None:
        """A filter that time makes true of a record at its own moment; None without such moments.

        `zone` is the time zone of the workflow, None: the account's.
        """
        return None

    def problems(self, where: str, type: TypeSchema) -> list[Problem]:
        """What keeps the workflow from being turned on, with the JSON path of each."""
        return []


def date_problem(type: TypeSchema, name: str, where: str) -> list[Problem]:
    """What is wrong with a property that is to be a date."""
    known = type.properties.get(name)
    if known is None:
        text = Text('there is no property "{name}" of {type}', name=name, type=type.plural_label)
        return [Problem(text, where, "PROPERTY_DOESNT_EXIST")]
    if known.type not in ("date", "datetime"):
        text = Text('the property "{name}" is no date', name=name)
        return [Problem(text, where, "NOT_A_DATE")]
    return []


SCHEDULES: Catalogue[type[Schedule]] = Catalogue(
    "penstock.triggers.schedules",
    is_entry=lambda value: (
        isinstance(value, type)
        and issubclass(value, Schedule)
        and bool(value.type_id)
        and not isabstract(value)
    ),
    key=lambda entry: entry.type_id,
)
"""The schedules: one file each."""
