"""The shapes of what workflows did."""

from typing import Any

from pydantic import Field

from penstock.api.models import Paging, Wire


class EntryShape(Wire):
    """One thing that happened to a record in a workflow; without enrollment: a refusal."""

    at: str
    record_id: str
    workflow_id: str
    workflow: str
    enrollment_id: str | None
    step: str | None
    action: str | None = Field(description="What the step does, if the workflow still has it")
    kind: str
    message: str
    detail: dict[str, Any]


class EntryPage(Wire):
    results: list[EntryShape]
    paging: Paging | None = None


class PassageShape(Wire):
    """One passage of a record through a workflow; `dueAt` is when it will move."""

    enrollment_id: str
    workflow_id: str
    workflow: str
    passage: int
    state: str
    step: str | None
    enrolled_at: str
    ended_at: str | None
    due_at: str | None
    reason: str | None
    source: str = Field(description="What enrolled it, or who")


class RecordHistory(Wire):
    enrollments: list[PassageShape]
    entries: list[EntryShape]
