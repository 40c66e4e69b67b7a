"""Branches that combine: any of their parts, all of them, and the negation of each."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field, SerializeAsAny, field_validator

from penstock.filters.judgement import Judgement, all_of, any_of, negated
from penstock.filters.nodes import BRANCHES, KINDS, Branch, Dependency, Part
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.values import BadValue


class Logic(Branch):
    """Filters and further branches, taken together."""

    every: ClassVar[bool] = False
    negative: ClassVar[bool] = False
    frame: ClassVar[str] = ""

    filter_branch_operator: str = Field("", validate_default=True)
    filter_branches: Annotated[list[SerializeAsAny[Part]], BRANCHES] = Field(default_factory=list)
    filters: Annotated[list[SerializeAsAny[Part]], KINDS] = Field(default_factory=list)

    @field_validator("filter_branch_operator")
    @classmethod
    def _says_the_same(cls, word: str) -> str:
        if word not in {"", cls.type_id, "AND" if cls.every else "OR"}:
            text = Text(
                'the operator "{word}" contradicts the type {type}', word=word, type=cls.type_id
            )
            raise BadValue(text, "CONTRADICTION")
        return cls.type_id

    @property
    def parts(self) -> list[Part]:
        return [*self.filters, *self.filter_branches]

    def problems(self, scope: Scope) -> Iterator[Problem]:
        if not self.parts:
            # An empty AND would be true of everybody.
            text = Text("this group is empty: add a filter to it, or remove it")
            yield Problem(text, self.where, "EMPTY_BRANCH")
        for part in self.parts:
            yield from part.problems(scope)

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        for part in self.parts:
            yield from part.depends(scope)

    def judge(self, scope: Scope) -> Judgement:
        combine = all_of if self.every else any_of
        judgement = combine([part.judge(scope) for part in self.parts])
        return replace(negated(judgement) if self.negative else judgement, where=self.where)

    def sentence(self, scope: Scope) -> Text:
        alone = len(self.parts) == 1
        said = [part.sentence(scope) if alone else _bracketed(part, scope) for part in self.parts]
        if not said:
            return Text("nothing")
        sentence = said.pop()
        for first in reversed(said):
            pattern = "{first} and {rest}" if self.every else "{first} or {rest}"
            sentence = Text(pattern, first=first, rest=sentence)
        return Text(self.frame, inner=sentence) if self.frame else sentence


def _bracketed(part: Part, scope: Scope) -> Text:
    sentence = part.sentence(scope)
    if isinstance(part, Logic) and not part.frame and len(part.parts) > 1:
        return Text("({inner})", inner=sentence)
    return sentence


class Or(Logic):
    """Any of its filters and branches."""

    type_id = "OR"


class And(Logic):
    """All of its filters and branches."""

    type_id = "AND"
    every = True


class NotAll(Logic):
    """Not all of its filters and branches."""

    type_id = "NOT_ALL"
    every = True
    negative = True
    frame = "not all of ({inner})"


class NotAny(Logic):
    """None of its filters and branches."""

    type_id = "NOT_ANY"
    negative = True
    frame = "none of ({inner})"
