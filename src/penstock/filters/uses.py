"""Which properties, object types, pipelines and stages lists and workflows ask about."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schema, TypeSchema

_queries = load("penstock.filters", "uses.sql")

_WORDS: Final = {
    "list": 'the list "{name}" asks about it',
    "workflow": 'the workflow "{name}" asks about it',
}


async def of_properties(
    conn: Connection, schema: Schema, type: TypeSchema, names: frozenset[str]
) -> Mapping[str, Sequence[Text]]:
    """Who asks about properties of a type, by name."""
    keys = [_key(type, name) for name in sorted(names)]
    found: dict[str, list[Text]] = {}
    for row in await _queries.rows(conn, "of_properties", keys=keys, values=None):
        found.setdefault(row.property, []).append(_text(row))
    return found


async def of_type(conn: Connection, schema: Schema, type: TypeSchema) -> Sequence[Text]:
    """Who asks about records of a type, or holds them."""
    return [_text(row) for row in await _queries.rows(conn, "of_type", type=type.id)]


async def of_pipeline(
    conn: Connection, schema: Schema, type: TypeSchema, id: str, stages: frozenset[str]
) -> Sequence[Text]:
    """Who asks whether records are in a pipeline, or in one of its stages."""
    if type.staging is None:
        return ()
    values, pipeline = sorted(stages), type.pipelines.get(id)
    if pipeline is None or stages.issuperset(stage.id for stage in pipeline.stages):
        values.append(id)  # all of it goes
    keys = [_key(type, type.staging.pipeline), _key(type, type.staging.stage)]
    rows = await _queries.rows(conn, "of_properties", keys=keys, values=Jsonb(values))
    return list(dict.fromkeys(_text(row) for row in rows))


def _key(type: TypeSchema, property: str) -> str:
    return f"{type.id}/{property}"


def _text(row: Any) -> Text:
    return Text(_WORDS[row.kind], name=row.name)
