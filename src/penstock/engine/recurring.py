"""Re-enrollment triggers that fire though their level stays: what happens once more counts anew."""

from collections.abc import Sequence
from typing import Any

from penstock.engine import reaching
from penstock.engine.judging import matching
from penstock.engine.settling import Edge
from penstock.engine.turn import Turn


async def recurring(turn: Turn, changes: Sequence[Any], edges: Sequence[Edge]) -> list[Edge]:
    """Edges of re-enrollment criteria that stayed true, where a change counts as a new occurrence.

    So does a new value of a property that is asked to be known, and every event (semantics §2.7).
    """
    automation = turn.automation
    if not automation.recurring:
        return []
    found = {(edge.criterion, edge.record_id) for edge in edges}
    asked: dict[int, set[int]] = {}
    for change in changes:
        happened = set(reaching.dependencies(change))
        for criterion in reaching.touched(automation, change) & automation.recurring:
            recurs = {(each.kind, each.key) for each in automation.criteria[criterion].recurs}
            if recurs & happened:
                again = {id for id in change.record_ids if (criterion, id) not in found}
                asked.setdefault(criterion, set()).update(again)
    more: list[Edge] = []
    for criterion, records in asked.items():
        more += [Edge(criterion, id, True) for id in await matching(turn, criterion, records)]
    return more
