"""What enrollment means, said plainly, one record after the other (semantics §2)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

GOAL, SUPPRESSED = "boss", "gone"
"""Job titles that meet the goal, and that keep out, where a workflow minds."""


@dataclass
class Person:
    city: str
    jobtitle: str
    alive: bool = True
    removed: bool = False
    """It was archived since anybody looked, though it may be back."""


@dataclass
class Rules:
    """A workflow: who enrols is asked by city."""

    city: str
    again: bool
    leaving: bool
    goal: bool
    suppression: bool
    pause: timedelta = timedelta(minutes=30)
    """How long everybody waits at the first step."""

    on: bool = False
    levels: dict[int, bool] = field(default_factory=dict)
    active: dict[int, datetime] = field(default_factory=dict)
    """Who is in it, since when."""

    passages: Counter[int] = field(default_factory=Counter)
    told: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How often each thing happened to each record."""

    def tell(self, person: int, kind: str) -> None:
        self.told[person, kind] += 1

    def barred(self, person: Person) -> str | None:
        if self.goal and person.jobtitle == GOAL:
            return "goal_met"
        if self.suppression and person.jobtitle == SUPPRESSED:
            return "unenrolled"
        return None

    def end(self, id: int, kind: str) -> None:
        if self.active.pop(id, None) is not None:
            self.tell(id, kind)

    def ask(self, id: int, person: Person, now: datetime, *, quiet: bool = False) -> None:
        """Somebody came to match, or is there already (quiet)."""
        refused = (
            id in self.active
            or self.barred(person) is not None
            or (self.passages[id] > 0 and not self.again)
        )
        if not refused:
            self.passages[id] += 1
            self.active[id] = now
            self.tell(id, "enrolled")
        elif not quiet:
            self.tell(id, "refused")


@dataclass
class Model:
    people: dict[int, Person] = field(default_factory=dict)
    flows: list[Rules] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)

    def settle(self, now: datetime) -> None:
        """What one turn makes of all that has changed since, and of the time."""
        for flow in self.flows:
            for id in sorted(self.touched):
                self._settle(flow, id, now)
            for id, since in sorted(flow.active.items()):
                if since + flow.pause <= now:
                    flow.end(id, flow.barred(self.people[id]) or "finished")
        for id in self.touched:
            self.people[id].removed = False
        self.touched.clear()

    def _settle(self, flow: Rules, id: int, now: datetime) -> None:
        person = self.people[id]
        if person.removed:
            flow.end(id, "unenrolled")
            flow.levels.pop(id, None)
        if not person.alive or not flow.on:
            return
        before, level = flow.levels.get(id, False), person.city == flow.city
        flow.levels[id] = level
        if barred := flow.barred(person):
            flow.end(id, barred)
        elif before and not level and flow.leaving:
            flow.end(id, "unenrolled")
        if level and not before:
            flow.ask(id, person, now)

    def stand(self, flow: Rules) -> None:
        """A trigger comes into force: who matches is known, and nobody enrols for that."""
        flow.levels = {
            id: person.city == flow.city for id, person in self.people.items() if person.alive
        }

    def enroll_existing(self, flow: Rules, now: datetime) -> None:
        for id, level in sorted(flow.levels.items()):
            if level:
                flow.ask(id, self.people[id], now, quiet=True)
