"""Wait for an event."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from penstock.actions.base import EVENT_MET, Action, Batch, Departures, Place
from penstock.actions.durations import length_problems
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
    count from when the record comes to this step; one with the id of an earlier step as actionId
    concerns what that step did (its mail, its task), and counts from when it did so.
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
            # What came when it was here before counts no more.
            departures.outputs[member.enrollment_id] = {EVENT_MET: "false"}
        return departures

    async def resume(self, batch: Batch) -> Departures:
        departures = batch.depart()
        for member in batch.members:
            departures.notes[member.enrollment_id] = dict(batch.outputs(member))
        return departures

    def puts_out(self) -> Collection[str]:
        return (EVENT_MET,)

    def follows(self) -> Collection[str]:
        return {str(b["actionId"]) for b in self.event_filter_branches if b.get("actionId")}

    def problems(self, place: Place) -> list[Problem]:
        where = f"{place.where}.event_filter_branches"
        if not self.event_filter_branches:
            text = Text("no event is chosen to wait for")
            return [Problem(text, where, "EMPTY_BRANCH")]
        return self._length_problems(f"{place.where}.expiration_minutes") + [
            problem
            for index, branch in enumerate(self.event_filter_branches)
            for problem in _branch_problems(branch, place, f"{where}[{index}]")
        ]

    def _length_problems(self, where: str) -> list[Problem]:
        minutes = self.expiration_minutes or 0
        if minutes < 0:
            text = Text("it must be at least {limit}", limit=0)
            return [Problem(text, where, "NEGATIVE_DELAY")]
        return list(length_problems(minutes, "MINUTES", where))


def _branch_problems(branch: Mapping[str, Any], place: Place, where: str) -> Iterator[Problem]:
    type, step = place.type.id, branch.get("actionId")
    if step and place.known is not None:
        outputs = place.known.outputs.get(str(step))
        if outputs is None or not place.known.precedes(str(step)):
            text = Text("no step {id} comes before this one", id=step)
            yield Problem(text, f"{where}.actionId", "ACTION_DOESNT_EXIST")
            return
        trace = outputs.trace
        if trace is None or (not trace.made and trace.object_type != type):
            text = Text("no event of an enrolled record can tell of what step {id} did", id=step)
            yield Problem(text, f"{where}.actionId", "EVENT_UNSUPPORTED")
            return
        type = trace.object_type
    try:
        check_occurrence(branch, place.schema, type, where=where)
    except FilterInvalid as invalid:
        yield from invalid.problems
