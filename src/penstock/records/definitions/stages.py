"""Stages of a pipeline: made, replaced, changed, archived and restored one by one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from penstock.kernel.db import Connection
from penstock.records.definitions import pipeline_rows
from penstock.records.definitions.changing import Defined, changing
from penstock.records.definitions.pipelines import find
from penstock.records.definitions.stage_shape import StageDraft, check_stage
from penstock.records.errors import DefinitionExists, DefinitionNotFound
from penstock.records.model import Pipeline, Stage
from penstock.records.schema import TypeSchema


class StageChanges(TypedDict, total=False):
    """What of a stage may change; metadata are merged with those present."""

    label: str
    display_order: int
    metadata: Mapping[str, str]


async def create_one(
    conn: Connection, word: str, pipeline: str, draft: StageDraft, now: datetime
) -> Defined[Stage]:
    """Make a stage. Raises DefinitionNotFound, DefinitionInvalid or DefinitionExists."""
    async with changing(conn) as schema:
        type = schema.type(word)
        place = find(type, pipeline)
        if draft.id is not None and await pipeline_rows.taken(conn, type, None, [draft.id]):
            raise DefinitionExists(what="stage", name=draft.id)
        id = draft.id or (await pipeline_rows.new_ids(conn, 1))[0]
        stage = Stage(id, draft.label, draft.display_order, {**draft.metadata})
        return await _save(conn, type, place, stage, now)


async def replace_one(
    conn: Connection, word: str, pipeline: str, id: str, draft: StageDraft, now: datetime
) -> Defined[Stage]:
    """Make a stage what the draft says. Raises as `create_one`."""
    async with changing(conn) as schema:
        type = schema.type(word)
        place = find(type, pipeline)
        stage = Stage(_stage(place, id).id, draft.label, draft.display_order, {**draft.metadata})
        return await _save(conn, type, place, stage, now)


async def update_one(
    conn: Connection, word: str, pipeline: str, id: str, changes: StageChanges, now: datetime
) -> Defined[Stage]:
    """Change a stage. Raises as `create_one`."""
    async with changing(conn) as schema:
        type = schema.type(word)
        place = find(type, pipeline)
        before = _stage(place, id)
        after = replace(
            before,
            label=changes.get("label", before.label),
            display_order=changes.get("display_order", before.display_order),
            metadata=_merged(before.metadata, changes.get("metadata", {})),
        )
        return await _save(conn, type, place, after, now)


def _stage(pipeline: Pipeline, id: str) -> Stage:
    for stage in pipeline.stages:
        if stage.id == id:
            return stage
    raise DefinitionNotFound(what="stage", name=id)


def _merged(before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    merged = {**before, **given}
    if "isClosed" not in given and any(before.get(key) != given[key] for key in given):
        # It follows from a probability or a state that is not the same any more.
        merged.pop("isClosed", None)
    return merged


async def _save(
    conn: Connection, type: TypeSchema, pipeline: Pipeline, stage: Stage, now: datetime
) -> Defined[Stage]:
    stage = check_stage(type, stage)
    for other in pipeline.stages:
        if other.id != stage.id and other.label.casefold() == stage.label.casefold():
            raise DefinitionExists(what="stage", name=stage.label)
    await pipeline_rows.save_stages(conn, type, pipeline.id, [stage], now)
    return await pipeline_rows.read_stage(conn, type, pipeline.id, stage.id)


async def archive_one(conn: Connection, word: str, pipeline: str, id: str, now: datetime) -> None:
    """Archive a stage that nobody needs. Raises DefinitionNotFound, StageInUse or PipelineInUse."""
    async with changing(conn) as schema:
        type = schema.type(word)
        place = find(type, pipeline)
        stage = _stage(place, id)
        await pipeline_rows.check_unused(conn, schema, type, place.id, [stage.id])
        await pipeline_rows.archive_stages(conn, type, place.id, [stage.id], now)


async def restore_one(
    conn: Connection, word: str, pipeline: str, id: str, now: datetime
) -> Defined[Stage]:
    """Bring an archived stage back. Raises DefinitionNotFound or DefinitionExists."""
    async with changing(conn) as schema:
        type = schema.type(word)
        place = find(type, pipeline)
        archived = await pipeline_rows.read_stage(conn, type, place.id, id, archived=True)
        return await _save(conn, type, place, archived.noun, now)
