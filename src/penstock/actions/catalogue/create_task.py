"""Create task."""

from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.durations import Unit, after, length_problems
from penstock.actions.inputs import Input, StaticValue
from penstock.actions.linking import Link, edges, link_problems
from penstock.actions.moments import TimeDelay
from penstock.actions.time_delays import moment
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.records.values import BadValue, instant_text

_TASK: Final = "0-27"


class Assignment(BaseModel):
    """Whom the task is for: the owner whom a value names, or nobody."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: Literal["CUSTOM", "UNASSIGNED"] = "CUSTOM"
    value: Input = StaticValue()

    @model_validator(mode="after")
    def _chosen(self) -> "Assignment":
        if self.type == "CUSTOM" and "value" not in self.model_fields_set:
            raise BadValue(Text("a custom assignment needs a value"), "REQUIRED")
        return self


class Reminder(BaseModel):
    """How long before the task is due somebody is reminded of it."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, frozen=True)

    delta: int = Field(0, ge=0)
    time_unit: Unit = Field("MINUTES", alias="timeUnit")


class CreateTask(
    Action,
    type_id="0-3",
    label="Create task",
    summary='Create task "{subject}"',
    icon="checkbox",
    category="CRM",
):
    """Create a task for every enrolled record, associated with it or with others around it. The
    output hs_object_id is the task's id.
    """

    makes = _TASK

    task_type: Literal["TODO", "CALL", "EMAIL"] = field(
        "Type", widget="select", default="TODO", options=["TODO", "CALL", "EMAIL"]
    )
    subject: str = field("Title", widget="template")
    body: str = field("Notes", widget="rich_text", default="")
    priority: Literal["NONE", "LOW", "MEDIUM", "HIGH"] = field(
        "Priority", widget="select", default="NONE", options=["NONE", "LOW", "MEDIUM", "HIGH"]
    )
    owner_assignment: Assignment | None = field("Assigned to", widget="assignment", default=None)
    due_time: TimeDelay | None = field("Due", widget="due_time", default=None)
    reminder: Reminder | None = field("Reminder", widget="reminder", default=None)
    queue_ids: tuple[str, ...] = field("Queues", widget="queues", default=())
    associations: tuple[Link, ...] = field("Associations", widget="associations", default=())
    use_explicit_associations: bool = field(
        "Only these associations, not the enrolled record too", widget="boolean", default=False
    )

    async def run(self, batch: Batch) -> Departures:
        subjects = await batch.render(self.subject)
        bodies = await batch.render(self.body, markup=True)
        owners = await batch.resolve(self.owner_assignment.value) if self.owner_assignment else {}
        made = batch.schema.types[_TASK]
        ends = await edges(self.associations, batch, made, explicit=self.use_explicit_associations)
        due = batch.now if self.due_time is None else moment(self.due_time, batch.now, batch.zone)
        shared = {
            "hs_task_type": self.task_type,
            "hs_task_priority": self.priority,
            "hs_task_status": "NOT_STARTED",
            "hs_timestamp": instant_text(due),
            "hs_queue_membership_ids": ";".join(self.queue_ids),
            **self._reminders(due, batch),
        }
        tasks = {
            member.record_id: {
                **shared,
                "hs_task_subject": subjects[member.record_id],
                "hs_task_body": bodies[member.record_id],
                "hubspot_owner_id": owners.get(member.record_id),
            }
            for member in batch.members
        }
        return (await batch.create(_TASK, tasks, ends)).depart(batch.members)

    def _reminders(self, due: datetime, batch: Batch) -> dict[str, str]:
        """The moment as the wire has it: milliseconds since 1970."""
        if self.reminder is None:
            return {}
        at = after(due, -self.reminder.delta, self.reminder.time_unit, batch.zone)
        return {"hs_task_reminders": str(int(at.timestamp() * 1000))}

    def problems(self, place: Place) -> list[Problem]:
        problems = list(link_problems(self.associations, place, _TASK))
        if not self.subject.strip():
            text = Text("a title is needed")
            problems.append(Problem(text, f"{place.where}.subject", "REQUIRED"))
        due = self.due_time
        if due is not None:
            where = f"{place.where}.due_time.delta"
            problems += length_problems(due.delta, due.time_unit, where)
        if due is not None and not due.known_zone():
            zone = due.time_zone_strategy
            name = zone.time_zone_id if zone is not None else ""
            text = Text('there is no time zone "{name}"', name=name)
            where = f"{place.where}.due_time.timeZoneStrategy"
            problems.append(Problem(text, where, "UNKNOWN_TIME_ZONE"))
        return problems + self._owner_problems(place)

    def _owner_problems(self, place: Place) -> list[Problem]:
        value = None if self.owner_assignment is None else self.owner_assignment.value
        if not isinstance(value, StaticValue) or not value.shared:
            return []
        owner = value.static_value
        if owner in (None, "") or str(owner) in place.schema.owner_ids:
            return []
        text = Text("there is no owner with the id {value}", value=owner)
        return [Problem(text, f"{place.where}.owner_assignment.value", "INVALID_OWNER_ID")]
