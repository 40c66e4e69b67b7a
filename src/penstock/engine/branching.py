"""Branches as they were drawn: which one a step is in, and where that one meets another again."""

from collections.abc import Mapping

from penstock.engine.plans import PlannedStep
from penstock.workflows.document import ERROR


def after_branch(steps: Mapping[str, PlannedStep], step: str) -> str | None:
    """The first step that comes after the whole branch that a step is in; None: there is none.

    Of several branches around the step the innermost counts. Nobody jumps back on this way.
    """
    beneath = _beneath(steps, step)
    around = sorted(
        (each for each in steps.values() if each.rank < steps[step].rank),
        key=lambda each: -each.rank,
    )
    for each in around:
        arms = [exit for exit in each.step.exits if exit.key != ERROR]
        ways = [
            {exit.to, *_beneath(steps, exit.to)}
            for exit in arms
            if exit.to is not None and exit.to in steps and steps[exit.to].rank > each.rank
        ]
        inside = [way for way in ways if step in way]
        if inside and len(inside) < len(arms):
            others: set[str] = set().union(*(way for way in ways if step not in way))
            meeting = beneath & others
            return min(meeting, key=lambda id: steps[id].rank) if meeting else None
    return None


def _beneath(steps: Mapping[str, PlannedStep], start: str) -> set[str]:
    """All steps that can be reached from one without a jump back."""
    found: set[str] = set()
    going = [start]
    while going:
        at = steps[going.pop()]
        for exit in at.step.exits:
            onward = steps.get(exit.to) if exit.to is not None else None
            if onward is not None and onward.rank > at.rank and onward.step.id not in found:
                found.add(onward.step.id)
                going.append(onward.step.id)
    return found
