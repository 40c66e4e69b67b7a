"""Which triggers may enrol a record once more (semantics §2.7): those that say what came to be."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from penstock.filters.nodes import OPERATIONS
from penstock.filters.operators import Operation
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.workflows.document import Document

_NEGATIONS: Final = ("NOT_ALL", "NOT_ANY")
_ELSEWHERE: Final = ("ASSOCIATION", "PROPERTY_ASSOCIATION")
"""Branches that ask about other records."""

_NEGATIVE: Final = Text("what says that something is not so cannot enrol records once more")
_BY_TIME: Final = Text("what time alone makes true cannot enrol records once more")
_OF_OTHERS: Final = Text("properties of associated records cannot enrol records once more")


def eligibility_problems(document: Document) -> Iterator[Problem]:
    """Triggers that were chosen for re-enrollment and are not eligible (decision 5)."""
    criteria = document.raw.get("enrollmentCriteria") or {}
    if not criteria.get("shouldReEnroll"):
        return
    setting = "reEnrollmentTriggersFilterBranches"
    for place, branch in _objects(criteria.get(setting)):
        yield from _of_branch(branch, f"$.enrollmentCriteria.{setting}[{place}]", near=True)


def _of_branch(branch: Mapping[str, Any], where: str, *, near: bool) -> Iterator[Problem]:
    """`near` branches ask about the record itself."""
    kind = branch.get("filterBranchType")
    if kind == "UNIFIED_EVENTS":
        return  # every event is new
    if kind in _NEGATIONS:
        yield _not_eligible(_NEGATIVE, f"{where}.filterBranchType")
        return
    near = near and kind not in _ELSEWHERE
    for place, single in _objects(branch.get("filters")):
        if single.get("filterType") == "PROPERTY":
            yield from _of_property(single, f"{where}.filters[{place}]", near=near)
    for place, inner in _objects(branch.get("filterBranches")):
        yield from _of_branch(inner, f"{where}.filterBranches[{place}]", near=near)


def _of_property(single: Mapping[str, Any], where: str, *, near: bool) -> Iterator[Problem]:
    asked = single.get("operation")
    if not isinstance(asked, Mapping):
        return
    kind = OPERATIONS.find(str(asked.get("operationType")))
    if not near:
        yield _not_eligible(_OF_OTHERS, f"{where}.property")
    elif kind is not None and issubclass(kind, Operation):
        row = kind.operators.get(str(asked.get("operator")))
        if row is not None and (row.negative or row.flips):
            text = _NEGATIVE if row.negative else _BY_TIME
            yield _not_eligible(text, f"{where}.operation.operator")


def _objects(given: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Those of a list that are objects, with their places; what else is wrong is said elsewhere."""
    for place, each in enumerate(given if isinstance(given, list) else ()):
        if isinstance(each, Mapping):
            yield place, each


def _not_eligible(text: Text, where: str) -> Problem:
    return Problem(text, where, "RE_ENROLLMENT_NOT_ELIGIBLE")
