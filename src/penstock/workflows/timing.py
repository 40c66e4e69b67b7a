"""The settings of a workflow that say when it acts, read from its document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.schema import TypeSchema
from penstock.triggers.schedule import SCHEDULES, Schedule, Setting
from penstock.workflows.anchors import Anchor, anchor_kind
from penstock.workflows.closures import BlockedDate, Closures, HolidayCalendar
from penstock.workflows.parsing import parsed
from penstock.workflows.windows import Calendar, TimeWindow
from penstock.workflows.zones import WorkflowZone, zone_named

Missed = Literal["RUN_LATEST", "SKIP", "RUN_ALL"]

KEYS: Final = ("timeZone", "holidayCalendars", "missedFirings", "turnOffAt")
"""Of a workflow document, those that are Penstock's own."""


class _Settings(Setting):
    time_windows: tuple[TimeWindow, ...] = ()
    blocked_dates: tuple[BlockedDate, ...] = ()
    holiday_calendars: tuple[HolidayCalendar, ...] = ()
    time_zone: WorkflowZone | None = None
    missed_firings: Missed = "RUN_LATEST"
    turn_off_at: AwareDatetime | None = None


@dataclass(frozen=True)
class Timing:
    """When a workflow acts.

    `zone` is None for the account's; `zone_property` holds each record's own, where it has one.
    `missed` says what becomes of firings that nobody was there to see.
    """

    calendar: Calendar = field(default_factory=Calendar)
    zone: ZoneInfo | None = None
    zone_property: str | None = None
    schedule: Schedule | None = None
    anchor: Anchor | None = None
    missed: Missed = "RUN_LATEST"
    turn_off_at: datetime | None = None

    @property
    def yearly(self) -> bool:
        """Whether records enrol anew every year, for a date that comes back."""
        recurring = (self.anchor, self.schedule)
        return any(each is not None and each.recurs for each in recurring)


def timing(raw: Mapping[str, Any]) -> Timing:
    """Of a document; settings with problems are as if they were not there."""
    found: list[Problem] = []
    settings = _read(raw, found)
    if settings is None or [*_clashes(settings)]:
        settings = _Settings()
    zone = settings.time_zone
    closures = Closures.of(settings.blocked_dates, settings.holiday_calendars)
    return Timing(
        calendar=Calendar.of(settings.time_windows, closures),
        zone=zone_named(zone.time_zone_id) if zone and zone.type == "STATIC_TIME_ZONE" else None,
        zone_property=zone.property_name if zone and zone.type == "RECORD_PROPERTY" else None,
        schedule=_schedule(raw, found),
        anchor=_anchor(raw, found),
        missed=settings.missed_firings,
        turn_off_at=settings.turn_off_at,
    )


def timing_problems(raw: Mapping[str, Any], type: TypeSchema) -> list[Problem]:
    """What keeps a workflow of records of a type from being turned on, with JSON paths."""
    found: list[Problem] = []
    settings = _read(raw, found)
    if settings is not None:
        found += _clashes(settings)
        if settings.time_zone is not None:
            found += settings.time_zone.problems("$.timeZone", type)
    schedule, anchor = _schedule(raw, found), _anchor(raw, found)
    if schedule is not None:
        found += schedule.problems("$.enrollmentSchedule", type)
        found += _trigger_clash(raw)
    if anchor is not None:
        found += anchor.problems("$.eventAnchor", type)
    return found


def past_problems(raw: Mapping[str, Any], now: datetime) -> list[Problem]:
    """What time has made wrong."""
    end = timing(raw).turn_off_at
    if end is None or end > now:
        return []
    text = Text("the moment at which the workflow turns itself off is past")
    return [Problem(text, "$.turnOffAt", "TURN_OFF_PAST")]


def _read(raw: Mapping[str, Any], found: list[Problem]) -> _Settings | None:
    given = {key: value for key, value in raw.items() if value is not None}
    return parsed(_Settings, given, "$", found)


def _clashes(settings: _Settings) -> Iterator[Problem]:
    for index, window in enumerate(settings.time_windows):
        yield from window.problems(f"$.timeWindows[{index}]")
    for index, blocked in enumerate(settings.blocked_dates):
        yield from blocked.problems(f"$.blockedDates[{index}]")
    for index, calendar in enumerate(settings.holiday_calendars):
        yield from calendar.problems(f"$.holidayCalendars[{index}]")
    yearly = [each for each in settings.blocked_dates if each.year is None]
    yield from Closures.of(yearly, ()).problems("$.blockedDates")


def _schedule(raw: Mapping[str, Any], found: list[Problem]) -> Schedule | None:
    given = raw.get("enrollmentSchedule")
    if not given:
        return None
    where = "$.enrollmentSchedule"
    entry = SCHEDULES.get(str(given.get("type")))
    if entry is None:
        text = Text('"{type}" is no schedule that this version knows', type=given.get("type"))
        found.append(Problem(text, f"{where}.type", "UNKNOWN_TYPE"))
        return None
    return parsed(entry, given, where, found)


def _trigger_clash(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """A schedule can be narrowed by a filter, by nothing else."""
    type = (raw.get("enrollmentCriteria") or {}).get("type")
    if type not in (None, "LIST_BASED", "MANUAL"):
        text = Text("a workflow with a schedule cannot have this trigger too")
        yield Problem(text, "$.enrollmentCriteria.type", "SCHEDULE_AND_TRIGGER")


def _anchor(raw: Mapping[str, Any], found: list[Problem]) -> Anchor | None:
    given = raw.get("eventAnchor")
    if not given:
        return None
    entry = anchor_kind(given)
    if entry is None:
        text = Text('"{type}" is no date to centre on', type=given.get("type"))
        found.append(Problem(text, "$.eventAnchor.type", "UNKNOWN_TYPE"))
        return None
    return parsed(entry, given, "$.eventAnchor", found)
