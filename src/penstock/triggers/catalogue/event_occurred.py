"""Enrol when an event occurs."""

from collections.abc import Iterator, Mapping
from typing import Any

from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
from penstock.triggers.base import Trigger


class EventOccurred(Trigger, type_id="EVENT_BASED", label="When an event occurs"):
    """Enrol a record each time that one of these events happens to it, or that it joins or leaves a
    list, if it then meets the conditions too.
    """

    event_filter_branches: tuple[dict[str, Any], ...] = field(
        "Events", widget="events", default=(), alias="eventFilterBranches"
    )
    list_membership_filter_branches: tuple[dict[str, Any], ...] = field(
        "Lists", widget="filters", default=(), alias="listMembershipFilterBranches"
    )
    refinement_criteria: dict[str, Any] | None = field(
        "Conditions", widget="filter", default=None, alias="refinementCriteria"
    )

    def occurrences(self) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        return {
            f"enroll {index}": (f"eventFilterBranches[{index}]", branch)
            for index, branch in enumerate(self.event_filter_branches)
        }

    def memberships(self) -> Iterator[tuple[str, str, int]]:
        for at, branch in enumerate(self.list_membership_filter_branches):
            for place, asked in enumerate(_filters(branch)):
                id = str(asked.get("listId", ""))
                kind = "unlisted" if asked.get("operator") == "NOT_IN_LIST" else "listed"
                where = f"listMembershipFilterBranches[{at}].filters[{place}].listId"
                yield kind, where, int(id) if id.isascii() and id.isdecimal() else 0

    def condition(self) -> tuple[str, Mapping[str, Any]] | None:
        if self.refinement_criteria is None:
            return None
        return "refinementCriteria", self.refinement_criteria

    def problems(self, where: str) -> list[Problem]:
        if self.event_filter_branches or any(True for _ in self.memberships()):
            return []
        text = Text("no event is chosen that would enrol anybody")
        return [Problem(text, f"{where}.eventFilterBranches", "EMPTY_BRANCH")]


def _filters(branch: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = branch.get("filters")
    return [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
