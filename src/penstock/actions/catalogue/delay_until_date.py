"""Delay until a date."""

from collections.abc import Collection
from typing import Final, Literal
from zoneinfo import ZoneInfo

from penstock.actions.base import AFTER_BRANCH, ONWARD, Action, Batch, Departures, Member, Place
from penstock.actions.durations import Unit, length_problems
from penstock.actions.inputs import Input, ObjectProperty, StaticValue
from penstock.actions.moments import TimeOfDay, dated
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text

OUTCOME: Final = "hs_date_outcome"
"""The output that says what became of the date."""

_TOLD: Final = {
    ("PAST", "CONTINUE"): Text("Its date was past: it went on at once"),
    ("PAST", "SKIP_BRANCH"): Text("Its date was past: it left the branch"),
    ("PAST", "END"): Text("Its date was past: it ended here"),
    ("EMPTY", "CONTINUE"): Text("It has no date: it went on at once"),
    ("EMPTY", "SKIP_BRANCH"): Text("It has no date: it left the branch"),
    ("EMPTY", "END"): Text("It has no date: it ended here"),
}


class DelayUntilDate(
    Action,
    type_id="0-35",
    label="Delay until a date",
    summary="Wait until a date",
    icon="calendar",
    category="Delays",
    acts=False,
):
    """Hold every record until a date, or until so long before or after it. The output
    hs_date_outcome says REACHED, PAST or EMPTY, for a branch by value that follows.
    """

    date: Input = field("Date", widget="value")
    delta: int = field("So long after; negative: before", widget="number", default=0)
    time_unit: Unit = field("Unit", widget="duration_unit", default="MINUTES")
    time_of_day: TimeOfDay | None = field("At", widget="time_of_day", default=None)
    when_missed: Literal["CONTINUE", "SKIP_BRANCH", "END"] = field(
        "Where the date is past or empty",
        widget="select",
        default="CONTINUE",
        help="Go on at once, leave the branch that the step is in, or end the workflow",
        options=["CONTINUE", "SKIP_BRANCH", "END"],
    )

    async def run(self, batch: Batch) -> Departures:
        values = await batch.resolve(self.date)
        departures = Departures()
        for member in batch.members:
            value = values.get(member.record_id)
            if value in (None, ""):
                self._miss(departures, member, "EMPTY")
                continue
            try:
                due = dated(str(value), self.delta, self.time_unit, self.time_of_day, batch.zone)
            except (ValueError, OverflowError):
                departures.failures.append((member, Text('"{value}" is not a date', value=value)))
                continue
            if due > batch.now:
                departures.wait(due, member)
            elif due > member.entered_at:
                self._reach(departures, member)
            else:
                self._miss(departures, member, "PAST")
        return departures

    async def resume(self, batch: Batch) -> Departures:
        departures = Departures()
        for member in batch.members:
            self._reach(departures, member)
        return departures

    def _reach(self, departures: Departures, member: Member) -> None:
        departures.outputs[member.enrollment_id] = {OUTCOME: "REACHED"}
        departures.leave(ONWARD, [member])

    def _miss(self, departures: Departures, member: Member, outcome: str) -> None:
        departures.outputs[member.enrollment_id] = {OUTCOME: outcome}
        departures.tell(_TOLD[outcome, self.when_missed], member)
        if self.when_missed == "END":
            departures.end("finished", f"date_{outcome.lower()}", [member])
        else:
            skipping = self.when_missed == "SKIP_BRANCH"
            departures.leave(AFTER_BRANCH if skipping else ONWARD, [member])

    def puts_out(self) -> Collection[str]:
        return (OUTCOME,)

    def problems(self, place: Place) -> list[Problem]:
        far = length_problems(self.delta, self.time_unit, f"{place.where}.delta")
        return [*far, *self._date_problems(place)]

    def _date_problems(self, place: Place) -> list[Problem]:
        if isinstance(self.date, ObjectProperty):
            name = self.date.property_name
            prop = place.type.properties.get(name)
            if prop is not None and prop.type not in ("date", "datetime"):
                text = Text('"{name}" is no date', name=name)
                return [Problem(text, f"{place.where}.date.propertyName", "NO_DATE")]
            return []
        if isinstance(self.date, StaticValue) and self.date.shared:
            return self._static_problems(place, self.date.static_value)
        return []

    def _static_problems(self, place: Place, value: object) -> list[Problem]:
        where = f"{place.where}.date"
        if value in (None, ""):
            return [Problem(Text("choose a date"), where, "EMPTY_DELAY")]
        try:
            dated(str(value), 0, "DAYS", None, ZoneInfo("UTC"))
        except (ValueError, OverflowError):
            return [Problem(Text('"{value}" is not a date', value=value), where, "INVALID_DATE")]
        return []

    def sentence(self) -> Text:
        what = Text("a date")
        if isinstance(self.date, ObjectProperty):
            what = Text("{name}", name=self.date.property_name)
        if not self.delta:
            return Text("Wait until {date}", date=what)
        pattern = "Wait until {count} {unit} after {date}"
        if self.delta < 0:
            pattern = "Wait until {count} {unit} before {date}"
        return Text(pattern, count=abs(self.delta), unit=self.time_unit, date=what)
