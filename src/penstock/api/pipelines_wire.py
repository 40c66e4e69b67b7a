"""Pipelines and stages as they come in and go out, and the trail of their changes."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.accounts import audit
from penstock.accounts.audit import Entry
from penstock.api.call import Call
from penstock.api.pipelines_shapes import PipelineInput, StageInput
from penstock.records.definitions.changing import Defined
from penstock.records.definitions.pipeline_rows import PipelineDefinition
from penstock.records.definitions.pipelines import PipelineDraft
from penstock.records.definitions.stage_shape import StageDraft
from penstock.records.model import Pipeline, Stage
from penstock.records.schema import TypeSchema
from penstock.records.values import instant_text

LONGEST_TRAIL: Final = 1_000
"""Changes of one pipeline or stage that are told, from the latest on."""

_ACTIONS: Final = {"create": "CREATE", "archive": "DELETE"}


def pipeline_draft(body: PipelineInput) -> PipelineDraft:
    stages = tuple(stage_draft(stage) for stage in body.stages)
    return PipelineDraft(body.label, body.display_order, stages, body.pipeline_id)


def stage_draft(body: StageInput) -> StageDraft:
    return StageDraft(
        body.label,
        body.display_order,
        {name: str(value) for name, value in body.metadata.items()},
        body.stage_id,
    )


def shape(entry: PipelineDefinition) -> dict[str, Any]:
    """A pipeline with its live stages."""
    return _common(entry) | {"stages": [stage_shape(stage) for stage in entry.stages]}


def stage_shape(entry: Defined[Stage]) -> dict[str, Any]:
    return _common(entry) | {
        "metadata": entry.noun.metadata,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }


def _common(entry: Defined[Pipeline] | Defined[Stage]) -> dict[str, Any]:
    shaped = {
        "id": entry.noun.id,
        "label": entry.noun.label,
        "displayOrder": entry.noun.display_order,
        "archived": entry.archived_at is not None,
        "createdAt": instant_text(entry.created_at),
        "updatedAt": instant_text(entry.updated_at),
    }
    if entry.archived_at is not None:
        shaped["archivedAt"] = instant_text(entry.archived_at)
    return shaped


def pipeline_target(type: TypeSchema, id: str) -> str:
    """Under which target the trail keeps the changes of a pipeline."""
    return f"pipeline:{type.id}/{id}"


def stage_target(type: TypeSchema, id: str) -> str:
    """Under which target the trail keeps the changes of a stage."""
    return f"stage:{type.id}/{id}"


async def trail(call: Call, target: str, id: str) -> list[dict[str, Any]]:
    """The changes of a target, the latest first."""
    entries: Sequence[Entry] = await audit.trail(call.conn, target=target, limit=LONGEST_TRAIL)
    return [
        {
            "portalId": call.schema.portal_id,
            "identifier": id,
            "action": _ACTIONS.get(entry.operation.rpartition("_")[2], "UPDATE"),
            "timestamp": instant_text(entry.at),
            "message": entry.actor,
            "rawObject": entry.details.get("after"),
        }
        for entry in entries
    ]
