"""Marks: how far the queues had come when a step did something that others wait to hear of."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from penstock.actions.base import MADE, Action, Departures
from penstock.engine.turn import Turn
from penstock.engine.walkers import ENGINE, Walker
from penstock.kernel.queries import load

_queries = load("penstock.engine", "waiting.sql")

_MARKS: Final = "marks"


class Mark(NamedTuple):
    """The record that events will happen to, and the last change of its bucket, event of it and
    write to it before that.
    """

    record_id: int
    change: int
    event: int
    write: int


async def set_for(
    turn: Turn, action: Action, step: str, walkers: Mapping[int, Walker], departures: Departures
) -> None:
    """Remember the moment at which a step did something, for each that it was done for."""
    trace = action.trace()
    if trace is None:
        return
    concerned: dict[int, int] = {}
    failed = {member.enrollment_id for member, _ in departures.failures}
    for id, walker in walkers.items():
        if id in failed:
            continue
        made = departures.outputs.get(id, {}).get(MADE)
        if made is not None or not trace.made:
            concerned[id] = int(made) if made is not None and trace.made else walker.record_id
    for id, mark in (await _marks(turn, concerned)).items():
        kept = walkers[id].context.get(ENGINE, {}).get(_MARKS, {})
        walkers[id].put_out(ENGINE, {_MARKS: {**kept, step: list(mark)}})


async def _marks(turn: Turn, records: Mapping[int, int]) -> dict[int, Mark]:
    if not records:
        return {}
    rows = await _queries.rows(
        turn.conn, "marks", bucket=turn.bucket, records=sorted(set(records.values()))
    )
    marks = {row.record_id: Mark(row.record_id, row.change, row.event, row.write) for row in rows}
    return {id: marks[record] for id, record in records.items()}


def of(walker: Walker, steps: Iterable[str]) -> dict[str, Mark]:
    """The marks that were set for some steps; none for those that have done nothing."""
    kept = walker.context.get(ENGINE, {}).get(_MARKS, {})
    return {step: Mark(*kept[step]) for step in steps if step in kept}
