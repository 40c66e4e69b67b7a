"""Who asks to be let into a workflow, and how that came about."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

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

    again: bool = False
    """By a re-enrollment trigger: also who has been through, if the enrollment trigger is true."""

    events: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """The properties of the events that brought them, by record."""

    kept: Mapping[str, Any] = field(default_factory=dict)
    """What the engine keeps about their enrollments from the beginning."""

    chosen: bool = False
    """Somebody, or a workflow, named these records: each that is refused is told of."""


FRESH = Circumstances(Lane.FRESH, 0)


def once_each(entrants: Iterable[Entrants]) -> Iterator[Entrants]:
    """By workflow id, every record once: as the one that may more, where it has several reasons."""
    seen: dict[int, set[int]] = {}
    for asking in sorted(entrants, key=_order):
        before = seen.setdefault(asking.workflow_id, set())
        records = {id: how for id, how in asking.records.items() if id not in before}
        before.update(records)
        if records:
            yield replace(asking, records=records)


def _order(asking: Entrants) -> tuple[int, bool, bool, bool]:
    """Whom somebody named, or an event brought, no trigger holds up; backfill yields to all."""
    return asking.workflow_id, asking.quiet, asking.source == "trigger", not asking.again
