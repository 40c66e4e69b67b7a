"""How many records there are."""

from penstock.kernel.db import Connection
from penstock.kernel.queries import load

_queries = load("penstock.records")


async def count_by_type(conn: Connection) -> dict[str, int]:
    """Live records by object type id; types without any are left out."""
    return {row.type: row.count for row in await _queries.rows(conn, "count_by_type")}
