"""What happened, limited to a time or to how often it did: fields that several kinds have."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import SerializeAsAny
from sqlalchemy import ColumnElement, literal_column

from penstock.filters.judgement import Judgement
from penstock.filters.nodes import REFINEMENTS, Node, Refinement, Wire
from penstock.filters.subject import Scope, Value
from penstock.filters.windows import outside, within
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class Refined(Wire):
    """At most one refinement: which events count, or how often it must have happened."""

    pruning_refine_by: Annotated[SerializeAsAny[Node] | None, REFINEMENTS] = None
    coalescing_refine_by: Annotated[SerializeAsAny[Node] | None, REFINEMENTS] = None

    def refinement_problems(self, where: str) -> Iterator[Problem]:
        prune, coalesce = self.pruning_refine_by, self.coalescing_refine_by
        if prune is not None and coalesce is not None:
            text = Text("refine it by time or by number, not by both")
            yield Problem(text, f"{where}.coalescingRefineBy", "TWO_REFINEMENTS")
        if isinstance(prune, Refinement) and not prune.of_time:
            text = Text("this refinement is not about time")
            yield Problem(text, f"{where}.pruningRefineBy", "MISPLACED_REFINEMENT")
        span = prune.window() if isinstance(prune, Refinement) else None
        if span is not None and span[0].refers:
            text = Text("an event has no other properties to compare its time with")
            yield Problem(text, f"{where}.pruningRefineBy", "MISPLACED_REFINEMENT")
        if isinstance(coalesce, Refinement) and coalesce.of_time:
            text = Text("this refinement is not about numbers")
            yield Problem(text, f"{where}.coalescingRefineBy", "MISPLACED_REFINEMENT")

    def in_time(self, when: Value) -> list[Judgement]:
        """Whether a moment counts; nothing where all do."""
        if not isinstance(self.pruning_refine_by, Refinement):
            return []
        span = self.pruning_refine_by.window()
        if span is None:
            return []
        window, inside = span
        return [(within if inside else outside)(when, window)]

    def enough(
        self, scope: Scope, some: ColumnElement[int], total: ColumnElement[int]
    ) -> ColumnElement[bool]:
        """Whether so many of all are enough: at least one unless said otherwise."""
        if isinstance(self.coalescing_refine_by, Refinement):
            return self.coalescing_refine_by.enough(scope.parameters, some, total)
        return some > literal_column("0")

    def refined(self, said: Text) -> Text:
        """A sentence with its refinement."""
        for refinement in (self.pruning_refine_by, self.coalescing_refine_by):
            when = refinement.sentence() if isinstance(refinement, Refinement) else None
            if when is not None:
                said = Text("{what} {when}", what=said, when=when)
        return said
