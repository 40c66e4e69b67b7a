"""A workflow over time: how many passages began and ended in each day, week or month."""

from datetime import date, datetime
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.engine", "performance.sql")

Unit = Literal["DAY", "WEEK", "MONTH"]
Weekday = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]

SERIES: Final = {
    "enrolled": "ENROLLED",
    "finished": "COMPLETED",
    "unenrolled": "UNENROLLED",
    "goal_met": "GOAL_ACHIEVED",
}
"""The series by the kind of entry in the journal that it counts."""

_WEEKDAYS: Final = (
    "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
)  # fmt: skip


class Bucket(NamedTuple):
    """How often something happened in the day, week or month that begins then."""

    series: str
    begins: date
    frequency: int


async def over_time(
    conn: Connection,
    workflow_id: int,
    span: tuple[datetime, datetime],
    zone: ZoneInfo,
    unit: Unit = "DAY",
    first_day: Weekday = "MONDAY",
) -> list[Bucket]:
    """Counts from the first instant of the span up to the second, oldest first; none that is 0."""
    rows = await _queries.rows(
        conn,
        "buckets",
        workflow_id=workflow_id,
        start=span[0],
        end=span[1],
        zone=zone.key,
        unit=unit.lower(),
        shift=_WEEKDAYS.index(first_day) if unit == "WEEK" else 0,
        kinds=list(SERIES),
    )
    return [Bucket(SERIES[row.kind], row.begins, row.count) for row in rows]
