"""The shapes of pipelines and stages on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, Field

from penstock.api.models import Wire
from penstock.api.properties_shapes import Order

LONGEST_LIST = 1_000


def _texts(metadata: dict[str, str | bool | int | Decimal]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in metadata.items()
    }


Metadata = Annotated[dict[str, str | bool | int | Decimal], AfterValidator(_texts)]
"""What is said of a stage; everything becomes a string."""


class StageInput(Wire):
    label: str
    display_order: Order
    metadata: Metadata = Field(default_factory=dict, max_length=100)
    stage_id: str | None = Field(
        None, validation_alias=AliasChoices("stageId", "id"), serialization_alias="stageId"
    )


class PipelineInput(Wire):
    label: str
    display_order: Order
    stages: list[StageInput] = Field(max_length=LONGEST_LIST)
    pipeline_id: str | None = None


class PipelineChange(Wire):
    """What of a pipeline may change; `archived` false restores an archived one."""

    label: str | None = None
    display_order: Order | None = None
    archived: bool | None = None


class StageChange(PipelineChange):
    metadata: Metadata | None = Field(None, max_length=100)


class StageShape(Wire):
    id: str
    label: str
    display_order: int
    metadata: dict[str, str]
    write_permissions: str
    archived: bool
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


class StageList(Wire):
    results: list[StageShape]


class PipelineShape(Wire):
    id: str
    label: str
    display_order: int
    stages: list[StageShape]
    archived: bool
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None


class PipelineList(Wire):
    results: list[PipelineShape]


class AuditEntry(Wire):
    """One change: who made it, when, and what it was like afterwards."""

    portal_id: int
    identifier: str
    action: str
    timestamp: datetime
    message: str
    raw_object: Any


class AuditList(Wire):
    results: list[AuditEntry]
