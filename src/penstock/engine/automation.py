"""What is on, as one process knows it: workflows, lists, criteria, and who depends on what."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from penstock.engine.plans import Plans
from penstock.filters.compile import Criterion, Slots, Statement, check, select_verdicts
from penstock.filters.errors import FilterInvalid
from penstock.filters.occurrences import Occurrence, check_occurrence
from penstock.kernel.db import Connection, dumps
from penstock.kernel.queries import load
from penstock.records.schema import Schema
from penstock.triggers.base import TRIGGERS, Trigger
from penstock.workflows.asking import AGAIN

_queries = load("penstock.engine")

Path = tuple[int, ...]
"""Association types that lead, one after the other, from a criterion's records to others."""


@dataclass(frozen=True)
class Active:
    """A workflow that is starting or on. `criteria` are those of its live revision, by role."""

    id: int
    object_type: str
    on: bool
    criteria: Mapping[str, int]
    trigger: Trigger | None = None
    paused: bool = False
    scheduled: bool = False
    everybody: bool = False
    """Whether no criteria say who enrols when the schedule fires."""


@dataclass(frozen=True)
class Heard:
    """An event for which a workflow that is on listens; no `wanted`: any such change counts.

    With `again` it enrols who has been through, if the enrollment trigger is true.
    """

    workflow_id: int
    wanted: Occurrence | None
    again: bool


@dataclass(frozen=True)
class ActiveList:
    """A dynamic list. `criterion` is None until the first one stands everywhere."""

    id: int
    object_type: str
    criterion: int | None


