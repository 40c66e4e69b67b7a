"""Records that a step makes beside the enrolled ones, with their associations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from penstock.actions.base import Created
from penstock.engine.associating import link, types_of
from penstock.engine.plans import Plan
from penstock.engine.turn import Turn
from penstock.kernel.errors import PenstockError
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records import store
from penstock.records.changes import Source, Write
from penstock.records.schema import TypeSchema

_queries = load("penstock.engine", "making.sql")

_Edges = Mapping[int, Sequence[tuple[int, int]]]
_NOBODY: Final = Text("the record to associate with is gone, or of another type")


@dataclass(frozen=True)
class Making:
    """Enrolled records of one step, which the turn has locked, and how it writes."""

    turn: Turn
    plan: Plan
    record_ids: Sequence[int]
    write: Write

    async def make(
        self,
        made: TypeSchema,
        properties: Mapping[int, Mapping[str, Any]],
        edges: _Edges | None,
    ) -> Created:
        """Make one record of a type for each enrolled one that has properties."""
        turn = self.turn
        wanted = self._plain(made) if edges is None else edges
        refused = await self._refused(made, wanted)
        ids = [id for id in self.record_ids if id in properties and id not in refused]
        drafts = [store.Draft(properties[id], bucket=turn.bucket) for id in ids]
        outcomes = await store.create(
            turn.conn, turn.schema, made, drafts, self.write, trusted=True
        )
        new: dict[int, int] = {}
        for id, outcome in zip(ids, outcomes, strict=True):
            if isinstance(outcome, PenstockError):
                refused[id] = outcome.problems[0].text if outcome.problems else outcome.text
            else:
                new[id] = outcome.id
        directions = [(new[id], type, to) for id in new for to, type in wanted.get(id, ())]
        held = frozenset(self.record_ids)
        await link(turn, self.plan.workflow_id, directions, held, self.write)
        return Created(new, refused)

    def _plain(self, made: TypeSchema) -> _Edges:
        edge = self.turn.schema.plain_edge(made.id, self.plan.type.id)
        return {} if edge is None else {id: [(id, edge.id)] for id in self.record_ids}

    async def _refused(self, made: TypeSchema, edges: _Edges) -> dict[int, Text]:
        """Those whose record cannot have the associations that are wanted."""
        schema = self.turn.schema
        others = {to for ends in edges.values() for to, _ in ends}.difference(self.record_ids)
        types = dict.fromkeys(self.record_ids, self.plan.type.id)
        types |= await types_of(self.turn, others)
        refused: dict[int, Text] = {}
        for id, ends in edges.items():
            counts: dict[int, set[int]] = {}
            for to, type in ends:
                edge = schema.edges.get(type)
                if edge is None or edge.from_type != made.id or types.get(to) != edge.to_type:
                    refused[id] = _NOBODY
                counts.setdefault(type, set()).add(to)
            for type, count in counts.items():
                most = schema.edges[type].most if type in schema.edges else None
                if most is not None and len(count) > most:
                    refused[id] = Text(
                        "it may have {most} associations of type {type}, and would have {count}",
                        most=most,
                        type=type,
                        count=len(count),
                    )
        return refused


async def created_by(turn: Turn, records: Sequence[int], source: Source) -> frozenset[int]:
    """The records that somebody has created: their history begins with that."""
    found = await _queries.value(
        turn.conn, "created_by", bucket=turn.bucket, ids=list(records), source=str(source)
    )
    return frozenset(found)
