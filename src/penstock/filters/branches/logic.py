"""Branches that combine: any of their parts, all of them, and the negation of each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field, SerializeAsAny, field_validator

from penstock.filters.dependencies import Dependency
from penstock.filters.judgement import Judgement, all_of, any_of, negated
from penstock.filters.mentions import Mention
from penstock.filters.nodes import BRANCHES, KINDS, Branch, Part
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.values import BadValue


class Logic(Branch):
    """Filters and further branches, taken together.

    `said_as` is the operator that its JSON has, its type unless said otherwise; the sentence of a
    `closed` one needs no brackets.
    """

    every: ClassVar[bool] = False
    negative: ClassVar[bool] = False
    said_as: ClassVar[str] = ""
    frame: ClassVar[str] = ""
    closed: ClassVar[bool] = False

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
        return cls.said_as or cls.type_id

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

    def recurs(self, scope: Scope) -> Iterator[Dependency]:
        for part in self.parts:
            yield from part.recurs(scope)

    def mentions(self) -> Iterator[Mention]:
        for part in self.parts:
            yield from part.mentions()

    def within(self, scope: Scope) -> tuple[Scope, Sequence[Part]]:
        return scope, self.parts

    def judge(self, scope: Scope) -> Judgement:
        combine = all_of if self.every else any_of
        judgement = combine([replace(part.judge(scope), where=part.where) for part in self.parts])
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
    if isinstance(part, Logic) and not part.closed and len(part.parts) > 1:
        return Text("({inner})", inner=sentence)
    return sentence


class Or(Logic):
    """Any of its filters and branches."""

    type_id = "OR"
    label = "Any of"


class And(Logic):
    """All of its filters and branches."""

    type_id = "AND"
    label = "All of"
    every = True


class NotAll(Logic):
    """Not all of its filters and branches."""

    type_id = "NOT_ALL"
    label = "Not all of"
    every = True
    negative = True
    frame = "not all of ({inner})"
    closed = True


class NotAny(Logic):
    """None of its filters and branches."""

    type_id = "NOT_ANY"
    label = "None of"
    negative = True
    frame = "none of ({inner})"
    closed = True
