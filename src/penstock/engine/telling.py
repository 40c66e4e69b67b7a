"""What became of enrollments at a step is told: to the journal, and in the counts."""

from collections.abc import Mapping, Sequence
from typing import Any

from penstock.engine.entrants import Circumstances
from penstock.engine.journal import WHOLE
from penstock.engine.kinds import ENDS, Kind
from penstock.engine.states import State
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel.texts import Text

Details = Mapping[int, Mapping[str, Any]]
"""More about single enrollments, by their ids."""


def tell(
    turn: Turn,
    kind: Kind,
    step: str,
    walkers: Sequence[Walker],
    details: Details | None = None,
    kinds: Mapping[int, Kind] | None = None,
) -> None:
    """The same happened to several at a step, but for those that `kinds` names, by enrollment."""
    if not walkers:
        return
    workflow_id = walkers[0].workflow_id
    by_kind: dict[Kind, list[Walker]] = {} if kinds else {kind: list(walkers)}
    for walker in walkers if kinds else ():
        by_kind.setdefault((kinds or {}).get(walker.id, kind), []).append(walker)
    for of_kind, group in by_kind.items():
        who = [walker.who for walker in group]
        turn.journal.note(of_kind, workflow_id, step, who, details)
        turn.journal.tally(workflow_id, step, of_kind, len(group))


def tell_reasons(
    turn: Turn,
    kind: Kind,
    step: str,
    reasons: Sequence[tuple[Walker, Text]],
    more: Mapping[str, Any] | None = None,
) -> None:
    """The same happened to several, each for a reason of its own."""
    details = {
        walker.id: {"reason": reason.pattern, "arguments": _plain(reason), **(more or {})}
        for walker, reason in reasons
    }
    tell(turn, kind, step, [walker for walker, _ in reasons], details)


def _plain(text: Text) -> dict[str, str]:
    return {name: str(value) for name, value in text.arguments.items()}


def end(
    turn: Turn, walkers: Sequence[Walker], state: State, reason: str | None, *, left: bool = False
) -> None:
    """The passages of these end; `left` says that they have left their last step already."""
    if not walkers:
        return
    journal = turn.journal
    for walker in walkers:
        walker.end(state, reason, turn.now)
        if walker.step and not left:
            journal.tally(walker.workflow_id, walker.step, "here", -1)
    workflow_id = walkers[0].workflow_id
    details = {walker.id: {"reason": reason} for walker in walkers} if reason else None
    step = walkers[0].step if len({walker.step for walker in walkers}) == 1 else WHOLE
    journal.note(ENDS[state], workflow_id, step, [walker.who for walker in walkers], details)
    journal.tally(workflow_id, WHOLE, "active", -len(walkers))
    journal.tally(workflow_id, WHOLE, str(state), len(walkers))
    how = {walker.record_id: Circumstances(walker.lane, walker.depth) for walker in walkers}
    turn.passes(workflow_id, how)
