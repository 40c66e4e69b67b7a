"""Records are judged without a word: nothing is written, the levels stay as they are."""

from collections.abc import Collection, Mapping

from penstock.engine.turn import Look, Turn
from penstock.filters.compile import Criterion, Slots, select_verdicts
from penstock.kernel.queries import load

_queries = load("penstock.engine")


async def judge(
    look: Look, criteria: Mapping[int, Criterion], records: Collection[int]
) -> dict[int, frozenset[int]]:
    """By the number of a criterion, those of the records that match it at this moment."""
    if not criteria or not records:
        return {}
    slots = Slots(look.schema.time_zone, look.now)
    statement = select_verdicts(criteria, look.schema, slots, bucket=look.bucket)
    cursor = await look.conn.execute(
        _queries.sql("judge").replace("VERDICTS", statement.sql),
        {**statement.parameters, "candidates": list(records)},
    )
    return {row.criterion: frozenset(row.ids) for row in await cursor.fetchall()}


async def matching(turn: Turn, criterion: int, records: Collection[int]) -> frozenset[int]:
    """Those of the bucket's records that matched a criterion when it was last settled."""
    rows = await _queries.rows(
        turn.conn,
        "among_matching",
        bucket=turn.bucket,
        criterion=criterion,
        records=list(records),
    )
    return frozenset(row.record_id for row in rows)
