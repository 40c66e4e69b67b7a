"""The properties in which records of a custom type keep their pipeline and stage."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.defaults import choice, moment
from penstock.records.definitions import properties
from penstock.records.errors import DefinitionInvalid
from penstock.records.model import Staging
from penstock.records.schema import TypeSchema

_queries = load("penstock.records.definitions", "object_types.sql")

STAGING: Final = Staging(
    pipeline="hs_pipeline",
    stage="hs_pipeline_stage",
    entered="hs_v2_date_entered_current_stage",
)

_PROPERTIES: Final = (
    choice("hs_pipeline", "Pipeline", external_options=True),
    choice("hs_pipeline_stage", "Pipeline stage", external_options=True),
    moment("hs_v2_date_entered_current_stage", "Date entered current stage", read_only=True),
)


async def ensure(conn: Connection, type: TypeSchema, now: datetime) -> TypeSchema:
    """The type, whose records from now on have a pipeline and a stage if they had none.

    Works inside a change of the schema that is under way. Raises DefinitionInvalid for a built-in
    type that has no pipelines.
    """
    if type.staging is not None:
        return type
    if not type.custom:
        raise DefinitionInvalid(Text("{type} have no pipelines", type=type.plural_label))
    for outcome in await properties.add(conn, type, _PROPERTIES, now):
        properties.one([outcome])
    await _queries.run(conn, "stage", id=type.id, staging=Jsonb(asdict(STAGING)), now=now)
    return replace(type, staging=STAGING)
