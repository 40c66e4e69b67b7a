"""Whenever it happened."""

from penstock.filters.nodes import Refinement


class AllHistory(Refinement):
    """At any time, as without a refinement."""

    type_id = "ALL_HISTORY"
    of_time = True

    def sentence(self) -> None:
        return None
