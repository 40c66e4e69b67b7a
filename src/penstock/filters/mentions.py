"""What a document names beside the schema: lists, imports, workflows; whether it exists, and names.

The SQL of a filter looks for itself, every time. This is for those who save or show a document.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text

_queries = load("penstock.filters")


class Mention(NamedTuple):
    """A thing that is named: `kind` is "list", "import", "workflow" or "subscription", `where` a
    JSON path.
    """

    kind: str
    id: int
    where: str


Names = Mapping[tuple[str, int], str]
"""What exists, by kind and id, with its name."""

NOBODY_KNOWS: Final[Names] = {}


_MISSING: Final = {
    "list": "there is no list {id}",
    "import": "there is no import {id}",
    "workflow": "there is no workflow {id}",
    "subscription": "there is no subscription {id}",
}


def missing(mentioned: Iterable[Mention], names: Names) -> Iterator[Problem]:
    """What is named and does not exist."""
    for kind, id, where in mentioned:
        if (kind, id) not in names:
            yield Problem(Text(_MISSING[kind], id=id), where, f"{kind.upper()}_DOESNT_EXIST")


async def names(conn: Connection, mentioned: Iterable[Mention]) -> Names:
    """The names of those that exist."""
    wanted = {(mention.kind, mention.id) for mention in mentioned}
    if not wanted:
        return {}
    kinds, ids = zip(*sorted(wanted), strict=True)
    rows = await _queries.rows(conn, "names", kinds=list(kinds), ids=list(ids))
    return {(row.kind, row.id): row.name for row in rows}
