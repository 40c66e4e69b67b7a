"""docs/enrollment-states.md draws the state machine that the engine has."""

import re
from pathlib import Path

from penstock.engine.states import TRANSITIONS, State

DRAWING = Path(__file__).parents[2] / "docs" / "enrollment-states.md"
OUTSIDE = "[*]"


def test_the_drawing_shows_every_transition_and_no_other() -> None:
    arrow = re.compile(r"^ +(\S+) --> ([^:\n]+)(?:: (.+))?$", re.MULTILINE)
    drawn = arrow.findall(DRAWING.read_text("utf-8"))
    machine = {(OUTSIDE, State.ACTIVE, "enroll")}
    for state, ways in TRANSITIONS.items():
        machine |= {(state, after, verb) for after, verb in ways.items()}
        if not ways:
            machine.add((state, OUTSIDE, ""))
    assert sorted(drawn) == sorted((str(a), str(b), verb) for a, b, verb in machine)


def test_every_state_has_its_transitions() -> None:
    assert set(TRANSITIONS) == set(State)
