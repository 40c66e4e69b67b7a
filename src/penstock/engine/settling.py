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


Asked = dict[frozenset[int], set[int]]
"""Records by the criteria that are to judge them."""


async def settle(turn: Turn, touched: Mapping[int, frozenset[int]]) -> list[Edge]:
    """Judge each record by its criteria, write the levels that moved, return the edges.

    What asks about a list comes after the criterion of its members, and is judged also for those
    who have just joined or left.
    """
    automation = turn.automation
    alike: Asked = {}
    for record, criteria in touched.items():
        alike.setdefault(criteria, set()).add(record)
    asked: dict[int, Asked] = {}
    for criteria, records in alike.items():
        for criterion in criteria:
            asked.setdefault(automation.level(criterion), {})
        for level, of_level in asked.items():
            some = frozenset(id for id in criteria if automation.level(id) == level)
            if some:
                of_level.setdefault(some, set()).update(records)
    edges: list[Edge] = []
    while asked:
        found = await _judge(turn, asked.pop(min(asked)))
        for edge in found:
            for list_id in automation.lists_of(edge.criterion):
                for further in automation.depending("list", str(list_id)).get((), ()):
                    of_level = asked.setdefault(automation.level(further), {})
                    of_level.setdefault(frozenset({further}), set()).add(edge.record_id)
        edges += found
    return edges


async def _judge(turn: Turn, asked: Asked) -> list[Edge]:
    edges: list[Edge] = []
    for criteria, records in asked.items():
        for together in _by_type(turn, criteria):
            statement = turn.automation.statement(together, turn.bucket, turn.now)
            query = _queries.sql("settle").replace("VERDICTS", statement.sql)
            cursor = await turn.conn.execute(
                query,
                {
                    **statement.parameters,
                    "candidates": list(records),
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
