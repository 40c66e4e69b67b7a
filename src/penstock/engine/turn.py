"""What the parts of a turn share."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime

from penstock.engine.automation import Automation
from penstock.engine.effects import Effects
from penstock.engine.entrants import Circumstances
from penstock.engine.journal import Journal
from penstock.kernel.db import Connection
from penstock.records.schema import Schema

Aside = Callable[[], AbstractAsyncContextManager[Connection]]
"""Opens a short transaction of its own, which commits at its end."""


@dataclass(frozen=True)
class Allowance:
    """How much of each kind of work a turn takes: changes, verdicts to look at again, records to
    judge for criteria that do not stand yet, enrollments to lead on.
    """

    changes: int
    rechecks: int
    standing: int
    led: int

    @classmethod
    def of_each(cls, portion: int) -> "Allowance":
        return cls(portion, portion, 2 * portion, portion)


@dataclass
class Look:
    """What is there at one now: in one bucket, or in all of them where `bucket` is None."""

    conn: Connection
    bucket: int | None
    now: datetime
    schema: Schema
    automation: Automation


@dataclass
class Turn(Look):
    """One turn of one bucket. `portion` bounds how much of one thing it takes at a time."""

    bucket: int
    journal: Journal
    effects: Effects
    allowed: Allowance
    writes: int = 0
    """How often steps of this turn have written to records."""

    aside: Aside | None = None
    """Opens a transaction apart from this one, for what nobody may wait for, if there is such."""

    gone: set[int] = field(default_factory=set)
    """Records that steps of this turn have archived."""

    passed: dict[int, dict[int, Circumstances]] = field(default_factory=dict)
    """Records that began or ended a passage, by workflow, where a criterion asks about that."""

    @property
    def portion(self) -> int:
        return max(self.allowed.changes, 1)

    @property
    def room(self) -> int:
        """How many enrollments may be led on."""
        return self.allowed.led

    def passes(self, workflow_id: int, records: Mapping[int, Circumstances]) -> None:
        """Passages of these records through a workflow began or ended."""
        if self.automation.depending("workflow", str(workflow_id)):
            self.passed.setdefault(workflow_id, {}).update(records)
