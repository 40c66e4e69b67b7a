"""What the parts of a turn share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from penstock.engine.automation import Automation
from penstock.engine.effects import Effects
from penstock.engine.entrants import Circumstances
from penstock.engine.journal import Journal
from penstock.kernel.db import Connection
from penstock.records.schema import Schema


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
    """One turn of one bucket. `portion` bounds how much of each kind of work it takes."""

    bucket: int
    journal: Journal
    effects: Effects
    portion: int
    writes: int = 0
    """How often steps of this turn have written to records."""

    passed: dict[int, dict[int, Circumstances]] = field(default_factory=dict)
    """Records that began or ended a passage, by workflow, where a criterion asks about that."""

    def passes(self, workflow_id: int, records: Mapping[int, Circumstances]) -> None:
        """Passages of these records through a workflow began or ended."""
        if self.automation.depending("workflow", str(workflow_id)):
            self.passed.setdefault(workflow_id, {}).update(records)
