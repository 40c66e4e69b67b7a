"""The records of a group, and what can be read of them and around them in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penstock.engine.turn import Turn
from penstock.kernel.queries import load
from penstock.records.schema import TypeSchema
from penstock.records.values import instant_text

_queries = load("penstock.engine")

Values = Mapping[str, str | None]
"""Properties as strings of the wire, by name."""

Column = Mapping[int, str | None]
"""One property as strings of the wire, by record."""


@dataclass(frozen=True)
class Crowd:
    """Records of one type in the turn's bucket."""

    turn: Turn
    type: TypeSchema
    ids: Sequence[int]

    async def values(self, names: Sequence[str]) -> Mapping[int, Values]:
        """Properties of the records, by record."""
        return _by_record(await self.columns(names), self.ids)

    async def columns(self, names: Sequence[str]) -> Mapping[str, Column]:
        """Properties of the records, by name."""
        rows = await _queries.rows(
            self.turn.conn,
            "values",
            bucket=self.turn.bucket,
            ids=self.ids,
            names=[name for name in names if name in self.type.formats],
        )
        return await self._shown(rows, self.type, names, self.ids)

    async def ends(self, type: TypeSchema) -> dict[int, list[int]]:
        """The associated records of a type by record, the one that speaks for them first."""
        edges = self.turn.schema.edges_between(self.type.id, type.id)
        rows = await _queries.rows(
            self.turn.conn,
            "far_ends",
            bucket=self.turn.bucket,
            ids=self.ids,
            types=[edge.id for edge in edges],
        )
        single = {edge.id for edge in edges if edge.single}
        ends: dict[int, list[int]] = {}
        for row in sorted(rows, key=lambda row: (row.type_id not in single, row.to_id)):
            known = ends.setdefault(row.from_id, [])
            if row.to_id not in known:
                known.append(row.to_id)
        return ends

    async def far(
        self, type: TypeSchema, ids: Iterable[int], names: Sequence[str]
    ) -> Mapping[int, Values]:
        """Properties of live records, wherever they are."""
        wanted = sorted(set(ids))
        rows = await _queries.rows(
            self.turn.conn,
            "far_values",
            ids=wanted,
            names=[name for name in names if name in type.formats],
        )
        return _by_record(await self._shown(rows, type, names, wanted), wanted)

    async def _shown(
        self, rows: Sequence[Any], type: TypeSchema, names: Sequence[str], ids: Sequence[int]
    ) -> dict[str, Column]:
        """Values as they are on the wire; what are columns of the records is read apart."""
        shown: dict[str, Column] = {}
        for row in rows:
            form = type.formats[row.name]
            texts = [None if value is None else form(value) for value in row.values]
            shown[row.name] = dict(zip(row.ids, texts, strict=True))
        columns = {name: type.columns[name] for name in names if name in type.columns}
        if columns:
            moments = await _queries.rows(self.turn.conn, "moments", ids=ids)
            told = {
                "id": {row.id: str(row.id) for row in moments},
                "created_at": {row.id: instant_text(row.created_at) for row in moments},
                "updated_at": {row.id: instant_text(row.updated_at) for row in moments},
            }
            shown |= {name: told[column] for name, column in columns.items()}
        return shown


def _by_record(columns: Mapping[str, Column], ids: Iterable[int]) -> dict[int, Values]:
    return {id: {name: column.get(id) for name, column in columns.items()} for id in ids}
