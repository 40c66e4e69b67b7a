"""The branch that asks something of the records at the other end of an association."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from penstock.filters.associated import counts, way, way_problems
from penstock.filters.branches.logic import And
from penstock.filters.dependencies import Dependency
from penstock.filters.judgement import Judgement
from penstock.filters.nodes import Part
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class Association(And):
    """Whether one and the same associated record has all that is asked here."""

    type_id = "ASSOCIATION"
    label = "Associated records"
    said_as = "AND"
    closed = True

    object_type_id: str
    operator: Literal["IN_LIST", "NOT_IN_LIST"] = "IN_LIST"
    association_type_id: int
    association_category: str | None = None

    def problems(self, scope: Scope) -> Iterator[Problem]:
        wrong = list(way_problems(scope, self.association_type_id, self.object_type_id, self.where))
        yield from wrong
        there = way(scope, self.association_type_id)
        if there is not None and not wrong:
            yield from super().problems(there.scope)

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield Dependency("association", str(self.association_type_id), scope.across)
        there = way(scope, self.association_type_id)
        if there is not None:
            yield from super().depends(there.scope)

    def within(self, scope: Scope) -> tuple[Scope, Sequence[Part]]:
        there = way(scope, self.association_type_id)
        return (replace(scope, attributes={}) if there is None else there.scope), self.parts

    def recurs(self, scope: Scope) -> Iterator[Dependency]:
        """Nothing of others counts anew (semantics decision 5)."""
        yield from ()

    def judge(self, scope: Scope) -> Judgement:
        found = counts(scope, self.association_type_id, super().judge)
        return found.decided(self.operator, self.where)

    def sentence(self, scope: Scope) -> Text:
        there = way(scope, self.association_type_id)
        pattern = "has an associated {noun} with ({inner})"
        if self.operator == "NOT_IN_LIST":
            pattern = "has no associated {noun} with ({inner})"
        noun = Text("record") if there is None else there.noun
        return Text(pattern, noun=noun, inner=super().sentence(self.within(scope)[0]))
