"""Filters that ask about associated records: whether they are in a list, or how many there are."""

from collections.abc import Iterator
from typing import Literal

from sqlalchemy import true

from penstock.filters.associated import Counts, counts, way, way_problems
from penstock.filters.dependencies import Dependency
from penstock.filters.fields import Id
from penstock.filters.judgement import Judgement, negated
from penstock.filters.memberships import MEMBERSHIPS, is_member
from penstock.filters.mentions import Mention
from penstock.filters.nodes import Filter
from penstock.filters.refined import Refined
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class _Associated(Refined, Filter):
    """Records at the other end of an association type, in the number that is refined by."""

    association_type_id: int
    association_category: str | None = None
    to_object_type_id: str | None = None

    def problems(self, scope: Scope) -> Iterator[Problem]:
        type_id, object_type = self.association_type_id, self.to_object_type_id
        yield from way_problems(scope, type_id, object_type, self.where, "toObjectTypeId")
        yield from self.refinement_problems(self.where)
        if self.pruning_refine_by is not None:
            text = Text("associations have no time: refine them by number")
            yield Problem(text, f"{self.where}.pruningRefineBy", "MISPLACED_REFINEMENT")

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield Dependency("association", str(self.association_type_id), scope.across)

    def answer(self, scope: Scope, found: Counts) -> Judgement:
        verdict = self.enough(scope, found.some, found.all)
        return Judgement(verdict, found.flip, where=self.where, shown=found.shown)

    def noun(self, scope: Scope) -> Text:
        there = way(scope, self.association_type_id)
        return Text("record") if there is None else there.noun


class AssociationFilter(_Associated):
    """Whether an associated record is in a list; refined, whether so many are."""

    type_id = "ASSOCIATION"

    list_id: Id
    operator: Literal["IN_LIST", "NOT_IN_LIST"] = "IN_LIST"

    def mentions(self) -> Iterator[Mention]:
        yield Mention("list", self.list_id, f"{self.where}.listId")

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        yield from super().depends(scope)
        across = (*scope.across, self.association_type_id)
        yield Dependency("list", str(self.list_id), across)

    def judge(self, scope: Scope) -> Judgement:
        lists, id = MEMBERSHIPS[""], self.list_id
        found = counts(scope, self.association_type_id, lambda far: is_member(far, lists, id))
        judgement = self.answer(scope, found)
        return negated(judgement) if self.operator == "NOT_IN_LIST" else judgement

    def sentence(self, scope: Scope) -> Text:
        name = scope.names.get(("list", self.list_id))
        pattern = "has an associated {noun} in the list {name}"
        if self.operator == "NOT_IN_LIST":
            pattern = "has no associated {noun} in the list {name}"
        said = Text("{id}", id=self.list_id) if name is None else Text('"{name}"', name=name)
        return self.refined(Text(pattern, noun=self.noun(scope), name=said))


class NumAssociations(_Associated):
    """Whether the record has associated records at all; refined, whether it has so many."""

    type_id = "NUM_ASSOCIATIONS"

    def judge(self, scope: Scope) -> Judgement:
        found = counts(scope, self.association_type_id, lambda far: Judgement(true()))
        return self.answer(scope, found)

    def sentence(self, scope: Scope) -> Text:
        return self.refined(Text("has an associated {noun}", noun=self.noun(scope)))
