"""Delay for a set amount of time."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from penstock.actions.base import ONWARD, Action, Batch, Centre, Departures, Place
from penstock.actions.durations import Unit, after, length_problems
from penstock.actions.moments import TimeOfDay, dated
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class Delay(
    Action,
    type_id="0-1",
    label="Delay for a set amount of time",
    summary="Wait {delta} {time_unit}",
    icon="clock",
    category="Delays",
    acts=False,
):
    """Hold every record for a length of time, counted from when it comes to this step. In a
    date-centred workflow it is counted from the date, negative is before it, and what follows a
    moment that was past when the record enrolled is skipped.
    """

    delta: int = field("How long", widget="number", ge=0)
    time_unit: Unit = field("Unit", widget="duration_unit", default="MINUTES")
    time_of_day: TimeOfDay | None = field(
        "At", widget="time_of_day", default=None, help="In a date-centred workflow"
    )

    async def run(self, batch: Batch) -> Departures:
        centres = await batch.centres()
        if centres is not None:
            return self._around(centres, batch)
        departures = Departures()
        for member in batch.members:
            due = after(member.entered_at, self.delta, self.time_unit, batch.zone)
            if due <= batch.now:
                departures.leave(ONWARD, [member])
            else:
                departures.wait(due, member)
        return departures

    def _around(self, centres: Mapping[int, Centre | None], batch: Batch) -> Departures:
        departures = Departures()
        for member in batch.members:
            centre = centres[member.enrollment_id]
            if centre is None:
                departures.end("unenrolled", "anchor_empty", [member])
                continue
            due = self.moment(centre, batch.zone)
            if due > batch.now:
                departures.wait(due, member)
            else:
                departures.passing[member.enrollment_id] = due <= centre.began
                departures.leave(ONWARD, [member])
        return departures

    def moment(self, centre: Centre, zone: ZoneInfo) -> datetime:
        day = centre.day.isoformat()
        return dated(day, self.delta, self.time_unit, self.time_of_day, zone)

    def problems(self, place: Place) -> list[Problem]:
        where = f"{place.where}.delta"
        if not place.centred and self.delta < 0:
            text = Text("only in a date-centred workflow can a delay lead back")
            return [Problem(text, where, "NEGATIVE_DELAY")]
        return list(length_problems(self.delta, self.time_unit, where))
