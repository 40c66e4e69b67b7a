"""Pipelines and their stages: made, replaced, changed, archived, restored and read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final, TypedDict

from psycopg.types.json import Jsonb

from penstock.kernel import ids
from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.definitions import staging, uses
from penstock.records.definitions.changing import Defined, changing, defined, moments
from penstock.records.definitions.stages import StageDraft, check_stage, check_stages
from penstock.records.definitions.words import check_label
from penstock.records.errors import (
    DefinitionExists,
    DefinitionFixed,
    DefinitionInvalid,
    DefinitionNotFound,
    PipelineInUse,
    StageInUse,
)
from penstock.records.model import Pipeline, Stage
from penstock.records.schema import Schema, TypeSchema

_queries = load("penstock.records.definitions", "pipelines.sql")


@dataclass(frozen=True)
class PipelineDraft:
    """A pipeline to be; without an `id` it gets a new one."""

    label: str
    display_order: int
    stages: Sequence[StageDraft] = ()
    id: str | None = None


@dataclass(frozen=True)
class PipelineDefinition(Defined[Pipeline]):
    """A pipeline with the moments of each of its stages."""

    stages: Sequence[Defined[Stage]] = ()


class PipelineChanges(TypedDict, total=False):
    """What of a pipeline may change by itself."""

    label: str
    display_order: int


class StageChanges(TypedDict, total=False):
    """What of a stage may change; the metadata given are merged with those present."""

    label: str
    display_order: int
    metadata: Mapping[str, str]

async def read(
    conn: Connection,
    type: TypeSchema,
    *,
    ids: Collection[str] | None = None,
    archived: bool = False,
) -> list[PipelineDefinition]:
    """The pipelines of a type in the order in which they are shown, each with its live stages."""
    rows = await _queries.rows(
        conn,
        "pipelines",
        type=type.id,
        ids=None if ids is None else list(ids),
        archived=archived,
    )
    stages = await _stages(conn, type, [row.id for row in rows])
    return [
        PipelineDefinition(
            Pipeline(
                row.id,
                row.label,
                row.display_order,
                tuple(stage.noun for stage in stages.get(row.id, ())),
            ),
            **moments(row),
            stages=stages.get(row.id, ()),
        )
        for row in rows
    ]


async def _stages(
    conn: Connection, type: TypeSchema, pipelines: Collection[str], *, archived: bool = False
) -> dict[str, list[Defined[Stage]]]:
    rows = await _queries.rows(
        conn, "stages", type=type.id, pipelines=list(pipelines), archived=archived
    )
    found: dict[str, list[Defined[Stage]]] = {}
    for row in rows:
        stage = Stage(row.id, row.label, row.display_order, row.metadata)
        found.setdefault(row.pipeline, []).append(defined(stage, row))
    return found


async def read_one(
    conn: Connection, type: TypeSchema, id: str, *, archived: bool = False
) -> PipelineDefinition:
    """One pipeline. Raises DefinitionNotFound."""
    found = await read(conn, type, ids=[id], archived=archived)
    if not found:
        raise DefinitionNotFound(what="pipeline", name=id)
    return found[0]


async def read_stage(
    conn: Connection, type: TypeSchema, pipeline: str, id: str, *, archived: bool = False
) -> Defined[Stage]:
    """One stage of a live pipeline. Raises DefinitionNotFound."""
    found = find(type, pipeline)
    stages = await _stages(conn, type, [found.id], archived=archived)
    for stage in stages.get(found.id, ()):
        if stage.noun.id == id:
            return stage
    raise DefinitionNotFound(what="stage", name=id)


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
        id = draft.id or await _new_id(conn)
        await _save(conn, type, Pipeline(id, draft.label, draft.display_order, ()), now)
        await _save_stages(conn, type, id, await _numbered(conn, draft.stages), now)
        return await read_one(conn, type, id)


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
    taken = await _queries.rows(conn, "taken", type=type.id, pipeline=id, ids=wanted)
    for row in taken:
        what = "pipeline" if row.id == id else "stage"
        raise DefinitionExists(what=what, name=row.id)


async def _new_id(conn: Connection) -> str:
    return str((await ids.take(conn, 1))[0])


async def _numbered(conn: Connection, drafts: Sequence[StageDraft]) -> list[Stage]:
    numbers = iter(await ids.take(conn, len([draft for draft in drafts if draft.id is None])))
    return [
        Stage(draft.id or str(next(numbers)), draft.label, draft.display_order, {**draft.metadata})
        for draft in drafts
    ]


async def _save(conn: Connection, type: TypeSchema, pipeline: Pipeline, now: datetime) -> None:
    await _queries.run(
        conn,
        "save_pipeline",
        type=type.id,
        id=pipeline.id,
        label=pipeline.label,
        display_order=pipeline.display_order,
        now=now,
    )


async def _save_stages(
    conn: Connection, type: TypeSchema, pipeline: str, stages: Sequence[Stage], now: datetime
) -> None:
    rows = Jsonb([asdict(stage) for stage in stages])
    await _queries.run(conn, "save_stages", type=type.id, pipeline=pipeline, rows=rows, now=now)


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
    present ones that the draft lacks are archived. `validate` refuses that for stages in which
    records stand. Raises DefinitionNotFound, DefinitionInvalid, DefinitionExists or StageInUse.
    """
    async with changing(conn) as schema:
        type = schema.type(word)
        before = find(type, id)
        draft = _checked(type, draft)
        _check_label_free(type, draft.label, before.id)
        stages = _matched(before, draft.stages)
        kept = {stage.id for stage in stages}
        dropped = [stage.id for stage in before.stages if stage.id not in kept]
        known = {stage.id for stage in before.stages}
        fresh = [stage for stage in stages if stage.id not in known]
        await _check_ids_free(conn, type, None, fresh)
        if validate:
            await _check_unused(conn, schema, type, before.id, dropped)
        await _save(conn, type, replace(before, label=draft.label, display_order=draft.display_order), now)
        await _archive_stages(conn, type, before.id, dropped, now)
        await _save_stages(conn, type, before.id, await _numbered(conn, stages), now)
        return await read_one(conn, type, before.id)


def _matched(before: Pipeline, drafts: Sequence[StageDraft]) -> list[StageDraft]:
    given = {draft.id for draft in drafts}
    by_label = {
        stage.label.casefold(): stage.id for stage in before.stages if stage.id not in given
    }
    return [
        replace(draft, id=draft.id or by_label.get(draft.label.casefold())) for draft in drafts
    ]
