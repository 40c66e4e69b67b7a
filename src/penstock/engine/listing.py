"""Steps put records into lists that are filled by hand, and take them out."""

from collections.abc import Mapping, Sequence

from penstock.engine.turn import Turn
from penstock.kernel.errors import PenstockError
from penstock.kernel.texts import Text
from penstock.lists import members
from penstock.records.changes import Write


async def move(
    turn: Turn, list_id: int, records: Sequence[int], write: Write, *, joining: bool
) -> Mapping[int, Text]:
    """Returns refusals by record: the list is gone or fills itself, or is of another type."""
    change = members.add if joining else members.remove
    try:
        moved = await change(turn.conn, list_id, records, write)
    except PenstockError as error:
        return dict.fromkeys(records, error.text)
    return dict.fromkeys(moved.missing, Text("the list is of records of another type"))
