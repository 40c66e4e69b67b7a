"""A workflow's definition made ready to run: its steps as actions, ranked in topological order."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from penstock.actions.base import ACTIONS, Action
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.schema import Schema, TypeSchema
from penstock.workflows import data_sources
from penstock.workflows.data_sources import DataSource
from penstock.workflows.document import Document, Leaves, Step
from penstock.workflows.timing import Timing, timing

_queries = load("penstock.engine")

_TOKEN = re.compile(r"action_outputs\.action_output_(\w+)\.")


@dataclass(frozen=True)
class PlannedStep:
    """A step with its action; without one it fails everybody who reaches it."""

    step: Step
    rank: int
    action: Action | None
    awaits: bool = False
    """Whether the way on depends on what becomes of what it queues."""


@dataclass(frozen=True)
class Plan:
    """One definition of one workflow. Moving to a step of no higher rank is a jump back."""

    workflow_id: int
    revision: int
    type: TypeSchema
    zone: ZoneInfo
    """The workflow's; records may have others where `timing` says so."""

    start: str | None
    state: str
    timing: Timing
    again: bool
    """Whether a record may enrol more than once."""

    by_any_trigger: bool
    """Whether every trigger enrols again, since none was chosen for that."""

    leaves: Leaves | None
    """Which other workflows a record leaves that enrols in this one."""

    steps: Mapping[str, PlannedStep]
    sources: Mapping[str, DataSource]
    """Data sources by name."""

    @cached_property
    def makes(self) -> Mapping[str, str]:
        """The object types of the records that steps make, by step."""
        actions = {id: planned.action for id, planned in self.steps.items()}
        return {id: action.made for id, action in actions.items() if action and action.made}

    @property
    def on(self) -> bool:
        return self.state == "on"

    @property
    def off(self) -> bool:
        """Whether what falls due is skipped."""
        return self.state == "off"

    @cached_property
    def followed(self) -> frozenset[str]:
        """The steps for which others wait until something becomes of what they did."""
        actions = (planned.action for planned in self.steps.values())
        return frozenset(id for action in actions if action for id in action.follows())

    @property
    def shut(self) -> str:
        """Why nobody enrols while it is not on, as the code of a reason."""
        return "workflow_paused" if self.state == "paused" else "workflow_off"

    def rank(self, step: str) -> int:
        planned = self.steps.get(step)
        return -1 if planned is None else planned.rank


Prepared = Mapping[tuple[int, int | None], Plan]
"""Plans by workflow and revision; no revision means the live one."""


class Plans:
    """Plans by workflow and revision, loaded when first needed."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._plans: dict[tuple[int, int | None], Plan] = {}

    async def need(self, conn: Connection, wanted: Iterable[tuple[int, int | None]]) -> Prepared:
        """The plans of (workflow, revision) pairs."""
        missing = sorted({key for key in wanted if key not in self._plans}, key=str)
        if missing:
            rows = await _queries.rows(
                conn,
                "definitions",
                workflows=[workflow for workflow, _ in missing],
                revisions=[revision for _, revision in missing],
            )
            for row in rows:
                plan = _plan(row, self._schema)
                for key in missing:
                    if key[0] == row.id and key[1] in (None, row.revision):
                        self._plans[key] = plan
        return self._plans


def _plan(row: Any, schema: Schema) -> Plan:
    document = Document(row.document)
    times = timing(document.raw)
    ranks = {id: rank for rank, id in enumerate(document.order)}
    criteria = document.raw.get("enrollmentCriteria") or {}
    read = set(_outputs_read(document.raw["actions"]))
    return Plan(
        workflow_id=row.id,
        revision=row.revision,
        type=schema.types[row.object_type],
        zone=times.zone or ZoneInfo(schema.time_zone),
        start=document.start,
        state=row.state,
        timing=times,
        again=bool(criteria.get("shouldReEnroll")) or times.yearly,
        leaves=document.leaves,
        by_any_trigger=not criteria.get("reEnrollmentTriggersFilterBranches"),
        steps={
            id: PlannedStep(
                step := document.steps[id],
                rank,
                _action(step),
                awaits=id in read or step.minds_errors,
            )
            for id, rank in ranks.items()
        },
        sources=data_sources.read(document.raw.get("dataSources") or []),
    )


def _outputs_read(drawn: Any) -> Iterator[str]:
    """The steps of which others read what they put out."""
    if isinstance(drawn, Mapping):
        if drawn.get("type") == "FIELD_DATA":
            yield str(drawn.get("actionId"))
        for value in drawn.values():
            yield from _outputs_read(value)
    elif isinstance(drawn, (list, tuple)):
        for value in drawn:
            yield from _outputs_read(value)
    elif isinstance(drawn, str):
        yield from _TOKEN.findall(drawn)


def _action(step: Step) -> Action | None:
    entry = ACTIONS.get(step.type_id)
    if entry is None:
        return None
    try:
        return entry.model_validate(step.settings)
    except ValidationError:
        return None
