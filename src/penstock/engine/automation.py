"""What is on, as one process knows it: workflows, their criteria, and who depends on what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from penstock.engine.plans import Plans
from penstock.filters.compile import Criterion, Slots, Statement, check, select_verdicts
from penstock.filters.errors import FilterInvalid
from penstock.kernel.db import Connection, dumps
from penstock.kernel.queries import load
from penstock.records.schema import Schema

_queries = load("penstock.engine")


@dataclass(frozen=True)
class Active:
    """A workflow that is starting or on. `criteria` are those of its live revision, by role."""

    id: int
    object_type: str
    on: bool
    criteria: Mapping[str, int]


@dataclass
class Automation:
    """One version of all active workflows, for one version of the schema."""

    version: int
    schema: Schema
    workflows: Mapping[int, Active]
    criteria: Mapping[int, Criterion]
    plans: Plans
    _of_steps: dict[tuple[str, bytes], Criterion] = field(default_factory=dict)
    _by_key: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    _by_type: dict[str, list[int]] = field(default_factory=dict)
    _enrolling: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for id, criterion in self.criteria.items():
            self._by_type.setdefault(criterion.object_type, []).append(id)
            for dependency in criterion.depends:
                self._by_key.setdefault((dependency.kind, dependency.key), []).append(id)
        for workflow in sorted(self.workflows.values(), key=lambda w: w.id):
            if workflow.on and "enroll" in workflow.criteria:
                self._enrolling.setdefault(workflow.criteria["enroll"], []).append(workflow.id)

    def criterion(self, document: Mapping[str, Any], object_type: str) -> Criterion:
        """The criterion that a step's filter is. Raises FilterInvalid."""
        key = (object_type, dumps(document))
        known = self._of_steps.get(key)
        if known is None:
            known = self._of_steps[key] = check(document, self.schema, object_type)
        return known

    def of_type(self, object_type: str) -> list[int]:
        """The criteria about records of a type."""
        return self._by_type.get(object_type, [])

    def touched_by(self, object_type: str, properties: Iterable[str]) -> set[int]:
        """The criteria whose answer a change of these properties can change."""
        touched = set(self._by_key.get(("any", object_type), ()))
        for name in properties:
            touched.update(self._by_key.get(("property", f"{object_type}/{name}"), ()))
        return touched

    def enrolled_by(self, criterion: int) -> list[int]:
        """The workflows, by id, that a record enters when it comes to match the criterion."""
        return self._enrolling.get(criterion, [])

    def statement(self, criteria: frozenset[int], bucket: int, now: datetime) -> Statement:
        """The SELECT that judges these criteria in one pass over candidates of a bucket."""
        chosen = {id: self.criteria[id] for id in sorted(criteria)}
        slots = Slots(self.schema.time_zone, now)
        return select_verdicts(chosen, self.schema, slots, bucket=bucket)


class Automations:
    """One process's copy, refreshed when workflows or schema have changed."""

    def __init__(self) -> None:
        self._current: Automation | None = None

    async def current(self, conn: Connection, version: int, schema: Schema) -> Automation:
        known = self._current
        if known is None or known.version != version or known.schema.version != schema.version:
            self._current = await _load(conn, version, schema)
        assert self._current is not None
        return self._current


async def _load(conn: Connection, version: int, schema: Schema) -> Automation:
    rows = await _queries.rows(conn, "active_workflows")
    workflows = {
        row.id: Active(
            id=row.id,
            object_type=row.object_type,
            on=row.state == "on",
            criteria={use["role"]: use["criterion"] for use in row.criteria if use["live"]},
        )
        for row in rows
    }
    wanted = sorted({use["criterion"] for row in rows for use in row.criteria})
    criteria: dict[int, Criterion] = {}
    for row in await _queries.rows(conn, "criteria", ids=wanted):
        try:
            criteria[row.id] = check(row.document, schema, row.object_type)
        except FilterInvalid:
            # What it names is gone: it fails closed, and nobody comes to match it.
            continue
    return Automation(version, schema, workflows, criteria, Plans(schema))
