"""Association types that users make: pairs of directions between two object types."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.changes import Write
from penstock.records.schema import Edge

_queries = load("penstock.records.definitions", "association_types.sql")


@dataclass(frozen=True)
class Pair:
    """Both directions of an association type to be; labels are None for the plain edge.

    Between records of one type, a name and label that read the same both ways make one direction
    that is its own inverse.
    """

    from_type: str
    to_type: str
    name: str
    inverse_name: str
    label: str | None = None
    inverse_label: str | None = None

    @property
    def symmetric(self) -> bool:
        return (self.from_type, self.name, self.label) == (
            self.to_type,
            self.inverse_name,
            self.inverse_label,
        )


async def add(conn: Connection, pairs: Sequence[Pair]) -> list[Edge]:
    """Make association types inside a change of the schema that is under way.

    Returns the directions that the pairs name first, in order.
    """
    taken = [row.id for row in await _queries.rows(conn, "next_ids", count=2 * len(pairs))]
    ids = list(zip(taken[::2], taken[1::2], strict=True))
    rows = [row for pair, both in zip(pairs, ids, strict=True) for row in _rows(pair, *both)]
    added = await _queries.rows(conn, "add", rows=Jsonb(rows))
    edges = {row.edge["id"]: Edge(**row.edge) for row in added}
    return [edges[there] for there, _ in ids]


def _rows(pair: Pair, there: int, back: int) -> list[dict[str, Any]]:
    first = {
        "id": there,
        "from_type": pair.from_type,
        "to_type": pair.to_type,
        "name": pair.name,
        "label": pair.label,
        "inverse": there if pair.symmetric else back,
    }
    second = {
        "id": back,
        "from_type": pair.to_type,
        "to_type": pair.from_type,
        "name": pair.inverse_name,
        "label": pair.inverse_label,
        "inverse": there,
    }
    return [first] if pair.symmetric else [first, second]


async def remove(conn: Connection, edges: Collection[Edge], write: Write) -> None:
    """Remove association types, both directions of each, with every association of these types.

    Works inside a change of the schema that is under way.
    """
    ids = sorted({id for edge in edges for id in (edge.id, edge.inverse)})
    await _queries.run(
        conn, "dissolve", ids=ids, source=str(write.source), depth=write.depth, now=write.now
    )
    await _queries.run(conn, "remove", ids=ids)
