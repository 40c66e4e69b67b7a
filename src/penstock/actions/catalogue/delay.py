"""Delay for a set amount of time."""

from penstock.actions.base import Action, Batch, Departures
from penstock.actions.durations import Unit, after
from penstock.kernel.forms import field


class Delay(
    Action,
    type_id="0-1",
    label="Delay for a set amount of time",
    summary="Wait {delta} {time_unit}",
    icon="clock",
    category="Delays",
    acts=False,
):
    """Hold every record for a length of time, counted from when it comes to this step."""

    delta: int = field("How long", widget="number", ge=0)
    time_unit: Unit = field("Unit", widget="duration_unit", default="MINUTES")

    async def run(self, batch: Batch) -> Departures:
        departures = Departures()
        for member in batch.members:
            due = after(member.entered_at, self.delta, self.time_unit, batch.zone)
            if due <= batch.now:
                departures.leave("", [member])
            else:
                departures.wait(due, member)
        return departures
