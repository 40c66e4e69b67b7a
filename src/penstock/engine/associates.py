"""Associated records, wherever they are: their buckets are asked to write or to enrol them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

from penstock.engine.turn import Turn
from penstock.kernel.db import dumps
from penstock.kernel.queries import load
from penstock.records.changes import Lane, Source, Write
from penstock.records.schema import Edge

_queries = load("penstock.engine", "asking.sql")

REQUEST: Final = "request"
"""The kind of effects that a turn of another bucket carries out."""


class Request(NamedTuple):
    """That a record be written, for an enrollment of another one.

    `patch` has raw values by property, by parts: "properties" to set, "adds", "appends".
    """

    record_id: int
    object_type: str
    part: str
    enrollment_id: int
    visit: int
    for_record: int
    workflow_id: int
    patch: Mapping[str, Mapping[str, Any]]
    lane: int
    depth: int

    @classmethod
    def read(cls, change: Any) -> Self:
        """The request that a change of kind "write" is."""
        told = change.details
        return cls(
            change.record_ids[0],
            change.object_type,
            told["part"],
            told["enrollment"],
            told["visit"],
            told["record"],
            told["workflow"],
            told["patch"],
            change.lane,
            change.depth,
        )

    @property
    def details(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "enrollment": self.enrollment_id,
            "visit": self.visit,
            "record": self.for_record,
            "workflow": self.workflow_id,
            "patch": self.patch,
        }

    def write(self, turn: Turn) -> Write:
        """The circumstances in which it is carried out."""
        source = Source("AUTOMATION_PLATFORM", str(self.workflow_id))
        return Write(source, turn.now, Lane(self.lane), self.depth, turn.bucket)


async def of_edge(turn: Turn, edge: Edge, records: Sequence[int]) -> dict[int, list[int]]:
    """The live records that an association type leads to, the latest association last."""
    rows = await _queries.rows(
        turn.conn, "ends", bucket=turn.bucket, records=list(records), type_id=edge.id
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row.from_id, []).append(row.to_id)
    return found


async def ask_to_write(turn: Turn, requests: Sequence[Request]) -> None:
    """Leave each request in its record's bucket."""
    alike: dict[tuple[str, Write], list[Request]] = {}
    for request in requests:
        alike.setdefault((request.object_type, request.write(turn)), []).append(request)
    for (object_type, write), group in alike.items():
        asked = [(request.record_id, request.details) for request in group]
        await _ask(turn, "write", object_type, asked, write)


async def ask_to_enroll(
    turn: Turn, edge: Edge, records: Sequence[int], details: Mapping[str, Any], write: Write
) -> None:
    """Ask that records enrol in a workflow."""
    await _ask(turn, "enroll", edge.to_type, [(id, details) for id in records], write)


async def _ask(
    turn: Turn,
    kind: str,
    object_type: str,
    asked: Sequence[tuple[int, Mapping[str, Any]]],
    write: Write,
) -> None:
    if asked:
        await _queries.run(
            turn.conn,
            "ask",
            records=[record for record, _ in asked],
            details=[dumps(details).decode() for _, details in asked],
            object_type=object_type,
            kind=kind,
            **write.bound,
        )
