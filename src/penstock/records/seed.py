"""Brings the built-in types of the catalogues into the tables, once per version of them."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
from psycopg.types.json import Jsonb

from penstock.kernel.catalogue import Catalogue
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.model import EventType, ObjectType

OBJECT_TYPES: Catalogue[ObjectType] = Catalogue(
    "penstock.records.object_types",
    is_entry=lambda value: isinstance(value, ObjectType),
    key=lambda entry: entry.id,
    group="penstock.object_types",
)

EVENT_TYPES: Catalogue[EventType] = Catalogue(
    "penstock.records.event_types",
    is_entry=lambda value: isinstance(value, EventType),
    key=lambda entry: entry.id,
    group="penstock.event_types",
)

PORTAL_ID = 1_000_001
"""The account id that clients see; one installation is one account."""

_queries = load("penstock.records", "schema.sql")

Rows = list[dict[str, Any]]


async def seed(conn: Connection, now: datetime) -> bool:
    """Insert what is missing of the built-in schema. Returns whether there was anything to do."""
    types = [asdict(entry) for entry in OBJECT_TYPES.values()]
    events = [asdict(entry) for entry in EVENT_TYPES.values()]
    written = orjson.dumps([types, events], option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(written).hexdigest()
    if await _queries.value(conn, "seeded") == digest:
        return False
    await _queries.run(conn, "seed_account", portal_id=PORTAL_ID, now=now)
    await _queries.run(conn, "seed_types", rows=Jsonb(types), now=now)
    groups = [{**group, "object_type": type["id"]} for type in types for group in type["groups"]]
    await _queries.run(conn, "seed_groups", rows=Jsonb(groups))
    properties = [
        {**prop, "object_type": type["id"]} for type in types for prop in type["properties"]
    ]
    await _queries.run(conn, "seed_properties", rows=Jsonb(properties), now=now)
    edges = [edge for type in types for edge in _both_directions(type)]
    await _queries.run(conn, "seed_edges", rows=Jsonb(edges))
    pipelines = [
        {**pipeline, "object_type": type["id"]} for type in types for pipeline in type["pipelines"]
    ]
    await _queries.run(conn, "seed_pipelines", rows=Jsonb(pipelines), now=now)
    stages = [
        {**stage, "object_type": pipeline["object_type"], "pipeline": pipeline["id"]}
        for pipeline in pipelines
        for stage in pipeline["stages"]
    ]
    await _queries.run(conn, "seed_stages", rows=Jsonb(stages), now=now)
    await _queries.run(conn, "seed_event_types", rows=Jsonb(events), now=now)
    await _queries.run(conn, "mark_seeded", digest=digest)
    return True


def _both_directions(type: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for edge in type["associations"]:
        yield {**edge, "from_type": type["id"], "to_type": edge["to"]}
        if edge["inverse"] != edge["id"]:
            yield {
                "id": edge["inverse"],
                "from_type": edge["to"],
                "to_type": type["id"],
                "name": edge["inverse_name"],
                "label": edge["inverse_label"],
                "inverse": edge["id"],
                "single": edge["inverse_single"],
            }
