"""Many records at once, straight into the tables: as if they had been there for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.story import Story

_RECORDS = """INSERT INTO records (bucket, id, type, properties, created_at, updated_at)
    SELECT i.id & 63, i.id, %(type)s, %(properties)s, %(now)s, %(now)s
    FROM (SELECT n * 64 + coalesce(%(bucket)s::bigint, n %% 64) AS id
        FROM (SELECT nextval('ids') AS n FROM generate_series(1, %(count)s)) AS numbers) AS i
    RETURNING id"""

_EDGES = """INSERT INTO associations (bucket, from_id, type_id, to_id, created_at)
    SELECT (e.from_id & 63)::smallint, e.from_id, e.type_id, e.to_id, %(now)s
    FROM unnest(%(ids)s::bigint[]) AS i(id), LATERAL (VALUES
        (i.id, %(there)s::integer, %(hub)s::bigint), (%(hub)s::bigint, %(back)s::integer, i.id)
    ) AS e(from_id, type_id, to_id)"""


async def many(
    story: Story, object_type: str, count: int, *, bucket: int | None = None, **properties: object
) -> list[int]:
    """So many records alike, spread over the buckets or in one; no change tells of them."""
    type = (await story.house.schema()).type(object_type)
    async with story.house.database.unit() as conn:
        cursor = await conn.execute(
            _RECORDS,
            {"type": type.id, "properties": Jsonb(properties), "now": story.now, "count": count,
             "bucket": bucket},
        )  # fmt: skip
        return [row.id for row in await cursor.fetchall()]


async def gather(story: Story, hub: int, ids: list[int], type_id: int) -> None:
    """Associate them all with one record; the type leads from them to it."""
    edges = (await story.house.schema()).edges
    async with story.house.database.unit() as conn:
        await conn.execute(
            _EDGES,
            {"ids": ids, "hub": hub, "there": type_id, "back": edges[type_id].inverse,
             "now": story.now},
        )  # fmt: skip
        await conn.execute("ANALYZE records, associations")
