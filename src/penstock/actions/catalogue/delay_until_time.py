"""Delay until a day of the week or a time of day."""

from penstock.actions.base import ONWARD, Action, Batch, Departures, Place
from penstock.actions.durations import length_problems
from penstock.actions.moments import TimeDelay
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class DelayUntilTime(
    Action,
    type_id="0-28",
    label="Delay until a day or time",
    summary="Wait until {moment}",
    icon="calendar-clock",
    category="Delays",
    acts=False,
):
    """Hold every record until the next of these days of the week, or the next time of day, or both.
    Whoever comes on such a day and at such a time goes on at once.
    """

    delay: TimeDelay = field("Until", widget="time_delay")

    async def run(self, batch: Batch) -> Departures:
        departures = Departures()
        for member in batch.members:
            due = self.delay.reached(member.entered_at, batch.zone)
            if due <= batch.now:
                departures.leave(ONWARD, [member])
            else:
                departures.wait(due, member)
        return departures

    def problems(self, place: Place) -> list[Problem]:
        where = f"{place.where}.delay"
        if not self.delay.days_of_week and self.delay.time_of_day is None:
            text = Text("choose a day of the week or a time of day")
            return [Problem(text, where, "EMPTY_DELAY")]
        if not self.delay.known_zone():
            zone = self.delay.time_zone_strategy
            text = Text(
                'there is no time zone "{name}"', name=zone.time_zone_id if zone is not None else ""
            )
            return [Problem(text, f"{where}.timeZoneStrategy", "UNKNOWN_TIME_ZONE")]
        return list(length_problems(self.delay.delta, self.delay.time_unit, f"{where}.delta"))

    def sentence(self) -> Text:
        clock, days = self.delay.time_of_day, self.delay.days_of_week
        at = "" if clock is None else f"{clock.hour:02}:{clock.minute:02}"
        names = [_DAYS[day] for day in days]
        listed = names[0] if names else Text("")
        for name in names[1:]:
            listed = Text("{first} or {rest}", first=listed, rest=name)
        if at and names:
            return Text("Wait until {days} at {time}", days=listed, time=at)
        return Text(self.summary, moment=at or listed)


_DAYS = {
    "MONDAY": Text("Monday"),
    "TUESDAY": Text("Tuesday"),
    "WEDNESDAY": Text("Wednesday"),
    "THURSDAY": Text("Thursday"),
    "FRIDAY": Text("Friday"),
    "SATURDAY": Text("Saturday"),
    "SUNDAY": Text("Sunday"),
}
