"""Branch by one value."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.actions.inputs import Input
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text

MOST_VALUES = 250


class ValueBranch(BaseModel):
    """One arm: the records that have this value."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, frozen=True)

    branch_value: str = Field(alias="branchValue")


class BranchByValue(
    Action,
    type_id="STATIC_BRANCH",
    label="Branch by one value",
    summary="Branch by {count} values",
    icon="git-fork",
    category="Branches",
    acts=False,
):
    """Send every record down the branch of its value, of a property or of an earlier step's output.
    Who has another value, or none, goes down the last one; all do where no value is asked.
    """

    input_value: Input | None = field("Value", widget="value", alias="inputValue", default=None)
    static_branches: tuple[ValueBranch, ...] = field(
        "Branches", widget="value_branches", alias="staticBranches"
    )
    default_branch_name: str = field(
        "Name of the last branch", default="None met", alias="defaultBranchName"
    )

    async def run(self, batch: Batch) -> Departures:
        exits: dict[str, tuple[str, str]] = {}
        for index, branch in enumerate(self.static_branches):
            exits.setdefault(branch.branch_value, (str(index), branch.branch_value))
        asked = self.input_value
        values = {} if asked is None else await batch.resolve(asked)
        departures = Departures()
        for member in batch.members:
            last = ("default", self.default_branch_name)
            value = _wire(values.get(member.record_id))
            exit, name = last if asked is None else exits.get(value, last)
            departures.leave(exit, [member])
            departures.notes[member.enrollment_id] = {"branch": name}
        return departures

    def problems(self, place: Place) -> list[Problem]:
        problems: list[Problem] = []
        if len(self.static_branches) > MOST_VALUES:
            text = Text("a branch has at most {limit} values", limit=MOST_VALUES)
            problems.append(Problem(text, f"{place.where}.staticBranches", "TOO_MANY_BRANCHES"))
        return problems

    def sentence(self) -> Text:
        return Text(self.summary, count=len(self.static_branches))


def _wire(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
