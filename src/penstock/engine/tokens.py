"""The values of personalisation tokens: of the enrolled record, and of what it is associated with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from penstock.kernel.queries import load
from penstock.records.reading import record_of

if TYPE_CHECKING:
    from penstock.engine.batch import EngineBatch
    from penstock.records.schema import TypeSchema

_queries = load("penstock.engine")

Values = dict[str, str | None]


class Tokens:
    """Resolves dotted paths such as `contact.firstname` for the records of a batch.

    `enrolled_object` and the name of the enrolled type mean the record itself; the name of another
    type means the one record of it that is associated, the primary one first, then the oldest.
    """

    def __init__(self, batch: EngineBatch) -> None:
        self.batch = batch

    async def of_records(self, paths: Iterable[str]) -> Mapping[int, Values]:
        """Values by path for every record of the batch; what is unknown has none."""
        values: dict[int, Values] = {id: {} for id in self.batch.record_ids}
        for name, properties in _by_name(paths).items():
            type = self._type(name)
            if type is None:
                found: Mapping[int, Mapping[str, str | None]] = {}
            elif type.id == self.batch.type.id:
                found = await self.batch.values(properties)
            else:
                found = await self._associated(type, properties)
            for id, of_record in values.items():
                known = found.get(id, {})
                of_record.update({f"{name}.{prop}": known.get(prop) for prop in properties})
        return values

    def _type(self, name: str) -> TypeSchema | None:
        if name == "enrolled_object":
            return self.batch.type
        return next((t for t in self.batch.schema.types.values() if t.name == name), None)

    async def ends(self, type: TypeSchema) -> dict[int, list[int]]:
        """The associated records of a type by record, the one that speaks for them first."""
        edges = self.batch.schema.edges_between(self.batch.type.id, type.id)
        rows = await _queries.rows(
            self.batch.turn.conn,
            "far_ends",
            bucket=self.batch.turn.bucket,
            ids=self.batch.record_ids,
            types=[edge.id for edge in edges],
        )
        single = {edge.id for edge in edges if edge.single}
        ends: dict[int, list[int]] = {}
        for row in sorted(rows, key=lambda row: (row.type_id not in single, row.to_id)):
            known = ends.setdefault(row.from_id, [])
            if row.to_id not in known:
                known.append(row.to_id)
        return ends

    async def _associated(
        self, type: TypeSchema, properties: Sequence[str]
    ) -> dict[int, Mapping[str, str | None]]:
        ends = await self.ends(type)
        far = await self.far(type, [others[0] for others in ends.values()], properties)
        return {id: far.get(others[0], {}) for id, others in ends.items()}

    async def far(
        self, type: TypeSchema, ids: Iterable[int], properties: Sequence[str]
    ) -> dict[int, Mapping[str, str | None]]:
        """Properties of live records, wherever they are."""
        rows = await _queries.rows(
            self.batch.turn.conn, "far_values", ids=sorted(set(ids)), names=list(properties)
        )
        return {row.id: record_of(row).shown(type, properties) for row in rows}


def _by_name(paths: Iterable[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for path in sorted(paths):
        name, _, prop = path.partition(".")
        if prop:
            grouped.setdefault(name, []).append(prop)
    return grouped
