"""From changes to entrants: take what happened, settle the criteria, apply requests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from penstock.engine import settling
from penstock.engine.entrants import FRESH, Circumstances, Entrants
from penstock.engine.outcomes import apply_outcomes
from penstock.engine.removal import erase, forget, unenroll
from penstock.engine.turn import Turn
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.changes import Lane

_queries = load("penstock.engine")

_GONE = {"archived": "record_deleted", "merged": "record_merged", "erased": "record_erased"}
"""Changes after which a record is in no workflow, with the reason."""


@dataclass(frozen=True)
class Due:
    """What a turn finds to settle, as rows: changes, verdicts to look at again, and a criterion
    that does not stand yet.
    """

    changes: Sequence[Any]
    rechecks: Sequence[Any]
    standing: Any | None

    @property
    def count(self) -> int:
        """How many changes and rechecks there are."""
        return sum(len(change.record_ids) for change in self.changes) + len(self.rechecks)


async def take(conn: Connection, bucket: int, now: datetime, portion: int) -> Due:
    """Take what is to be settled in the bucket: at most `portion` of each kind."""
    return Due(
        await _queries.rows(conn, "take_changes", bucket=bucket, limit=portion),
        await _queries.rows(conn, "take_rechecks", bucket=bucket, now=now, limit=portion),
        await _queries.one(conn, "standing", bucket=bucket),
    )


@dataclass
class Intake:
    """The first half of a turn."""

    turn: Turn
    due: Due
    entrants: list[Entrants] = field(default_factory=list)

    async def settle(self) -> int:
        """Settle what changes and time have touched. Returns how many there were."""
        turn, changes = self.turn, self.due.changes
        await self._remove(changes)
        touched, circumstances = self._touched(changes)
        known = turn.automation.criteria.keys()
        for row in self.due.rechecks:
            if row.criterion_id in known:
                before = touched.get(row.record_id, frozenset())
                touched[row.record_id] = before | {row.criterion_id}
        edges = await settling.settle(turn, touched)
        if self.due.rechecks:
            await _queries.run(
                turn.conn,
                "drop_rechecks",
                bucket=turn.bucket,
                now=turn.now,
                criteria=[row.criterion_id for row in self.due.rechecks],
                records=[row.record_id for row in self.due.rechecks],
            )
        self._enter(edges, circumstances)
        for change in changes:
            if change.kind in self._REQUESTS:
                await self._REQUESTS[change.kind](self, change)
        await apply_outcomes(turn, [change for change in changes if change.kind == "effect"])
        return self.due.count

    def _touched(
        self, changes: Iterable[Any]
    ) -> tuple[dict[int, frozenset[int]], dict[int, Circumstances]]:
        """The criteria to judge by record, and how each record's changes came about."""
        touched: dict[int, frozenset[int]] = {}
        circumstances: dict[int, Circumstances] = {}
        for change in changes:
            criteria = self._criteria(change)
            if not criteria:
                continue
            alone = Circumstances(change.lane, change.depth)
            for record in change.record_ids:
                before = circumstances.get(record)
                if before is None:
                    touched[record], circumstances[record] = criteria, alone
                else:
                    deepest = max(before.depth, change.depth)
                    touched[record] |= criteria
                    circumstances[record] = Circumstances(change.lane, deepest)
        return touched, circumstances

    def _criteria(self, change: Any) -> frozenset[int]:
        """The criteria whose answer a change can change."""
        automation = self.turn.automation
        if change.kind in ("created", "restored", "absorbed"):
            return frozenset(automation.of_type(change.object_type))
        if change.kind == "updated":
            return frozenset(automation.touched_by(change.object_type, change.keys))
        return frozenset()

    def _enter(
        self, edges: Sequence[settling.Edge], circumstances: dict[int, Circumstances]
    ) -> None:
        by_workflow: dict[int, dict[int, Circumstances]] = {}
        for edge in edges:
            if edge.verdict:
                for workflow in self.turn.automation.enrolled_by(edge.criterion):
                    by_workflow.setdefault(workflow, {})[edge.record_id] = circumstances.get(
                        edge.record_id, FRESH
                    )
        for workflow, records in sorted(by_workflow.items()):
            self.entrants.append(Entrants(workflow, "trigger", records))

    async def _remove(self, changes: Sequence[Any]) -> None:
        for kind, reason in _GONE.items():
            gone = [id for change in changes if change.kind == kind for id in change.record_ids]
            if gone:
                await unenroll(self.turn, gone, reason)
        erased = [change for change in changes if change.kind == "erased"]
        if erased:
            await erase(
                self.turn,
                [id for change in erased for id in change.record_ids],
                [address for change in erased for address in change.details["addresses"]],
            )

    async def _enroll_existing(self, request: Any) -> None:
        """Enrol the next portion of those who match already, and ask for the rest again."""
        turn, workflow_id = self.turn, request.details["workflow"]
        workflow = turn.automation.workflows.get(workflow_id)
        if workflow is None or not workflow.on or "enroll" not in workflow.criteria:
            return
        ids = await _queries.value(
            turn.conn,
            "matching",
            bucket=turn.bucket,
            criterion=workflow.criteria["enroll"],
            after=request.details["after"],
            limit=turn.portion,
        )
        if not ids:
            return
        records = dict.fromkeys(ids, Circumstances(Lane.BACKFILL, 0))
        self.entrants.append(Entrants(workflow_id, "existing", records, quiet=True))
        if len(ids) == turn.portion:
            await _queries.run(
                turn.conn,
                "request",
                bucket=turn.bucket,
                lane=int(Lane.BACKFILL),
                record_id=0,
                object_type=workflow.object_type,
                kind="enroll_existing",
                details=Jsonb({"workflow": workflow_id, "after": ids[-1]}),
                source="AUTOMATION_PLATFORM",
                depth=0,
                now=turn.now,
            )

    async def _enroll(self, request: Any) -> None:
        """Somebody chose these records."""
        turn, workflow_id = self.turn, request.details["workflow"]
        workflow = turn.automation.workflows.get(workflow_id)
        if workflow is None:
            return
        rows = await _queries.rows(
            turn.conn,
            "live_records",
            bucket=turn.bucket,
            ids=request.record_ids,
            type=workflow.object_type,
        )
        if rows:
            how = Circumstances(request.lane, request.depth)
            chosen = {row.id: how for row in rows}
            self.entrants.append(Entrants(workflow_id, str(request.details["by"]), chosen))

    async def _forget(self, request: Any) -> None:
        await forget(self.turn, request.details["addresses"])

    _REQUESTS = {  # noqa: RUF012
        "enroll_existing": _enroll_existing,
        "enroll": _enroll,
        "forget": _forget,
    }

    async def stand(self) -> int:
        """Judge the next portion of a criterion that does not stand yet. Returns how many."""
        turn, row = self.turn, self.due.standing
        if row is None:
            return 0
        criterion = turn.automation.criteria.get(row.criterion_id)
        ids: list[int] = []
        if criterion is not None:
            ids = await _queries.value(
                turn.conn,
                "stand_candidates",
                bucket=turn.bucket,
                reached=row.reached,
                type=criterion.object_type,
                limit=2 * turn.portion,
            )
            # Nobody enrols by what was so before the workflow is on.
            await settling.settle(turn, dict.fromkeys(ids, frozenset({row.criterion_id})))
        await _queries.run(
            turn.conn,
            "stand",
            bucket=turn.bucket,
            criterion=row.criterion_id,
            reached=ids[-1] if ids else row.reached,
            stands=len(ids) < 2 * turn.portion,
        )
        return max(len(ids), 1)
