"""Create task."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.durations import Unit, after, instant
from penstock.actions.inputs import Input, ObjectProperty
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.records.values import instant_text

_WEEK = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


class TimeOfDay(BaseModel):
    hour: int = Field(ge=0, le=23)
    minute: int = Field(0, ge=0, le=59)


class DueTime(BaseModel):
    """When the task falls due: so long after the step, at a time of day, on certain weekdays."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, frozen=True)

    delta: int = 0
    time_unit: Unit = Field("DAYS", alias="timeUnit")
    time_of_day: TimeOfDay | None = Field(None, alias="timeOfDay")
    days_of_week: tuple[str, ...] = Field((), alias="daysOfWeek")


class Assignment(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = "CUSTOM"
    value: Input


class CreateTask(
    Action,
    type_id="0-3",
    label="Create task",
    summary='Create task "{subject}"',
    icon="checkbox",
    category="CRM",
):
    """Create a task for every enrolled record, associated with it."""

    task_type: Literal["TODO", "CALL", "EMAIL"] = field(
        "Type", widget="select", default="TODO", options=["TODO", "CALL", "EMAIL"]
    )
    subject: str = field("Title", widget="template")
    body: str = field("Notes", widget="rich_text", default="")
    priority: Literal["NONE", "LOW", "MEDIUM", "HIGH"] = field(
        "Priority", widget="select", default="NONE", options=["NONE", "LOW", "MEDIUM", "HIGH"]
    )
    owner_assignment: Assignment | None = field("Assigned to", widget="assignment", default=None)
    due_time: DueTime | None = field("Due", widget="due_time", default=None)
    associations: tuple[dict[str, Any], ...] = field(
        "Associations", widget="associations", default=()
    )

    async def run(self, batch: Batch) -> Departures:
        subjects = await batch.render(self.subject)
        bodies = await batch.render(self.body)
        owners = await batch.resolve(self.owner_assignment.value) if self.owner_assignment else {}
        due = instant_text(self._due(batch))
        tasks = {
            member.record_id: {
                "hs_task_subject": subjects[member.record_id],
                "hs_task_body": bodies[member.record_id],
                "hs_task_type": self.task_type,
                "hs_task_priority": self.priority,
                "hs_task_status": "NOT_STARTED",
                "hs_timestamp": due,
                "hubspot_owner_id": owners.get(member.record_id),
            }
            for member in batch.members
        }
        refused = await batch.create("0-27", tasks, self._edge())
        return Departures.sorted_by(batch.members, refused)

    def _edge(self) -> int | None:
        """The association type to the enrolled record, where one is chosen."""
        for association in self.associations:
            if association.get("value", {}).get("type") == "ENROLLED_OBJECT":
                return int(association["target"]["associationTypeId"])
        return None

    def _due(self, batch: Batch) -> Any:
        due = self.due_time
        if due is None:
            return batch.now
        moment = after(batch.now, due.delta, due.time_unit, batch.zone)
        local = moment.astimezone(batch.zone)
        if due.time_of_day:
            clock = due.time_of_day
            local = local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
        civil = local.replace(tzinfo=None)
        if due.days_of_week:
            for _ in _WEEK:
                if _WEEK[civil.weekday()] in due.days_of_week:
                    break
                civil = civil.fromordinal(civil.toordinal() + 1).replace(
                    hour=civil.hour, minute=civil.minute
                )
        return instant(civil, batch.zone)

    def problems(self, place: Place) -> list[Problem]:
        assignment = self.owner_assignment
        if assignment and isinstance(assignment.value, ObjectProperty):
            return place.property_problem(
                assignment.value.property_name, "owner_assignment.value.propertyName"
            )
        return []
