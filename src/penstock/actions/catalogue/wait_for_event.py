"""Wait for an event."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from penstock.actions.base import EVENT_MET, Action, Batch, Departures, Place
from penstock.filters.errors import FilterInvalid
from penstock.filters.occurrences import check_occurrence
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class WaitForEvent(
    Action,
    type_id="0-29",
    label="Wait for an event",
    summary="Wait for an event",
    icon="hourglass",
    category="Delays",
    acts=False,
):
    """Hold every record until one of these events happens to it, or until the time is over. Events
    count from when the record comes to this step.
    """

    event_filter_branches: tuple[dict[str, Any], ...] = field("Events", widget="events")
    expiration_minutes: int | None = field(
        "At most, in minutes", widget="number", default=None, ge=0
    )

    async def run(self, batch: Batch) -> Departures:
        departures = Departures(awaited=self.event_filter_branches)
        for member in batch.members:
            until = None
            if self.expiration_minutes is not None:
                until = member.entered_at + timedelta(minutes=self.expiration_minutes)
            departures.wait(until, member)
        return departures

    async def resume(self, batch: Batch) -> Departures:
        departures = batch.depart()
        for member in batch.members:
            outputs = {EVENT_MET: "false", **batch.outputs(member)}
            departures.outputs[member.enrollment_id] = outputs
            departures.notes[member.enrollment_id] = outputs
        return departures

    def puts_out(self) -> Collection[str]:
        return (EVENT_MET,)

    def problems(self, place: Place) -> list[Problem]:
        where = f"{place.where}.event_filter_branches"
        if not self.event_filter_branches:
            text = Text("no event is chosen to wait for")
            return [Problem(text, where, "EMPTY_BRANCH")]
        problems: list[Problem] = []
        for index, branch in enumerate(self.event_filter_branches):
            try:
                check_occurrence(branch, place.schema, place.type.id, where=f"{where}[{index}]")
            except FilterInvalid as invalid:
                problems += invalid.problems
        return problems
