"""Enrol when filter criteria are met."""

from collections.abc import Mapping
from typing import Any

from penstock.kernel.forms import field
from penstock.triggers.base import Trigger


class FilterMatched(Trigger, type_id="LIST_BASED", label="When filter criteria are met"):
    """Enrol a record when it comes to match a filter that it did not match before."""

    list_filter_branch: dict[str, Any] = field("Filters", widget="filter", alias="listFilterBranch")
    re_enrollment_triggers_filter_branches: tuple[dict[str, Any], ...] = field(
        "Re-enroll when",
        widget="re_enrollment",
        default=(),
        alias="reEnrollmentTriggersFilterBranches",
    )

    def criteria(self) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        again = {role: branch for role, branch in self._again().items() if not _is_event(branch[1])}
        return {"enroll": ("listFilterBranch", self.list_filter_branch), **again}

    def occurrences(self) -> Mapping[str, tuple[str, Mapping[str, Any]]]:
        return {role: branch for role, branch in self._again().items() if _is_event(branch[1])}

    def _again(self) -> dict[str, tuple[str, Mapping[str, Any]]]:
        if not self.should_re_enroll:
            return {}
        return {
            f"again {index}": (f"reEnrollmentTriggersFilterBranches[{index}]", _unrefined(branch))
            for index, branch in enumerate(self.re_enrollment_triggers_filter_branches)
        }


def _is_event(branch: Mapping[str, Any]) -> bool:
    return branch.get("filterBranchType") == "UNIFIED_EVENTS"


def _unrefined(document: Any) -> Any:
    """Refinements are ignored for re-enrollment: any later occurrence counts (semantics §2.5)."""
    if isinstance(document, Mapping):
        kept = document.keys() - {"pruningRefineBy", "coalescingRefineBy"}
        return {key: _unrefined(value) for key, value in document.items() if key in kept}
    if isinstance(document, (list, tuple)):
        return [_unrefined(part) for part in document]
    return document
