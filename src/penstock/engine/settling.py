"""Criteria are settled: judged over candidates, many in one pass, and the levels written."""

from collections.abc import Mapping
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


async def settle(turn: Turn, touched: Mapping[int, frozenset[int]]) -> list[Edge]:
    """Judge each record by its criteria, write the levels that moved, return the edges."""
    alike: dict[frozenset[int], list[int]] = {}
    for record, criteria in touched.items():
        alike.setdefault(criteria, []).append(record)
    edges: list[Edge] = []
    for criteria, records in alike.items():
        for together in _by_type(turn, criteria):
            statement = turn.automation.statement(together, turn.bucket, turn.now)
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


def _by_type(turn: Turn, criteria: frozenset[int]) -> list[frozenset[int]]:
    by_type: dict[str, set[int]] = {}
    for id in criteria:
        by_type.setdefault(turn.automation.criteria[id].object_type, set()).add(id)
    return [frozenset(ids) for ids in by_type.values()]
