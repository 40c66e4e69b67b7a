"""What a record can be a member of: lists, imports, and what it has been through in workflows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SmallInteger,
    TableClause,
    Text,
    cast,
    column,
    exists,
    func,
    literal_column,
    null,
    select,
    table,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from penstock.filters.judgement import Judgement, Shown
from penstock.filters.sql import Instant
from penstock.filters.subject import Scope

_LISTS: Final = table(
    "lists",
    column("id", BigInteger),
    column("kind", Text),
    column("criterion_id", BigInteger),
    column("deleted_at", Instant),
)
_WORKFLOWS: Final = table("workflows", column("id", BigInteger), column("deleted_at", Instant))
_IMPORTS: Final = table("imports", column("id", BigInteger))


def _rows(name: str, *names: str) -> TableClause:
    """A table of members; its alias is `m`."""
    columns = [column("bucket", SmallInteger), column("record_id", BigInteger)]
    return table(name, *columns, *(column(each) for each in names))


_LIST_MEMBERS: Final = _rows("list_members", "list_id", "joined_at")
_MATCHES: Final = _rows("matches", "criterion_id", "matching", "since")
_ENROLLMENTS: Final = _rows("enrollments", "workflow_id", "state", "enrolled_at", "ended_at")
_IMPORT_MEMBERS: Final = _rows("import_members", "import_id")

Id = ColumnElement[Any]


def _members(
    scope: Scope,
    members: TableClause,
    since: ColumnElement[Any],
    *conditions: ColumnElement[bool],
) -> Select[Any]:
    candidates = scope.candidates
    rows = candidates.join(
        members,
        (members.c.bucket == candidates.c.bucket) & (members.c.record_id == candidates.c.id),
    )
    columns = candidates.c.id, since.label("since")
    return select(*columns).select_from(rows).where(*conditions)


def _in_list(scope: Scope, id: Id) -> CompoundSelect[Any]:
    # The members of a dynamic list are those who match its criterion.
    criterion = select(_LISTS.c.criterion_id).where(_LISTS.c.id == id).scalar_subquery()
    return union_all(
        _members(scope, _LIST_MEMBERS, _LIST_MEMBERS.c.joined_at, _LIST_MEMBERS.c.list_id == id),
        _members(
            scope,
            _MATCHES,
            _MATCHES.c.since,
            _MATCHES.c.criterion_id == criterion,
            _MATCHES.c.matching,
        ),
    )


def _in_import(scope: Scope, id: Id) -> Select[Any]:
    never_told = cast(null(), Instant)
    return _members(scope, _IMPORT_MEMBERS, never_told, _IMPORT_MEMBERS.c.import_id == id)


def _through(*states: str, since: str = "enrolled_at") -> Callable[[Scope, Id], Select[Any]]:
    """Those with a passage through a workflow that is in one of these states, or in any."""

    def query(scope: Scope, id: Id) -> Select[Any]:
        conditions = [_ENROLLMENTS.c.workflow_id == id]
        if states:
            words = [scope.parameters.bound(state, Text()) for state in states]
            conditions.append(_ENROLLMENTS.c.state.in_(words))
        latest = func.max(_ENROLLMENTS.c[since])
        return _members(scope, _ENROLLMENTS, latest, *conditions).group_by(scope.candidates.c.id)

    return query


@dataclass(frozen=True)
class Membership:
    """One kind of membership; `mentions` is the kind of thing that its id names.

    `label` says it of a record, `negated` its contrary; {name} is what the id names.
    """

    mentions: str
    label: str
    negated: str
    members: Callable[[Scope, Id], Select[Any] | CompoundSelect[Any]]


MEMBERSHIPS: Final[Mapping[str, Membership]] = {
    "": Membership("list", "is in the list {name}", "is not in the list {name}", _in_list),
    "IMPORT": Membership(
        "import", "came with the import {name}", "did not come with the import {name}", _in_import
    ),
    "WORKFLOWS_ENROLLMENT": Membership(
        "workflow",
        "has been enrolled in the workflow {name}",
        "has never been enrolled in the workflow {name}",
        _through(),
    ),
    "WORKFLOWS_ACTIVE": Membership(
        "workflow",
        "is in the workflow {name} now",
        "is not in the workflow {name} now",
        _through("active"),
    ),
    "WORKFLOWS_GOAL": Membership(
        "workflow",
        "has met the goal of the workflow {name}",
        "has not met the goal of the workflow {name}",
        _through("goal_met", since="ended_at"),
    ),
    "WORKFLOWS_COMPLETED": Membership(
        "workflow",
        "has completed the workflow {name}",
        "has not completed the workflow {name}",
        _through("finished", since="ended_at"),
    ),
}
"""By the words of HubSpot for it; a list goes without."""

# The members of a new dynamic list are not known before its criterion stands.
_KNOWN: Final = (_LISTS.c.kind != literal_column("'DYNAMIC'")) | _LISTS.c.criterion_id.is_not(None)

_PLACES: Final[Mapping[str, tuple[TableClause, tuple[ColumnElement[bool], ...]]]] = {
    "list": (_LISTS, (_LISTS.c.deleted_at.is_(None), _KNOWN)),
    "workflow": (_WORKFLOWS, (_WORKFLOWS.c.deleted_at.is_(None),)),
    "import": (_IMPORTS, ()),
}


def is_member(scope: Scope, membership: Membership, id: int) -> Judgement:
    """Whether the record is one. What the id names has to exist, or nobody matches at all."""
    bound = scope.parameters.bound(id, BigInteger())
    place, conditions = _PLACES[membership.mentions]
    there: Select[Any] = select(literal_column("1")).select_from(place)
    scope.gathered.guards.append(exists(there.where(place.c.id == bound, *conditions)))
    fact = scope.know(membership.members(scope, bound))
    inside = fact.c.id.is_not(None)
    return Judgement(inside, shown=(Shown("member", inside), Shown("since", fact.c.since)))
