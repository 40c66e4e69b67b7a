"""What happens to those who wait when a revision goes live: they follow it, unless its plan says
otherwise (semantics decisions 1, 2 and 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.workflows.document import Document, Step

Kind = Literal["follow", "keep", "pin", "move", "exit"]
KINDS: tuple[Kind, ...] = ("follow", "keep", "pin", "move", "exit")


_STEPS = "$.publishPlan.steps"


@dataclass(frozen=True)
class Choice:
    """What those who stand at a step do.

    They `follow` the new revision, `keep` the time at which they were to go on, stay on the old
    revision to their end (`pin`), `move` to another `step`, or `exit` the workflow.
    """

    kind: Kind = "follow"
    step: str | None = None


@dataclass(frozen=True)
class Plan:
    """The choices of a revision, by step of the one before; the others follow."""

    steps: Mapping[str, Choice]

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Plan":
        """From its stored form, `{"steps": {"3": {"choice": "move", "step": "5"}}}`."""
        found = raw.get("steps") or {}
        return cls({step: Choice(each["choice"], _step(each)) for step, each in found.items()})

    def choices(self, old: Document, new: Document) -> dict[str, Choice]:
        """For each step of the old revision where something is to be done, what."""
        found: dict[str, Choice] = {}
        for id, step in old.steps.items():
            chosen = self.steps.get(id)
            if chosen is None and not changed(step, new):
                continue
            choice = chosen or Choice()
            if choice.kind == "follow" and not changed(step, new):
                continue
            if choice.kind != "keep" or id not in new.steps:
                found[id] = Choice() if choice.kind == "keep" else choice
        return found


def _step(chosen: Mapping[str, Any]) -> str | None:
    step = chosen.get("step")
    return None if step is None else str(step)


def plan_problems(raw: Any, old: Document, new: Document) -> list[Problem]:
    """What is wrong with a plan as it was sent, with JSON paths."""
    steps = (raw.get("steps") or {}) if isinstance(raw, Mapping) else None
    if not isinstance(steps, Mapping):
        return [
            Problem(Text("{kind} is expected here", kind=Text("an object")), _STEPS, "WRONG_TYPE")
        ]
    problems: list[Problem] = []
    for id, chosen in steps.items():
        where = f"{_STEPS}.{id}"
        choice = chosen.get("choice") if isinstance(chosen, Mapping) else None
        if id not in old.steps:
            text = Text('there is no action "{id}"', id=id)
            problems.append(Problem(text, where, "ACTION_DOESNT_EXIST"))
        elif choice not in KINDS:
            text = Text("the choices are {choices}", choices=", ".join(KINDS))
            problems.append(Problem(text, f"{where}.choice", "UNKNOWN_TYPE"))
        elif choice == "move" and str(chosen.get("step")) not in new.steps:
            text = Text('there is no action "{id}"', id=chosen.get("step"))
            problems.append(Problem(text, f"{where}.step", "ACTION_DOESNT_EXIST"))
    return problems


def changed(step: Step, new: Document) -> bool:
    """Whether those who stand at the step stand at another one in the new revision."""
    after = new.steps.get(step.id)
    return after is None or (after.type_id, after.settings) != (step.type_id, step.settings)


def remaining(step: str, old: Document, new: Document) -> str | None:
    """The next step on the path from a removed one that the new revision still has."""
    seen: set[str] = set()
    current: str | None = step
    while current is not None and current not in seen:
        seen.add(current)
        if current in new.steps:
            return current
        exits = old.steps[current].exits if current in old.steps else ()
        onward = [exit.to for exit in exits if exit.key != "error" and exit.to is not None]
        current = onward[-1] if onward else None
    return None


@dataclass(frozen=True)
class Difference:
    """What a new definition changes: steps by id, and the names of other settings."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    settings: tuple[str, ...]
    leads_to: Mapping[str, str | None]
    """Where those go on by default who stand at a removed step; None: they have finished."""


def compare(old: Document, new: Document) -> Difference:
    """What the new definition changes, and what that means to those who stand at its steps."""
    removed = tuple(id for id in old.steps if id not in new.steps)
    drawn = {"actions", "startActionId"}
    names = {*old.raw, *new.raw} - drawn
    return Difference(
        added=tuple(id for id in new.steps if id not in old.steps),
        removed=removed,
        changed=tuple(
            id for id, step in old.steps.items() if id in new.steps and changed(step, new)
        ),
        settings=tuple(sorted(n for n in names if old.raw.get(n) != new.raw.get(n))),
        leads_to={id: remaining(id, old, new) for id in removed},
    )
