"""Pipelines: `/crm/v3/pipelines`."""

from typing import Annotated, Any, Final

from fastapi import Query

from penstock.api.call import Call, ThisCall
from penstock.api.pipelines_shapes import (
    AuditList,
    PipelineChange,
    PipelineInput,
    PipelineList,
    PipelineShape,
)
from penstock.api.pipelines_wire import pipeline_draft, pipeline_target, shape, trail
from penstock.api.routing import Router
from penstock.kernel.errors import Invalid
from penstock.records.definitions import pipeline_rows, pipelines
from penstock.records.definitions.pipelines import PipelineChanges
from penstock.records.schema import TypeSchema

router = Router("pipelines", "Pipelines")

_ALL: Final = "/crm/v3/pipelines/{object_type}"
_ONE: Final = _ALL + "/{pipeline_id}"

References = Annotated[bool, Query(alias="validateReferencesBeforeDelete")]
DealStages = Annotated[bool, Query(alias="validateDealStageUsagesBeforeDelete")]


class ArchivedMisused(Invalid):
    """ "archived" may only be given as false, to restore what is archived"""


@router.get(_ALL, model=PipelineList)
async def list_pipelines(call: ThisCall, object_type: str) -> dict[str, Any]:
    """The pipelines of an object type, in the order in which they are shown."""
    type = call.definitions(object_type, "read")
    return {"results": [shape(entry) for entry in await pipeline_rows.read(call.conn, type)]}


@router.post(_ALL, model=PipelineShape, status=201)
async def create(call: ThisCall, object_type: str, body: PipelineInput) -> dict[str, Any]:
    """Make a pipeline with its stages."""
    type = call.definitions(object_type, "write")
    made = await pipelines.create_one(call.conn, type.id, pipeline_draft(body), call.now)
    return await _told(call, "pipelines_create", type, shape(made))


@router.get(_ONE, model=PipelineShape)
async def read_one(call: ThisCall, object_type: str, pipeline_id: str) -> dict[str, Any]:
    """A pipeline with its stages."""
    type = call.definitions(object_type, "read")
    return shape(await pipeline_rows.read_one(call.conn, type, pipeline_id))


@router.put(_ONE, model=PipelineShape)
async def replace(
    call: ThisCall,
    object_type: str,
    pipeline_id: str,
    body: PipelineInput,
    references: References = False,
    deal_stages: DealStages = False,
) -> dict[str, Any]:
    """Make a pipeline what the body says.

    Present stages keep their ids by `stageId` or by label; those that are left out are archived.
    """
    type = call.definitions(object_type, "write")
    after = await pipelines.replace_one(
        call.conn,
        type.id,
        pipeline_id,
        pipeline_draft(body),
        call.now,
        validate=references or deal_stages,
    )
    return await _told(call, "pipelines_replace", type, shape(after))


@router.patch(_ONE, model=PipelineShape)
async def update(
    call: ThisCall, object_type: str, pipeline_id: str, body: PipelineChange
) -> dict[str, Any]:
    """Change a pipeline, or restore an archived one."""
    type = call.definitions(object_type, "write")
    if body.archived is not None:
        if body.archived or pipeline_id in type.pipelines:
            raise ArchivedMisused
        await pipelines.restore_one(call.conn, type.id, pipeline_id, call.now)
    changes: PipelineChanges = {}
    if body.label is not None:
        changes["label"] = body.label
    if body.display_order is not None:
        changes["display_order"] = body.display_order
    after = await pipelines.update_one(call.conn, type.id, pipeline_id, changes, call.now)
    return await _told(call, "pipelines_update", type, shape(after))


@router.delete(_ONE)
async def archive(
    call: ThisCall,
    object_type: str,
    pipeline_id: str,
    references: References = False,
    deal_stages: DealStages = False,
) -> None:
    """Archive a pipeline; the two queries refuse that while it is needed."""
    type = call.definitions(object_type, "write")
    before = shape(await pipeline_rows.read_one(call.conn, type, pipeline_id))
    await pipelines.archive_one(
        call.conn, type.id, pipeline_id, call.now, validate=references or deal_stages
    )
    await _told(call, "pipelines_archive", type, before)


@router.get(f"{_ONE}/audit", model=AuditList)
async def read_audit(call: ThisCall, object_type: str, pipeline_id: str) -> dict[str, Any]:
    """The changes of a pipeline, the latest first."""
    type = call.definitions(object_type, "read")
    entries = await trail(call, pipeline_target(type, pipeline_id), pipeline_id)
    if not entries:
        pipelines.find(type, pipeline_id)
    return {"results": entries}


async def _told(
    call: Call, operation: str, type: TypeSchema, after: dict[str, Any]
) -> dict[str, Any]:
    await call.audit(operation, pipeline_target(type, after["id"]), {"after": after})
    return after
