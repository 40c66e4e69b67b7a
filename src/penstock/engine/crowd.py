"""The records of a group, and what can be read of them and around them in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from penstock.engine.turn import Turn
from penstock.kernel.queries import load
from penstock.records.reading import record_of
from penstock.records.schema import TypeSchema

_queries = load("penstock.engine")

Values = Mapping[str, str | None]
"""Properties as strings of the wire, by name."""


@dataclass(frozen=True)
class Crowd:
    """Records of one type in the turn's bucket."""

    turn: Turn
    type: TypeSchema
    ids: Sequence[int]

    async def values(self, names: Sequence[str]) -> dict[int, Values]:
        """Properties of the records, by record."""
        rows = await _queries.rows(
            self.turn.conn, "values", bucket=self.turn.bucket, ids=self.ids, names=list(names)
        )
        return {row.id: record_of(row).shown(self.type, names) for row in rows}

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
    ) -> dict[int, Values]:
        """Properties of live records, wherever they are."""
        rows = await _queries.rows(
            self.turn.conn, "far_values", ids=sorted(set(ids)), names=list(names)
        )
        return {row.id: record_of(row).shown(type, names) for row in rows}
