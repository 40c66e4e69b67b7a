"""What a document names beside the schema: lists, workflows, secrets; whether it exists, and names.

The SQL of a filter looks for itself, every time. This is for those who save or show a document.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from penstock.accounts import secrets
from penstock.kernel.db import Connection
from penstock.kernel.errors import Problem
from penstock.kernel.queries import load
from penstock.kernel.texts import Text

_queries = load("penstock.filters")


class Mention(NamedTuple):
    """A thing that is named: `kind` is "list", "import", "workflow", "subscription" or "secret",
    `where` a JSON path. The id of a secret is its name.
    """

    kind: str
    id: int | str
    where: str


Names = Mapping[tuple[str, int | str], str]
"""What exists, by kind and id, with its name."""

NOBODY_KNOWS: Final[Names] = {}


_MISSING: Final = {
    "list": "there is no list {id}",
    "import": "there is no import {id}",
    "workflow": "there is no workflow {id}",
    "subscription": "there is no subscription {id}",
    "secret": 'there is no secret "{id}"',
}


def missing(mentioned: Iterable[Mention], names: Names) -> Iterator[Problem]:
    """What is named and does not exist."""
    for kind, id, where in mentioned:
        if (kind, id) not in names:
            yield Problem(Text(_MISSING[kind], id=id), where, f"{kind.upper()}_DOESNT_EXIST")


async def names(conn: Connection, mentioned: Iterable[Mention]) -> Names:
    """The names of those that exist."""
    wanted = {(mention.kind, mention.id) for mention in mentioned}
    numbered = sorted((kind, id) for kind, id in wanted if isinstance(id, int))
    found: dict[tuple[str, int | str], str] = {}
    if numbered:
        kinds, ids = zip(*numbered, strict=True)
        rows = await _queries.rows(conn, "names", kinds=list(kinds), ids=list(ids))
        found |= {(row.kind, row.id): row.name for row in rows}
    named = [id for kind, id in wanted if kind == "secret" and isinstance(id, str)]
    if named:
        found |= {("secret", name): name for name in await secrets.existing(conn, named)}
    return found
