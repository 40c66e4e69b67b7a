"""The state machine of an enrollment; docs/enrollment-states.md draws it, and a test compares."""

from enum import StrEnum


class State(StrEnum):
    """An enrollment is active until it ends, in one of four ways, for good."""

    ACTIVE = "active"
    FINISHED = "finished"
    UNENROLLED = "unenrolled"
    GOAL_MET = "goal_met"
    FAILED = "failed"


TRANSITIONS: dict[State, dict[State, str]] = {
    State.ACTIVE: {
        State.FINISHED: "finish",
        State.UNENROLLED: "unenroll",
        State.GOAL_MET: "meet goal",
        State.FAILED: "fail",
    },
    State.FINISHED: {},
    State.UNENROLLED: {},
    State.GOAL_MET: {},
    State.FAILED: {},
}
"""From each state, where it may go and the verb that takes it there."""
