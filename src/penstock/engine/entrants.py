"""Who asks to be let into a workflow, and how that came about."""

from dataclasses import dataclass

from penstock.records.changes import Lane


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a record came to enrol: the lane that it waits in, and the steps that led to it."""

    lane: int
    depth: int


@dataclass(frozen=True)
class Entrants:
    """Records that want into a workflow for one reason, with their circumstances."""

    workflow_id: int
    source: str
    records: dict[int, Circumstances]
    quiet: bool = False
    """Backfill: who is in already is passed over without a word."""


FRESH = Circumstances(Lane.FRESH, 0)
