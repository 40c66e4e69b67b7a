"""Who asks about a list."""

from dataclasses import dataclass
from typing import Final, Literal

from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text

_queries = load("penstock.lists")


@dataclass(frozen=True)
class Use:
    """A list or workflow that names a list; one that is not `active` does nothing with it now."""

    kind: Literal["list", "workflow"]
    id: int
    name: str
    active: bool

    @property
    def text(self) -> Text:
        return Text(_WORDS[self.kind], name=self.name)


_WORDS: Final = {"list": 'the list "{name}"', "workflow": 'the workflow "{name}"'}


async def of_list(conn: Connection, id: int) -> list[Use]:
    """The other lists and the workflows whose filters, steps or settings name the list."""
    rows = await _queries.rows(conn, "uses", id=id)
    return [Use(row.kind, row.id, row.name, row.active) for row in rows]
