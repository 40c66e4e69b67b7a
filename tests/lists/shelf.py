"""Lists in a story: made and changed as the API does it, read as it shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from penstock.lists import members, store
from penstock.lists.model import Draft, Kind, List
from tests.story import Story, equals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.lists.members import Moved


def wanted(*filters: dict[str, Any], branches: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A list's filter: all of these."""
    inner = {
        "filterBranchType": "AND",
        "filterBranchOperator": "AND",
        "filterBranches": list(branches),
        "filters": list(filters),
    }
    return {
        "filterBranchType": "OR",
        "filterBranchOperator": "OR",
        "filterBranches": [inner],
        "filters": [],
    }


def city(name: str) -> dict[str, Any]:
    return wanted(equals("city", name))


def inside(id: int, *, outside: bool = False) -> dict[str, Any]:
    """A filter: it is in the list, or `outside` of it."""
    operator = "NOT_IN_LIST" if outside else "IN_LIST"
    return {"filterType": "IN_LIST", "listId": str(id), "operator": operator}


@dataclass
class Shelf:
    """The lists of a story."""

    story: Story

    async def make(
        self,
        name: str = "A list",
        kind: Kind = "DYNAMIC",
        document: dict[str, Any] | None = None,
        *,
        type: str = "contacts",
        rest: bool = True,
    ) -> int:
        schema = await self.story.house.schema()
        draft = Draft(name, type, kind, document)
        async with self.story.house.database.unit() as conn:
            made = await store.create(conn, schema, draft, "story", self.story.now)
        if rest:
            await self.story.rest()
        return made.id

    async def change(self, id: int, document: dict[str, Any], *, rest: bool = True) -> List:
        schema = await self.story.house.schema()
        async with self.story.house.database.unit() as conn:
            changed = await store.change_filter(conn, schema, id, document, "story", self.story.now)
        if rest:
            await self.story.rest()
        return changed

    async def rename(self, id: int, name: str) -> List:
        schema = await self.story.house.schema()
        async with self.story.house.database.unit() as conn:
            return await store.rename(conn, schema, id, name, "story", self.story.now)

    async def delete(self, id: int) -> None:
        async with self.story.house.database.unit() as conn:
            await store.delete(conn, id, "story", self.story.now)

    async def restore(self, id: int) -> None:
        schema = await self.story.house.schema()
        async with self.story.house.database.unit() as conn:
            await store.restore(conn, schema, id, "story", self.story.now)
        await self.story.rest()

    async def read(self, id: int) -> List:
        async with self.story.house.database.unit() as conn:
            return await store.read_one(conn, id)

    async def add(self, id: int, *records: int) -> Moved:
        async with self.story.house.database.unit() as conn:
            return await members.add(conn, id, records, self.story.write)

    async def remove(self, id: int, *records: int) -> Moved:
        async with self.story.house.database.unit() as conn:
            return await members.remove(conn, id, records, self.story.write)

    async def members(self, id: int) -> set[int]:
        async with self.story.house.database.unit() as conn:
            found = await store.read_one(conn, id)
            page = await members.page(conn, found, members.START, 1_000)
            sizes = await members.sizes(conn, [found])
        assert sizes[id].size == len(page)
        return {member.record_id for member in page}

    async def left(self, kind: str) -> list[tuple[int, int]]:
        """The changes of a kind that wait to be handled: record and list."""
        rows = await self.story.query(
            "SELECT record_id, (details ->> 'list')::bigint AS list FROM changes"
            " WHERE kind = %s ORDER BY 1, 2",
            kind,
        )
        return [(row.record_id, row.list) for row in rows]
