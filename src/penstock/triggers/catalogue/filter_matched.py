"""Enrol when filter criteria are met."""

from collections.abc import Mapping
from typing import Any

from penstock.kernel.errors import Problem
from penstock.kernel.forms import field
from penstock.kernel.texts import Text
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
        return {"enroll": ("listFilterBranch", self.list_filter_branch)}

    def problems(self, where: str) -> list[Problem]:
        if not (self.should_re_enroll and self.re_enrollment_triggers_filter_branches):
            return []
        text = Text("re-enrollment triggers are not supported by this version")
        path = f"{where}.reEnrollmentTriggersFilterBranches"
        return [Problem(text, path, "RE_ENROLLMENT_UNSUPPORTED")]