@dataclass
class Automation:
    """One version of all active workflows and dynamic lists, for one version of the schema."""

    version: int
    schema: Schema
    workflows: Mapping[int, Active]
    lists: Mapping[int, ActiveList]
    criteria: Mapping[int, Criterion]
    plans: Plans
    _of_steps: dict[tuple[str, bytes], Criterion] = field(default_factory=dict)
    _by_key: dict[tuple[str, str], dict[Path, list[int]]] = field(default_factory=dict)
    _by_type: dict[str, list[int]] = field(default_factory=dict)
    _leading: dict[str, dict[Path, list[int]]] = field(default_factory=dict)
    _roles: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    _members: dict[int, list[int]] = field(default_factory=dict)
    _levels: dict[int, int] = field(default_factory=dict)
    _heard: dict[tuple[str, str], list[Heard]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for id, criterion in self.criteria.items():
            self._by_type.setdefault(criterion.object_type, []).append(id)
            for kind, key, across in criterion.depends:
                paths = self._by_key.setdefault((kind, key), {})
                paths.setdefault(across, []).append(id)
                if kind == "association" and int(key) in self.schema.edges:
                    there = self.schema.edges[int(key)].to_type
                    leading = self._leading.setdefault(there, {})
                    leading.setdefault((*across, int(key)), []).append(id)
        for workflow in sorted(self.workflows.values(), key=lambda w: w.id):
            for role, asked in workflow.criteria.items() if workflow.on else ():
                self._roles.setdefault(asked, []).append((workflow.id, role))
            if workflow.on and workflow.trigger is not None and not workflow.scheduled:
                self._listen(workflow, workflow.trigger)
        for each in sorted(self.lists.values(), key=lambda each: each.id):
            if each.criterion is not None:
                self._members.setdefault(each.criterion, []).append(each.id)

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

    def depending(self, kind: str, key: str) -> Mapping[Path, list[int]]:
        """The criteria that depend on something, by the way that leads to it from their records."""
        return self._by_key.get((kind, key), {})

    def leading_to(self, object_type: str) -> Mapping[Path, list[int]]:
        """The criteria that ask about associated records of a type, by the way to them."""
        return self._leading.get(object_type, {})

    def lists_of(self, criterion: int) -> list[int]:
        """The lists, by id, whose members are those that match the criterion."""
        return self._members.get(criterion, [])

    def ready(self, criterion: int) -> bool:
        """Whether the members are known of all lists that it asks about."""
        asked = [self.lists.get(id) for id in self._lists_asked(criterion)]
        return all(each is None or each.criterion is not None for each in asked)

    def level(self, criterion: int) -> int:
        """0 for what asks about no dynamic list; else one more than the criteria of those."""
        if criterion not in self._levels:
            self._levels[criterion] = 0  # where lists ask about each other, somebody comes first
            lists = [self.lists.get(id) for id in self._lists_asked(criterion)]
            asked = [each.criterion for each in lists if each is not None]
            inner = [self.level(id) for id in asked if id is not None and id in self.criteria]
            self._levels[criterion] = 1 + max(inner, default=-1)
        return self._levels[criterion]

    def _lists_asked(self, criterion: int) -> list[int]:
        depends = self.criteria[criterion].depends
        return [int(key) for kind, key, _ in depends if kind == "list"]

    def _listen(self, workflow: Active, trigger: Trigger) -> None:
        type = workflow.object_type
        for role, (_, branch) in trigger.occurrences().items():
            # What it names may be gone: then it fails closed.
            with suppress(FilterInvalid):
                wanted = check_occurrence(branch, self.schema, type)
                heard = Heard(workflow.id, wanted, role.startswith(AGAIN))
                self._heard.setdefault(wanted.key, []).append(heard)
        for kind, _, id in trigger.memberships():
            self._heard.setdefault((kind, str(id)), []).append(Heard(workflow.id, None, False))

    @cached_property
    def recurring(self) -> frozenset[int]:
        """The criteria that enrol again by what happens anew, though they stay true."""
        return frozenset(
            id
            for id, uses in self._roles.items()
            if any(role.startswith(AGAIN) for _, role in uses)
            and id in self.criteria
            and self.criteria[id].recurs
        )

    @property
    def listening(self) -> bool:
        """Whether it matters what the changes say in detail."""
        return bool(self._heard)

    def heard(self, kind: str, key: str) -> list[Heard]:
        """Who listens for such events."""
        return self._heard.get((kind, key), [])

    def roles_of(self, criterion: int) -> list[tuple[int, str]]:
        """The workflows that ask a criterion, by id, and what for."""
        return self._roles.get(criterion, [])

    def statement(self, criteria: frozenset[int], bucket: int, now: datetime) -> Statement:
        """The SELECT that judges these criteria in one pass over candidates of a bucket."""
        chosen = {id: self.criteria[id] for id in sorted(criteria)}
        slots = Slots(self.schema.time_zone, now)
        return select_verdicts(chosen, self.schema, slots, bucket=bucket)


def _trigger(raw: Mapping[str, Any] | None) -> Trigger | None:
    entry = TRIGGERS.get(str((raw or {}).get("type")))
    if raw is None or entry is None:
        return None
    try:
        return entry.model_validate(raw)
    except ValidationError:
        return None


class Automations:
    """One process's copy, refreshed when workflows or schema have changed."""

    def __init__(self) -> None:
        self._current: Automation | None = None

    @property
    def listening(self) -> bool:
        """Whether the copy at hand listens for events."""
        return self._current is not None and self._current.listening

    async def current(self, conn: Connection, version: int, schema: Schema) -> Automation:
        known = self._current
        if known is None or known.version != version or known.schema.version != schema.version:
            self._current = await _load(conn, version, schema, known)
        assert self._current is not None
        return self._current


async def alone(conn: Connection, schema: Schema, workflow_id: int) -> Automation:
    """One workflow as if it were the only one, for who looks at it outside of turns."""
    rows = await _queries.rows(conn, "active_workflows", only=workflow_id)
    asked = {use["criterion"] for row in rows for use in row.criteria}
    criteria = await _criteria(conn, schema, asked)
    return Automation(0, schema, _workflows(rows), {}, criteria, Plans(schema))


async def _load(
    conn: Connection, version: int, schema: Schema, before: Automation | None
) -> Automation:
    rows = await _queries.rows(conn, "active_workflows", only=None)
    found = await _queries.rows(conn, "active_lists")
    lists = {row.id: ActiveList(row.id, row.object_type, row.criterion_id) for row in found}
    asked = {use["criterion"] for row in rows for use in row.criteria}
    asked.update(row.criterion_id for row in found if row.criterion_id is not None)
    asked.update(row.pending_criterion_id for row in found if row.pending_criterion_id is not None)
    known = {} if before is None or before.schema is not schema else before.criteria
    criteria = await _criteria(conn, schema, asked, known)
    return Automation(version, schema, _workflows(rows), lists, criteria, Plans(schema))


def _workflows(rows: Iterable[Any]) -> dict[int, Active]:
    return {
        row.id: Active(
            id=row.id,
            object_type=row.object_type,
            on=row.state == "on",
            criteria={use["role"]: use["criterion"] for use in row.criteria if use["live"]},
            trigger=_trigger(row.trigger),
            paused=row.state == "paused",
            scheduled=bool(row.schedule),
            everybody=(row.trigger or {}).get("type", "MANUAL") == "MANUAL",
        )
        for row in rows
    }


async def _criteria(
    conn: Connection,
    schema: Schema,
    asked: Iterable[int],
    known: Mapping[int, Criterion] = MappingProxyType({}),
) -> dict[int, Criterion]:
    """Criteria by id. A criterion never changes: those `known` for this schema are taken over."""
    wanted = sorted(set(asked))
    criteria = {id: known[id] for id in wanted if id in known}
    for row in await _queries.rows(
        conn, "criteria", ids=[id for id in wanted if id not in criteria]
    ):
        try:
            criteria[row.id] = check(row.document, schema, row.object_type)
        except FilterInvalid:
            # What it names is gone: it fails closed, and nobody comes to match it.
            continue
    return criteria
