"""Pipelines and stages as they are stored and read."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg.types.json import Jsonb

from penstock.kernel import ids as numbers
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.definitions import uses
from penstock.records.definitions.changing import Defined, defined, moments
from penstock.records.errors import DefinitionNotFound, PipelineInUse, StageInUse
from penstock.records.model import Pipeline, Stage
from penstock.records.schema import Schema, TypeSchema

_queries = load("penstock.records.definitions", "pipelines.sql")


@dataclass(frozen=True)
class PipelineDefinition(Defined[Pipeline]):
    """A pipeline with the moments of each of its live stages."""

    stages: Sequence[Defined[Stage]] = ()


async def read(
    conn: Connection,
    type: TypeSchema,
    *,
    ids: Collection[str] | None = None,
    archived: bool = False,
) -> list[PipelineDefinition]:
    """The pipelines of a type, all or those with these ids, in the order of their showing."""
    rows = await _queries.rows(
        conn,
        "pipelines",
        type=type.id,
        ids=None if ids is None else list(ids),
        archived=archived,
    )
    stages = await _read_stages(conn, type, [row.id for row in rows])
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


async def _read_stages(
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
    """One stage. Raises DefinitionNotFound."""
    stages = await _read_stages(conn, type, [pipeline], archived=archived)
    for stage in stages.get(pipeline, ()):
        if stage.noun.id == id:
            return stage
    raise DefinitionNotFound(what="stage", name=id)


async def save(conn: Connection, type: TypeSchema, pipeline: Pipeline, now: datetime) -> None:
    """Write a pipeline, new or not, archived or not; its stages are not looked at."""
    await _queries.run(
        conn,
        "save_pipeline",
        type=type.id,
        id=pipeline.id,
        label=pipeline.label,
        display_order=pipeline.display_order,
        now=now,
    )


async def save_stages(
    conn: Connection, type: TypeSchema, pipeline: str, stages: Sequence[Stage], now: datetime
) -> None:
    """Write stages, new or not, archived or not."""
    rows = Jsonb([asdict(stage) for stage in stages])
    await _queries.run(conn, "save_stages", type=type.id, pipeline=pipeline, rows=rows, now=now)


async def archive(conn: Connection, type: TypeSchema, id: str, now: datetime) -> None:
    await _queries.run(conn, "archive_pipeline", type=type.id, id=id, now=now)


async def archive_stages(
    conn: Connection, type: TypeSchema, pipeline: str, ids: Sequence[str], now: datetime
) -> None:
    await _queries.run(
        conn, "archive_stages", type=type.id, pipeline=pipeline, ids=list(ids), now=now
    )


async def taken(
    conn: Connection, type: TypeSchema, pipeline: str | None, stages: Sequence[str]
) -> list[str]:
    """Which of these ids the type has used already, for this pipeline or for its stages."""
    rows = await _queries.rows(conn, "taken", type=type.id, pipeline=pipeline, stages=list(stages))
    return [row.id for row in rows]


async def new_ids(conn: Connection, count: int) -> list[str]:
    """Ids for pipelines and stages that come without."""
    return [str(number) for number in await numbers.take(conn, count)]


async def check_unused(
    conn: Connection,
    schema: Schema,
    type: TypeSchema,
    pipeline: str,
    stages: Collection[str] | None = None,
) -> None:
    """Raises StageInUse or PipelineInUse while live records, or others, need the stages.

    Without `stages` all of the pipeline's are meant, archived ones too.
    """
    assert type.staging is not None
    rows = await _queries.rows(
        conn,
        "some_records",
        type=type.id,
        pipeline_property=type.staging.pipeline,
        pipeline=pipeline,
        stage_property=type.staging.stage,
        stages=None if stages is None else list(stages),
    )
    if rows:
        stage = rows[0].stage or ""
        objects = [str(row.id) for row in rows if row.stage == rows[0].stage]
        raise StageInUse(
            id=stage,
            objects=", ".join(objects),
            context={"stageId": [stage], "objectIds": objects},
        )
    meant = stages if stages is not None else [s.id for s in type.pipelines[pipeline].stages]
    for use in await uses.of_pipeline(conn, schema, type, pipeline, frozenset(meant)):
        raise PipelineInUse(id=pipeline, use=use, context={"pipelineId": [pipeline]})
