"""Pipelines: made, replaced, changed, archived and restored while the system runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.definitions import pipeline_rows, staging
from penstock.records.definitions.changing import changing
from penstock.records.definitions.pipeline_rows import PipelineDefinition
from penstock.records.definitions.stage_shape import StageDraft, check_stages
from penstock.records.definitions.words import check_label
from penstock.records.errors import (
    DefinitionExists,
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
)
from penstock.records.model import Pipeline, Stage
from penstock.records.schema import TypeSchema


@dataclass(frozen=True)
class PipelineDraft:
    """A pipeline to be; without an `id` it gets a new one."""

    label: str
    display_order: int
    stages: Sequence[StageDraft] = ()
    id: str | None = None


class PipelineChanges(TypedDict, total=False):
    """What of a pipeline may change by itself."""

    label: str
    display_order: int


def find(type: TypeSchema, id: str) -> Pipeline:
    """A live pipeline of the type. Raises DefinitionNotFound."""
    pipeline = type.pipelines.get(id)
    if pipeline is None:
        raise DefinitionNotFound(what="pipeline", name=id)
    return pipeline


async def create_one(
    conn: Connection, word: str, draft: PipelineDraft, now: datetime
) -> PipelineDefinition:
    """Make a pipeline with its stages; the first one of a custom type gives its records stages.

    Raises DefinitionInvalid, or DefinitionExists for a label or id that is taken.
    """
    async with changing(conn) as schema:
        type = await staging.ensure(conn, schema.type(word), now)
        draft = _checked(type, draft)
        _check_label_free(type, draft.label)
        await _check_ids_free(conn, type, draft.id, draft.stages)
        id = draft.id or (await pipeline_rows.new_ids(conn, 1))[0]
        pipeline = Pipeline(id, draft.label, draft.display_order, ())
        await pipeline_rows.save(conn, type, pipeline, now)
        stages = await _numbered(conn, draft.stages)
        await pipeline_rows.save_stages(conn, type, id, stages, now)
        return await pipeline_rows.read_one(conn, type, id)


def _checked(type: TypeSchema, draft: PipelineDraft) -> PipelineDraft:
    problems: list[Problem] = []
    checked = replace(
        draft,
        id=None if draft.id is None else check_label(draft.id, problems, "id"),
        label=check_label(draft.label, problems),
        stages=check_stages(type, draft.stages, problems),
    )
    if problems:
        raise DefinitionInvalid(problems=problems)
    return checked


def _check_label_free(type: TypeSchema, label: str, id: str | None = None) -> None:
    for pipeline in type.pipelines.values():
        if pipeline.id != id and pipeline.label.casefold() == label.casefold():
            raise DefinitionExists(what="pipeline", name=label)


async def _check_ids_free(
    conn: Connection, type: TypeSchema, id: str | None, stages: Sequence[StageDraft]
) -> None:
    wanted = [stage.id for stage in stages if stage.id is not None]
    for word in await pipeline_rows.taken(conn, type, id, wanted):
        raise DefinitionExists(what="pipeline" if word == id else "stage", name=word)


async def _numbered(conn: Connection, drafts: Sequence[StageDraft]) -> list[Stage]:
    nameless = [draft for draft in drafts if draft.id is None]
    fresh = iter(await pipeline_rows.new_ids(conn, len(nameless)))
    return [
        Stage(draft.id or next(fresh), draft.label, draft.display_order, {**draft.metadata})
        for draft in drafts
    ]


async def replace_one(
    conn: Connection,
    word: str,
    id: str,
    draft: PipelineDraft,
    now: datetime,
    *,
    validate: bool = False,
) -> PipelineDefinition:
    """Make a pipeline what the draft says.

    A stage of the draft is the present one with its id, or else with its label; others are new, and
    present ones that the draft lacks are archived: `validate` refuses that while they are needed.
    Raises DefinitionNotFound, DefinitionInvalid, DefinitionExists, StageInUse or PipelineInUse.
    """
    async with changing(conn) as schema:
        type = schema.type(word)
        before = find(type, id)
        draft = _checked(type, draft)
        _check_label_free(type, draft.label, before.id)
        stages = _matched(before, draft.stages)
        present = {stage.id for stage in before.stages}
        fresh = [stage for stage in stages if stage.id not in present]
        await _check_ids_free(conn, type, None, fresh)
        dropped = sorted(present - {stage.id for stage in stages})
        if dropped and validate:
            await pipeline_rows.check_unused(conn, schema, type, before.id, dropped)
        after = replace(before, label=draft.label, display_order=draft.display_order)
        await pipeline_rows.save(conn, type, after, now)
        await pipeline_rows.archive_stages(conn, type, before.id, dropped, now)
        numbered = await _numbered(conn, stages)
        await pipeline_rows.save_stages(conn, type, before.id, numbered, now)
        return await pipeline_rows.read_one(conn, type, before.id)


def _matched(before: Pipeline, drafts: Sequence[StageDraft]) -> list[StageDraft]:
    given = {draft.id for draft in drafts}
    by_label = {
        stage.label.casefold(): stage.id for stage in before.stages if stage.id not in given
    }
    return [replace(draft, id=draft.id or by_label.get(draft.label.casefold())) for draft in drafts]


async def update_one(
    conn: Connection, word: str, id: str, changes: PipelineChanges, now: datetime
) -> PipelineDefinition:
    """Change a pipeline. Raises DefinitionNotFound, DefinitionInvalid or DefinitionExists."""
    async with changing(conn) as schema:
        type = schema.type(word)
        problems: list[Problem] = []
        after = replace(find(type, id), **changes)
        after = replace(after, label=check_label(after.label, problems))
        if problems:
            raise DefinitionInvalid(problems=problems)
        _check_label_free(type, after.label, after.id)
        await pipeline_rows.save(conn, type, after, now)
        return await pipeline_rows.read_one(conn, type, after.id)


async def archive_one(
    conn: Connection, word: str, id: str, now: datetime, *, validate: bool = False
) -> None:
    """Archive a pipeline; `validate` refuses that while records or others need it.

    Raises DefinitionNotFound, StageInUse, PipelineInUse, or DefinitionFixed for the last pipeline
    of a built-in type.
    """
    async with changing(conn) as schema:
        type = schema.type(word)
        pipeline = find(type, id)
        if len(type.pipelines) == 1 and not type.custom:
            text = Text("{type} need at least one pipeline", type=type.plural_label)
            raise DefinitionFixed(text)
        if validate:
            await pipeline_rows.check_unused(conn, schema, type, pipeline.id)
        await pipeline_rows.archive(conn, type, pipeline.id, now)


async def restore_one(conn: Connection, word: str, id: str, now: datetime) -> PipelineDefinition:
    """Bring an archived pipeline back. Raises DefinitionNotFound or DefinitionExists."""
    async with changing(conn) as schema:
        type = schema.type(word)
        archived = await pipeline_rows.read_one(conn, type, id, archived=True)
        _check_label_free(type, archived.noun.label)
        await pipeline_rows.save(conn, type, archived.noun, now)
        return await pipeline_rows.read_one(conn, type, id)
