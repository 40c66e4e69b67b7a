"""What happened, what did not, and why: collected during a turn, written in bulk at its end."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg import sql

from penstock.engine.kinds import Kind
from penstock.kernel.db import Connection, dumps
from penstock.kernel.queries import load

_queries = load("penstock.engine")

WHOLE = ""
"""The step under which a workflow's own counts are kept."""


def because(reason: str, by: str | None = None) -> dict[str, str]:
    """The detail of an entry that has a reason; `by` is who wanted it."""
    return {"reason": reason} if by is None else {"reason": reason, "by": by}


@dataclass
class Journal:
    """The rows and counts of one turn, as columns."""

    visit: list[int] = field(default_factory=list)
    record_id: list[int] = field(default_factory=list)
    workflow_id: list[int] = field(default_factory=list)
    enrollment_id: list[int] = field(default_factory=list)
    step: list[str] = field(default_factory=list)
    kind: list[Kind] = field(default_factory=list)
    detail: list[str | None] = field(default_factory=list)
    tallies: Counter[tuple[int, str, str]] = field(default_factory=Counter)

    def note(
        self,
        kind: Kind,
        workflow_id: int,
        step: str,
        who: Iterable[tuple[int, int, int]],
        details: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> None:
        """The same for several, given as (enrollment, record, visit); details by enrollment."""
        ids, records, visits = zip(*who, strict=True) if who else ((), (), ())
        count = len(ids)
        self.enrollment_id.extend(ids)
        self.record_id.extend(records)
        self.visit.extend(visits)
        self.workflow_id.extend([workflow_id] * count)
        self.step.extend([step] * count)
        self.kind.extend([kind] * count)
        if details:
            # Many share one detail, which is then written out but once.
            alike = {id(detail): detail for detail in details.values()}
            texts = {key: dumps(detail).decode() for key, detail in alike.items()}
            known = {enrollment: texts[id(detail)] for enrollment, detail in details.items()}
            self.detail.extend([known.get(enrollment) for enrollment in ids])
        else:
            self.detail.extend([None] * count)

    def tally(self, workflow_id: int, step: str, kind: str, count: int) -> None:
        self.tallies[workflow_id, step, kind] += count

    async def write(self, conn: Connection, bucket: int, now: datetime) -> None:
        if self.kind:
            await _queries.run(
                conn,
                "insert_journal",
                bucket=bucket,
                now=now,
                visit=self.visit,
                record_id=self.record_id,
                workflow_id=self.workflow_id,
                enrollment_id=self.enrollment_id,
                step=self.step,
                kind=self.kind,
                detail=self.detail,
            )
        counts = sorted((key, count) for key, count in self.tallies.items() if count)
        if counts:
            await _queries.run(
                conn,
                "add_tallies",
                bucket=bucket,
                workflow_id=[key[0] for key, _ in counts],
                step=[key[1] for key, _ in counts],
                kind=[key[2] for key, _ in counts],
                count=[count for _, count in counts],
            )


async def ensure_month(conn: Connection, now: datetime) -> None:
    """Make the journal's partition for the month of `now`, unless it is there."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first + timedelta(days=monthrange(first.year, first.month)[1])
    name = f"journal_{first:%Y_%m}"
    # Two processes may come to a new month at once.
    await _queries.run(conn, "lock_months")
    if await _queries.value(conn, "has_month", name=name):
        return
    # house: allow sql — DDL takes no parameters
    create = "CREATE TABLE {} PARTITION OF journal FOR VALUES FROM ({}) TO ({})"
    await conn.execute(
        sql.SQL(create).format(
            sql.Identifier(name),
            sql.Literal(first.isoformat()),
            sql.Literal(following.isoformat()),
        )
    )
