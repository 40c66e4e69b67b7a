"""Criteria are settled: judged over candidates, many in one pass, and the levels written."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from penstock.engine.turn import Turn
from penstock.kernel.queries import load

_queries = load("penstock.engine")


@dataclass(frozen=True, slots=True)
class Edge:
    """A record came to match a criterion, or ceased to."""

    criterion: int
    record_id: int
    verdict: bool


async def settle(turn: Turn, touched: Mapping[int, AbstractSet[int]]) -> list[Edge]:
    """Judge each record by its criteria, write the levels that moved, return the edges."""
    groups: dict[tuple[str, frozenset[int]], list[int]] = {}
    for record, criteria in touched.items():
        by_type: dict[str, set[int]] = {}
        for id in criteria:
            by_type.setdefault(turn.automation.criteria[id].object_type, set()).add(id)
        for object_type, ids in by_type.items():
            groups.setdefault((object_type, frozenset(ids)), []).append(record)
    edges: list[Edge] = []
    for (_, together), records in groups.items():
        statement = turn.automation.statement(together, turn.now)
        query = _queries.sql("settle").replace("VERDICTS", statement.sql)
        cursor = await turn.conn.execute(
            query,
            {
                **statement.parameters,
                "candidates": records,
                "bucket": turn.bucket,
                "now": turn.now,
            },
        )
        edges += [Edge(*row) for row in await cursor.fetchall()]
    return edges
