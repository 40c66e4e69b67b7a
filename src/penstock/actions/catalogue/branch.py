"""If/then branch."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.filters.compile import check
from penstock.filters.errors import FilterInvalid
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text

MOST_BRANCHES = 20


class IfBranch(BaseModel):
    """One arm: the records that match its filter and no arm before it."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, frozen=True)

    filter_branch: dict[str, Any] = Field(alias="filterBranch")
    branch_name: str = Field("", alias="branchName")


class Branch(
    Action,
    type_id="LIST_BRANCH",
    label="If/then branch",
    summary="Branch by {count} conditions",
    icon="git-branch",
    category="Branches",
    acts=False,
):
    """Send every record down the first branch whose condition it meets, else down the last one."""

    list_branches: tuple[IfBranch, ...] = field("Branches", widget="branches", alias="listBranches")
    default_branch_name: str = field(
        "Name of the last branch", default="None met", alias="defaultBranchName"
    )

    async def run(self, batch: Batch) -> Departures:
        matching = await batch.judge([branch.filter_branch for branch in self.list_branches])
        departures = Departures()
        rest = list(batch.members)
        for index, (branch, ids) in enumerate(zip(self.list_branches, matching, strict=True)):
            taken = [member for member in rest if member.record_id in ids]
            rest = [member for member in rest if member.record_id not in ids]
            departures.leave(str(index), taken)
            departures.notes.update(_notes(taken, branch.branch_name or str(index + 1)))
        departures.notes.update(_notes(rest, self.default_branch_name))
        return departures.leave("default", rest)

    def problems(self, place: Place) -> list[Problem]:
        problems: list[Problem] = []
        if len(self.list_branches) > MOST_BRANCHES:
            text = Text("a branch has at most {limit} conditions", limit=MOST_BRANCHES)
            problems.append(Problem(text, f"{place.where}.listBranches", "TOO_MANY_BRANCHES"))
        for index, branch in enumerate(self.list_branches):
            where = f"{place.where}.listBranches[{index}].filterBranch"
            try:
                check(
                    branch.filter_branch,
                    place.schema,
                    place.type.id,
                    where=where,
                    names=place.names,
                )
            except FilterInvalid as invalid:
                problems += invalid.problems
        return problems

    def sentence(self) -> Text:
        return Text(self.summary, count=len(self.list_branches))


def _notes(members: list[Any], name: str) -> dict[int, dict[str, Any]]:
    return {member.enrollment_id: {"branch": name} for member in members}
