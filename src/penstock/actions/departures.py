"""Where the members of a group go from a step: by exits, into a wait, or nowhere, with reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple, Self

from penstock.kernel.texts import Text

ONWARD = ""
"""The exit of an action that has only one."""

AFTER_BRANCH: Final = "after_branch"
"""The exit that every step has: to where its branch meets another one again, or to the end."""

EVENT_MET: Final = "hs_event_criteria_met"
"""The output that says, "true" or "false", whether an event that was awaited has come."""

MADE: Final = "hs_object_id"
"""The output of a step that makes a record for each enrolled one: its id."""


class Member(NamedTuple):
    """One enrollment as an action sees it. `entered_at` is when it came to this step."""

    enrollment_id: int
    record_id: int
    passage: int
    visit: int
    entered_at: datetime
    context: Mapping[str, Any]


class Settled(NamedTuple):
    """What became of one thing that a step had queued or asked for; `part` is whom it was for.

    `reply` is what came back, as JSON.
    """

    part: str
    done: bool
    reason: Text | None
    reply: Any


class Centre(NamedTuple):
    """The date that the delays of a passage count from, and when the passage began."""

    day: date
    began: datetime


@dataclass
class Departures:
    """Where the members of a batch went: along exits, into a wait, or nowhere with a reason.

    `notes` are kept in the journal beside the step, `outputs` for later steps, by enrollment. Those
    who wait may go on before their moment, or without one, when an event happens to their record
    that is `awaited`: documents, branches of events. One with the id of an earlier step as
    `actionId` is about what that step did. Those who are `held` stay until everything is
    settled that the step queued or asked for on their behalf. For those of `skips` the step has a
    reason to do nothing; they go on. Passages of `ends` are over here, by state and reason.
    """

    exits: dict[str, list[Member]] = field(default_factory=dict)
    waits: list[tuple[datetime | None, Member]] = field(default_factory=list)
    held: list[Member] = field(default_factory=list)
    failures: list[tuple[Member, Text]] = field(default_factory=list)
    skips: list[tuple[Member, Text]] = field(default_factory=list)
    ends: dict[tuple[str, str], list[Member]] = field(default_factory=dict)
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[int, dict[str, Any]] = field(default_factory=dict)
    awaited: Sequence[Mapping[str, Any]] = ()
    passing: dict[int, bool] = field(default_factory=dict)
    """By enrollment, whether it does nothing from here on until it waits again."""

    @classmethod
    def sorted_by(cls, members: Iterable[Member], refused: Mapping[int, Text]) -> Self:
        """Records that were refused fail with their reason; the others go on."""
        if not refused:
            return cls().leave(ONWARD, members)
        departures = cls()
        for member in members:
            reason = refused.get(member.record_id)
            if reason is None:
                departures.leave(ONWARD, [member])
            else:
                departures.failures.append((member, reason))
        return departures

    @classmethod
    def held_but(cls, members: Iterable[Member], refused: Mapping[int, Text]) -> Self:
        """Records that were refused fail with their reason; the others are held."""
        departures = cls()
        for member in members:
            reason = refused.get(member.record_id)
            if reason is None:
                departures.hold([member])
            else:
                departures.fail(reason, member)
        return departures

    def leave(self, exit: str, members: Iterable[Member]) -> Self:
        self.exits.setdefault(exit, []).extend(members)
        return self

    def wait(self, until: datetime | None, member: Member) -> Self:
        self.waits.append((until, member))
        return self

    def skip(self, reason: Text, member: Member) -> Self:
        """Nothing is done for this member, which goes on; the journal says why."""
        self.skips.append((member, reason))
        return self

    def end(self, state: str, reason: str, members: Iterable[Member]) -> Self:
        """The passages of these are over: "finished" or "unenrolled", with the reason's code."""
        self.ends.setdefault((state, reason), []).extend(members)
        return self

    def tell(self, text: Text, member: Member) -> Self:
        """Have the journal say this of the step, beside what is noted already."""
        told = {name: str(value) for name, value in text.arguments.items()}
        noted = self.notes.setdefault(member.enrollment_id, {})
        noted["told"] = {"pattern": text.pattern, "arguments": told}
        return self

    def hold(self, members: Iterable[Member]) -> Self:
        self.held.extend(members)
        return self

    def fail(self, reason: Text, member: Member) -> Self:
        self.failures.append((member, reason))
        return self


class Created(NamedTuple):
    """What a step has made: ids of new records, and refusals with reasons, by the enrolled one."""

    ids: Mapping[int, int]
    refused: Mapping[int, Text]

    def depart(self, members: Iterable[Member]) -> Departures:
        """Refused members fail; the others go on, and what was made for them is put out."""
        staying = list(members)
        departures = Departures.sorted_by(staying, self.refused)
        for member in staying:
            if member.record_id in self.ids:
                made = {MADE: str(self.ids[member.record_id])}
                departures.outputs[member.enrollment_id] = made
        return departures
