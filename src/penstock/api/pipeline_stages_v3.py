"""Stages of pipelines: `/crm/v3/pipelines/{type}/{pipeline}/stages`."""

from typing import Any, Final

from penstock.api.call import Call, ThisCall
from penstock.api.pipelines_shapes import AuditList, StageChange, StageInput, StageList, StageShape
from penstock.api.pipelines_v3 import ArchivedMisused
from penstock.api.pipelines_wire import stage_draft, stage_shape, stage_target, trail
from penstock.api.routing import Router
from penstock.records.definitions import pipeline_rows, stages
from penstock.records.definitions.pipelines import find
from penstock.records.definitions.stages import StageChanges
from penstock.records.errors import DefinitionNotFound
from penstock.records.schema import TypeSchema

router = Router("pipeline_stages", "Pipelines")

_ALL: Final = "/crm/v3/pipelines/{object_type}/{pipeline_id}/stages"
_ONE: Final = _ALL + "/{stage_id}"


@router.get(_ALL, model=StageList)
async def list_stages(call: ThisCall, object_type: str, pipeline_id: str) -> dict[str, Any]:
    """The stages of a pipeline, in their order."""
    type = call.definitions(object_type, "read")
    found = await pipeline_rows.read_one(call.conn, type, pipeline_id)
    return {"results": [stage_shape(stage) for stage in found.stages]}


@router.post(_ALL, model=StageShape, status=201)
async def create(
    call: ThisCall, object_type: str, pipeline_id: str, body: StageInput
) -> dict[str, Any]:
    """Make a stage."""
    type = call.definitions(object_type, "write")
    made = await stages.create_one(call.conn, type.id, pipeline_id, stage_draft(body), call.now)
    return await _told(call, "pipeline_stages_create", type, stage_shape(made))


@router.get(_ONE, model=StageShape)
async def read_one(
    call: ThisCall, object_type: str, pipeline_id: str, stage_id: str
) -> dict[str, Any]:
    """A stage."""
    type = call.definitions(object_type, "read")
    pipeline = find(type, pipeline_id)
    return stage_shape(await pipeline_rows.read_stage(call.conn, type, pipeline.id, stage_id))


@router.put(_ONE, model=StageShape)
async def replace(
    call: ThisCall, object_type: str, pipeline_id: str, stage_id: str, body: StageInput
) -> dict[str, Any]:
    """Make a stage what the body says."""
    type = call.definitions(object_type, "write")
    after = await stages.replace_one(
        call.conn, type.id, pipeline_id, stage_id, stage_draft(body), call.now
    )
    return await _told(call, "pipeline_stages_replace", type, stage_shape(after))


@router.patch(_ONE, model=StageShape)
async def update(
    call: ThisCall, object_type: str, pipeline_id: str, stage_id: str, body: StageChange
) -> dict[str, Any]:
    """Change a stage, or restore an archived one."""
    type = call.definitions(object_type, "write")
    place = type.id, pipeline_id, stage_id
    if body.archived is not None:
        present = {stage.id for stage in find(type, pipeline_id).stages}
        if body.archived or stage_id in present:
            raise ArchivedMisused
        await stages.restore_one(call.conn, *place, call.now)
    changes: StageChanges = {}
    if body.label is not None:
        changes["label"] = body.label
    if body.display_order is not None:
        changes["display_order"] = body.display_order
    if body.metadata is not None:
        changes["metadata"] = {name: str(value) for name, value in body.metadata.items()}
    after = await stages.update_one(call.conn, *place, changes, call.now)
    return await _told(call, "pipeline_stages_update", type, stage_shape(after))


@router.delete(_ONE)
async def archive(call: ThisCall, object_type: str, pipeline_id: str, stage_id: str) -> None:
    """Archive a stage in which no record stands."""
    type = call.definitions(object_type, "write")
    pipeline = find(type, pipeline_id)
    before = stage_shape(await pipeline_rows.read_stage(call.conn, type, pipeline.id, stage_id))
    await stages.archive_one(call.conn, type.id, pipeline.id, stage_id, call.now)
    await _told(call, "pipeline_stages_archive", type, before)


@router.get(f"{_ONE}/audit", model=AuditList)
async def read_audit(
    call: ThisCall, object_type: str, pipeline_id: str, stage_id: str
) -> dict[str, Any]:
    """The changes of a stage, the latest first."""
    # The pipeline is not looked at: HubSpot's own client sends no id there.
    type = call.definitions(object_type, "read")
    entries = await trail(call, stage_target(type, stage_id), stage_id)
    if not entries and stage_id not in type.stages:
        raise DefinitionNotFound(what="stage", name=stage_id)
    return {"results": entries}


async def _told(
    call: Call, operation: str, type: TypeSchema, after: dict[str, Any]
) -> dict[str, Any]:
    await call.audit(operation, stage_target(type, after["id"]), {"after": after})
    return after
