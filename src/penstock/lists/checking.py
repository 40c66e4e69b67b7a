"""Whether a filter can be a list's: HubSpot's rule for its root, and no list asks about itself."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from penstock.filters import mentions
from penstock.filters.compile import Criterion, check
from penstock.filters.compile import mentions as mentioned_by
from penstock.filters.errors import FilterInvalid
from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.lists.errors import ListCycle
from penstock.records.schema import Schema

_queries = load("penstock.lists")

WHERE: Final = "$.filterBranch"


async def checked(
    conn: Connection,
    schema: Schema,
    object_type: str,
    document: Mapping[str, Any],
    *,
    own: int | None = None,
) -> Criterion:
    """The criterion that a list's filter is; `own` is the id of a dynamic list that exists.

    Raises FilterInvalid, ObjectTypeUnknown or ListCycle.
    """
    problems = list(_root_problems(document))
    if problems:
        raise FilterInvalid(problems=problems)
    mentioned = mentioned_by([document])
    names = await mentions.names(conn, mentioned)
    criterion = check(document, schema, object_type, where=WHERE, names=names)
    if own is not None:
        await _refuse_cycle(conn, own, asked_by(criterion))
    return criterion


def asked_by(criterion: Criterion) -> set[int]:
    """The lists that a criterion asks about, also of associated records."""
    return {int(depends.key) for depends in criterion.depends if depends.kind == "list"}


def _root_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    branches = document.get("filterBranches")
    if document.get("filterBranchType") != "OR":
        text = Text("the outermost branch of a list is OR")
        yield Problem(text, f"{WHERE}.filterBranchType", "LIST_ROOT")
    elif document.get("filters"):
        text = Text("the outermost branch of a list has no filters, only branches")
        yield Problem(text, f"{WHERE}.filters", "LIST_ROOT")
    elif not (isinstance(branches, list) and any(_is_and(branch) for branch in branches)):
        text = Text("the outermost branch of a list needs at least one AND branch")
        yield Problem(text, f"{WHERE}.filterBranches", "LIST_ROOT")


def _is_and(branch: Any) -> bool:
    return isinstance(branch, Mapping) and branch.get("filterBranchType") == "AND"


async def _refuse_cycle(conn: Connection, own: int, asked: Collection[int]) -> None:
    edges: dict[int, list[int]] = {}
    for row in await _queries.rows(conn, "edges"):
        edges.setdefault(row.id, []).append(row.asked)
    path = _way_back(own, {**edges, own: sorted(asked)})
    if path:
        names = {row.id: row.name for row in await _queries.rows(conn, "read", ids=path)}
        shown = " → ".join(f'"{names[id]}"' for id in path)
        raise ListCycle(path=shown, where=WHERE, context={"listIds": [str(id) for id in path]})


def _way_back(own: int, edges: Mapping[int, Collection[int]]) -> list[int]:
    """The shortest way from a list over those it asks about to itself; empty when there is none."""
    came_from: dict[int, int] = {}
    level = [own]
    while level:
        following: list[int] = []
        for id in level:
            for asked in edges.get(id, ()):
                if asked == own:
                    path = [own, id]
                    while path[-1] != own:
                        path.append(came_from[path[-1]])
                    return path[::-1]
                if asked not in came_from:
                    came_from[asked] = id
                    following.append(asked)
        level = following
    return []
