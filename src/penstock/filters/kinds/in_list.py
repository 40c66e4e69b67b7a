"""Filters that ask whether a record is in a list, or in something that is like one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from penstock.filters.dependencies import Dependency
from penstock.filters.fields import Id
from penstock.filters.judgement import Judgement, negated
from penstock.filters.memberships import MEMBERSHIPS, Membership, is_member
from penstock.filters.mentions import Mention
from penstock.filters.nodes import NOT_KNOWN, Filter, Wire
from penstock.filters.subject import Scope
from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text


class ListKind(Wire):
    """What the list is when it is none that users made; `id` is that of the workflow or import."""

    id: Id | None = None
    in_list_type: str = ""


class InList(Filter):
    """Whether the record is a member, or is not."""

    type_id = "IN_LIST"
    label = "Membership"

    list_id: Id | None = None
    operator: Literal["IN_LIST", "NOT_IN_LIST"] = "IN_LIST"
    metadata: ListKind = ListKind()

    @property
    def _membership(self) -> Membership | None:
        return MEMBERSHIPS.get(self.metadata.in_list_type)

    @property
    def _id(self) -> int | None:
        return self.list_id if self.metadata.id is None else self.metadata.id

    def problems(self, scope: Scope) -> Iterator[Problem]:
        if self._membership is None:
            text = Text(
                'there are no lists of the type "{word}" here; there are: {known}',
                word=self.metadata.in_list_type,
                known=", ".join(filter(None, MEMBERSHIPS)),
            )
            yield Problem(text, f"{self.where}.metadata.inListType", "UNKNOWN_KIND")
        elif self._id is None:
            text = Text("{field} is required", field="listId")
            yield Problem(text, f"{self.where}.listId", "REQUIRED")

    def mentions(self) -> Iterator[Mention]:
        if self._membership is not None and self._id is not None:
            key = "listId" if self.metadata.id is None else "metadata.id"
            yield Mention(self._membership.mentions, self._id, f"{self.where}.{key}")

    def depends(self, scope: Scope) -> Iterator[Dependency]:
        assert self._membership is not None
        yield Dependency(self._membership.mentions, str(self._id), scope.across)

    def judge(self, scope: Scope) -> Judgement:
        assert self._membership is not None
        assert self._id is not None
        judgement = is_member(scope, self._membership, self._id)
        if self.operator == "NOT_IN_LIST":
            judgement = negated(judgement)
        return replace(judgement, where=self.where)

    def sentence(self, scope: Scope) -> Text:
        membership = self._membership
        if membership is None:
            return Text(NOT_KNOWN)
        name = scope.names.get((membership.mentions, self._id or 0))
        return Text(
            membership.label if self.operator == "IN_LIST" else membership.negated,
            name=Text("{id}", id=self._id) if name is None else Text('"{name}"', name=name),
        )
