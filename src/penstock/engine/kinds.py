"""What an entry of the journal tells."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from penstock.engine.states import State

Kind = Literal[
    "refused",
    "enrolled",
    "waiting",
    "awaiting",
    "held",
    "queued",
    "delivered",
    "undelivered",
    "uncertain",
    "succeeded",
    "skipped",
    "rescheduled",
    "retrying",
    "failed",
    "step_removed",
    "moved",
    "pinned",
    "goal_met",
    "unenrolled",
    "finished",
]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""In the order in which those of one moment happen; the database has them as journal_kind."""

ENDS: Final[Mapping[State, Kind]] = {
    State.FINISHED: "finished",
    State.UNENROLLED: "unenrolled",
    State.GOAL_MET: "goal_met",
    State.FAILED: "failed",
}
"""What is told of a passage that ends in a state."""
