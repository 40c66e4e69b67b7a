"""What killed the process that worked on it is found and set aside; nothing else is lost by that.

A turn commits that it is begun before it works. Two that were begun and never ended make the next
ones take less, down to single things of one kind; what then still ends the process is set aside.
"""

from dataclasses import dataclass
from typing import Final, Literal

from penstock.engine.asked import refuse
from penstock.engine.associates import Request
from penstock.engine.exits import end_passages
from penstock.engine.intake import next_to_stand
from penstock.engine.states import State
from penstock.engine.turn import Allowance, Turn
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text

_queries = load("penstock.engine")

Kind = Literal["changes", "led", "rechecks", "standing"]
_KINDS: Final[tuple[Kind, ...]] = ("changes", "led", "rechecks", "standing")

_PORTIONS: Final = (0, 64, 8, 1)
"""By caution. An eighth each time and not a half: deaths of processes are what it costs."""

_TURNS: Final = (0, 80, 9, 9 * len(_KINDS))
"""By caution: turns that must end well until the bucket is trusted again, enough to have seen all
that the larger portion held.
"""

_ENOUGH: Final = 2
"""Turns without an end that make the next one more careful."""


@dataclass(frozen=True)
class Begun:
    """How a turn goes about its work; of the `condemned` kind the next thing is set aside."""

    allowed: Allowance
    condemned: Kind | None = None


async def begin(conn: Connection, bucket: int, portion: int) -> Begun | None:
    """Note that a turn begins; None when somebody else is turning the bucket."""
    row = await _queries.one(conn, "begin", bucket=bucket)
    if row is None:
        return None
    caution, careful = row.caution, row.careful
    if row.attempts > _ENOUGH:
        if caution == len(_PORTIONS) - 1:
            return Begun(Allowance.of_each(1), _kind(careful))
        caution += 1
        careful = _TURNS[caution]
        await _queries.run(conn, "be_careful", bucket=bucket, caution=caution, careful=careful)
    if caution == 0:
        return Begun(Allowance.of_each(portion))
    if caution < len(_PORTIONS) - 1:
        return Begun(Allowance.of_each(min(_PORTIONS[caution], portion)))
    one = dict.fromkeys(_KINDS, 0) | {_kind(careful): 1}
    return Begun(Allowance(one["changes"], one["rechecks"], one["standing"], one["led"]))


def _kind(careful: int) -> Kind:
    """The one kind of work of a single turn: each has its turns."""
    return _KINDS[careful % len(_KINDS)]


async def take_back(conn: Connection, bucket: int) -> None:
    """The turn that was begun came to nothing, and that was not its fault."""
    await _queries.run(conn, "take_back", bucket=bucket)


async def set_aside(turn: Turn, kind: Kind, due: list[int]) -> None:
    """Set aside the next thing of a kind; `due` is the enrollment, taken, that was to be led on."""
    if kind == "changes":
        await _set_change_aside(turn)
    elif kind == "led":
        for enrollment in due:
            await _fail(turn, enrollment)
    elif kind == "rechecks":
        await _queries.run(turn.conn, "set_recheck_aside", bucket=turn.bucket, now=turn.now)
    else:
        await _set_standing_aside(turn)


async def _set_standing_aside(turn: Turn) -> None:
    rows = await _queries.rows(turn.conn, "standing", bucket=turn.bucket)
    row = next_to_stand(turn.automation, rows)
    if row is not None:
        await _queries.run(
            turn.conn, "set_standing_aside", bucket=turn.bucket, criterion=row.criterion_id
        )


async def _set_change_aside(turn: Turn) -> None:
    change = await _queries.one(turn.conn, "set_change_aside", bucket=turn.bucket, now=turn.now)
    if change is None:
        return
    if change.kind == "write":
        reason = Text("the process ended each time that it tried, and so it was set aside")
        await refuse(turn, [(Request.read(change), reason)])
    elif change.kind == "effect":
        await _fail(turn, change.details["enrollment"])


async def _fail(turn: Turn, enrollment: int) -> None:
    row = await _queries.one(turn.conn, "passage_of", bucket=turn.bucket, id=enrollment)
    if row is not None:
        await end_passages(turn, [row.record_id], State.FAILED, "set_aside", row.workflow_id)
