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


@dataclass(frozen=True)
class Crowd:
    """Records of one type in the turn's bucket."""

    turn: Turn
    type: TypeSchema
    ids: Sequence[int]

    async def values(self, names: Sequence[str]) -> Mapping[int, Values]:
        """Properties of the records, by record."""
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
        return await self._shown(rows, type, names, wanted)

    async def _shown(
        self, rows: Sequence[Any], type: TypeSchema, names: Sequence[str], ids: Sequence[int]
    ) -> Mapping[int, Values]:
        """Values as they are on the wire; what are columns of the records is read apart."""
        shown: dict[int, dict[str, str | None]] = {}
        for row in rows:
            form = type.formats[row.name]
            for id, value in zip(row.ids, row.values, strict=True):
                shown.setdefault(id, {})[row.name] = None if value is None else form(value)
        columns = {name: type.columns[name] for name in names if name in type.columns}
        if columns:
            for row in await _queries.rows(self.turn.conn, "moments", ids=ids):
                known = {
                    "id": str(row.id),
                    "created_at": instant_text(row.created_at),
                    "updated_at": instant_text(row.updated_at),
                }
                of_record = shown.setdefault(row.id, {})
                of_record.update({name: known[column] for name, column in columns.items()})
        return shown
