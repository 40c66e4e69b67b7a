"""From changes to entrants: take what happened, settle the criteria, apply requests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from penstock.engine import settling
from penstock.engine.entrants import FRESH, Circumstances, Entrants
from penstock.engine.outcomes import apply_outcomes
from penstock.engine.removal import erase, unenroll
from penstock.engine.turn import Turn
from penstock.kernel.queries import load
from penstock.records.changes import Lane

_queries = load("penstock.engine")

_GONE = {"archived": "record_deleted", "merged": "record_merged", "erased": "record_erased"}
"""Changes after which a record is in no workflow, with the reason."""


@dataclass
class Intake:
    """The first half of a turn."""

    turn: Turn
    entrants: list[Entrants] = field(default_factory=list)

    async def take(self) -> int:
        """Take changes and rechecks, and settle what they touch. Returns how many there were."""
        turn = self.turn
        rows = await _queries.rows(
            turn.conn, "take_changes", bucket=turn.bucket, limit=turn.portion
        )
        changes = sorted(rows, key=lambda row: (row.lane, row.id))
        await self._remove(changes)
        touched, circumstances = self._touched(changes)
        rechecks = await _queries.rows(
            turn.conn, "take_rechecks", bucket=turn.bucket, now=turn.now, limit=turn.portion
        )
        for row in rechecks:
            touched.setdefault(row.record_id, set()).add(row.criterion_id)
        known = turn.automation.criteria.keys()
        edges = await settling.settle(
            turn, {record: criteria & known for record, criteria in touched.items()}
        )
        if rechecks:
            await _queries.run(
                turn.conn,
                "drop_rechecks",
                bucket=turn.bucket,
                now=turn.now,
                criteria=[row.criterion_id for row in rechecks],
                records=[row.record_id for row in rechecks],
            )
        self._enter(edges, circumstances)
        await self._requests([change for change in changes if change.kind in self._REQUESTS])
        await apply_outcomes(turn, [change for change in changes if change.kind == "effect"])
        return len(changes) + len(rechecks)

    def _touched(
        self, changes: Iterable[Any]
    ) -> tuple[dict[int, set[int]], dict[int, Circumstances]]:
        """The criteria to judge by record, and how each record's changes came about."""
        automation = self.turn.automation
        touched: dict[int, set[int]] = {}
        circumstances: dict[int, Circumstances] = {}
        for change in changes:
            if change.kind in ("created", "restored", "absorbed"):
                criteria = set(automation.of_type(change.object_type))
            elif change.kind == "updated":
                criteria = automation.touched_by(change.object_type, change.keys)
            else:
                continue
            before = circumstances.get(change.record_id, FRESH)
            circumstances[change.record_id] = Circumstances(
                change.lane, max(before.depth, change.depth)
            )
            if criteria:
                touched.setdefault(change.record_id, set()).update(criteria)
        return touched, circumstances

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
            gone = [change.record_id for change in changes if change.kind == kind]
            if gone:
                await unenroll(self.turn, gone, reason)
        erased = [change.record_id for change in changes if change.kind == "erased"]
        if erased:
            await erase(self.turn, erased)

    async def _requests(self, requests: Sequence[Any]) -> None:
        for request in requests:
            await self._REQUESTS[request.kind](self, request)

    async def _enroll_existing(self, request: Any) -> None:
        """Enrol the next portion of those who match already, and ask for the rest again."""
        turn, workflow_id = self.turn, request.details["workflow"]
        workflow = turn.automation.workflows.get(workflow_id)
        if workflow is None or not workflow.on or "enroll" not in workflow.criteria:
            return
        rows = await _queries.rows(
            turn.conn,
            "matching",
            bucket=turn.bucket,
            criterion=workflow.criteria["enroll"],
            after=request.details["after"],
            limit=turn.portion,
        )
        if not rows:
            return
        backfill = Circumstances(Lane.BACKFILL, 0)
        records = {row.record_id: backfill for row in rows}
        self.entrants.append(Entrants(workflow_id, "existing", records, quiet=True))
        if len(rows) == turn.portion:
            await _queries.run(
                turn.conn,
                "request",
                bucket=turn.bucket,
                lane=int(Lane.BACKFILL),
                record_id=0,
                object_type=workflow.object_type,
                kind="enroll_existing",
                details=Jsonb({"workflow": workflow_id, "after": rows[-1].record_id}),
                source="AUTOMATION_PLATFORM",
                depth=0,
                now=turn.now,
            )

    async def _enroll(self, request: Any) -> None:
        """Somebody chose this record."""
        turn, workflow_id = self.turn, request.details["workflow"]
        workflow = turn.automation.workflows.get(workflow_id)
        if workflow is None:
            return
        rows = await _queries.rows(
            turn.conn,
            "live_records",
            bucket=turn.bucket,
            ids=[request.record_id],
            type=workflow.object_type,
        )
        if rows:
            how = {request.record_id: Circumstances(request.lane, request.depth)}
            self.entrants.append(Entrants(workflow_id, str(request.details["by"]), how))

    _REQUESTS = {"enroll_existing": _enroll_existing, "enroll": _enroll}  # noqa: RUF012

    async def stand(self) -> int:
        """Judge the next portion of a criterion that does not stand yet. Returns how many."""
        turn = self.turn
        rows = await _queries.rows(turn.conn, "standing", bucket=turn.bucket)
        if not rows:
            return 0
        (row,) = rows
        criterion = turn.automation.criteria.get(row.criterion_id)
        ids: list[int] = []
        if criterion is not None:
            candidates = await _queries.rows(
                turn.conn,
                "stand_candidates",
                bucket=turn.bucket,
                reached=row.reached,
                type=criterion.object_type,
                limit=2 * turn.portion,
            )
            ids = [candidate.id for candidate in candidates]
            # Nobody enrols by what was so before the workflow is on.
            await settling.settle(turn, {id: {row.criterion_id} for id in ids})
        await _queries.run(
            turn.conn,
            "stand",
            bucket=turn.bucket,
            criterion=row.criterion_id,
            reached=ids[-1] if ids else row.reached,
            stands=len(ids) < 2 * turn.portion,
        )
        return max(len(ids), 1)
