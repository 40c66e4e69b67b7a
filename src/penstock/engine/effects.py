"""Effects queued during a turn: what must leave the building, once the turn has committed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from penstock.kernel.db import Connection, dumps
from penstock.kernel.queries import load

_queries = load("penstock.engine")


@dataclass
class Effects:
    """Rows of `effects`, as columns. The key is (enrollment, visit, part), part the recipient."""

    enrollment_id: list[int] = field(default_factory=list)
    visit: list[int] = field(default_factory=list)
    part: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    payload: list[str] = field(default_factory=list)
    workflow_id: list[int] = field(default_factory=list)
    record_id: list[int] = field(default_factory=list)
    step: list[str] = field(default_factory=list)

    def queue(
        self,
        kind: str,
        part: str,
        payload: dict[str, Any],
        who: tuple[int, int, int],
        place: tuple[int, str],
    ) -> None:
        """`who` is (enrollment, record, visit), `place` (workflow, step)."""
        self.enrollment_id.append(who[0])
        self.record_id.append(who[1])
        self.visit.append(who[2])
        self.workflow_id.append(place[0])
        self.step.append(place[1])
        self.kind.append(kind)
        self.part.append(part)
        self.payload.append(dumps(payload).decode())

    def absorb(self, other: "Effects") -> None:
        for name, column in vars(other).items():
            getattr(self, name).extend(column)

    async def write(self, conn: Connection, bucket: int, now: datetime) -> None:
        if self.kind:
            await _queries.run(conn, "insert_effects", bucket=bucket, now=now, **vars(self))
