"""Steps keep what contacts want to get."""

from collections.abc import Mapping, Sequence

from penstock.engine.turn import Turn
from penstock.kernel.texts import Text
from penstock.records import subscriptions
from penstock.records.changes import Write
from penstock.records.subscriptions import WHOLE, Said


async def say(turn: Turn, said: Sequence[Said], write: Write) -> Mapping[int, Text]:
    """Keep what contacts said, all of them of one kind of messages; returns refusals by record."""
    if not said:
        return {}
    type = said[0].type
    known = {WHOLE, *(each.id for each in await subscriptions.types(turn.conn) if each.active)}
    if type not in known:
        reason = Text("there is no subscription {id}", id=type)
        return {each.record_id: reason for each in said}
    await subscriptions.say(turn.conn, turn.schema, said, write)
    return {}
