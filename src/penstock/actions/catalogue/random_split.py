"""Random percentage split."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from penstock.actions.base import Action, Batch, Departures, Place
from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text


class Share(BaseModel):
    """One arm: its part of a hundred. Without parts all arms are alike."""

    model_config = ConfigDict(extra="allow", frozen=True)

    percentage: float | None = None


class RandomSplit(
    Action,
    type_id="AB_TEST_BRANCH",
    label="Random percentage split",
    summary="Split at random into {count}",
    icon="arrows-split",
    category="Branches",
    acts=False,
):
    """Send every record down one branch by chance; by the same one if the step is done again."""

    test_branches: tuple[Share, ...] = field("Branches", widget="shares", alias="testBranches")

    def shares(self) -> list[float]:
        """The part of each arm; together 1."""
        given = [share.percentage for share in self.test_branches]
        parts = [1.0 if part is None else part for part in given]
        total = sum(parts)
        return [part / total for part in parts]

    async def run(self, batch: Batch) -> Departures:
        shares = self.shares()
        departures = Departures()
        for member in batch.members:
            chance, place = batch.chance(member), 0
            while place < len(shares) - 1 and chance >= shares[place]:
                chance -= shares[place]
                place += 1
            departures.leave(str(place), [member])
            departures.notes[member.enrollment_id] = {"branch": str(place + 1)}
        return departures

    def problems(self, place: Place) -> list[Problem]:
        where = f"{place.where}.testBranches"
        given: list[Any] = [share.percentage for share in self.test_branches]
        if len(given) < 2:
            return [Problem(Text("a split has at least two branches"), where, "TOO_FEW_BRANCHES")]
        known = [part for part in given if part is not None]
        if known and (len(known) < len(given) or min(known) < 0 or abs(sum(known) - 100) > 0.01):
            text = Text("the percentages of a split are 100 together")
            return [Problem(text, where, "INVALID_PERCENTAGES")]
        return []

    def sentence(self) -> Text:
        return Text(self.summary, count=len(self.test_branches))
