"""How many of all have to be as is asked: any, all or none."""

from collections.abc import Callable
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, literal_column

from penstock.filters.nodes import Refinement
from penstock.filters.sql import Parameters
from penstock.kernel.texts import Text

_ZERO: Final[ColumnElement[int]] = literal_column("0")

_SETS: Final[dict[str, tuple[str, Callable[[Any, Any], ColumnElement[bool]]]]] = {
    "ANY": ("for any of them", lambda some, total: some > _ZERO),
    "ANY_INCLUDE_EMPTY": (
        "for any of them, or there are none",
        lambda some, total: (some > _ZERO) | (total == _ZERO),
    ),
    "ALL": ("for all of them", lambda some, total: (some == total) & (total > _ZERO)),
    "ALL_INCLUDE_EMPTY": ("for all of them, or there are none", lambda some, total: some == total),
    "NONE": ("for none of them", lambda some, total: some == _ZERO),
    "NONE_EXCLUDE_EMPTY": (
        "for none of them, and there are some",
        lambda some, total: (some == _ZERO) & (total > _ZERO),
    ),
}
"""By the words of HubSpot: what is said of it, and what has to be so of how many."""


class SetOccurrences(Refinement):
    """For any, for all or for none of those that there are; where there are none, it is as said."""

    type_id = "SET_OCCURRENCES"

    set_type: Literal[
        "ALL", "ALL_INCLUDE_EMPTY", "ANY", "ANY_INCLUDE_EMPTY", "NONE", "NONE_EXCLUDE_EMPTY"
    ]

    def enough(
        self, parameters: Parameters, some: ColumnElement[int], total: ColumnElement[int]
    ) -> ColumnElement[bool]:
        return _SETS[self.set_type][1](some, total)

    def sentence(self) -> Text:
        return Text(_SETS[self.set_type][0])
