"""From changes to entrants: take what happened, settle the criteria, apply requests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from penstock.engine import reaching, settling, waiting
from penstock.engine.admission import refuse
from penstock.engine.associates import Request
from penstock.engine.associating import EdgeRequest, requests_in
from penstock.engine.automation import Automation
from penstock.engine.converting import convert
from penstock.engine.entrants import FRESH, Circumstances, Entrants
from penstock.engine.exits import end_passages, leave
from penstock.engine.firing import come_back, fire, reach_moments
from penstock.engine.joining import leave_joins
from penstock.engine.later import later
from penstock.engine.listening import hear
from penstock.engine.outcomes import apply_outcomes
from penstock.engine.pausing import park_request
from penstock.engine.recurring import recurring
from penstock.engine.removal import erase, forget, remove
from penstock.engine.states import State
from penstock.engine.turn import Allowance, Turn
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.changes import Lane
from penstock.workflows.asking import AGAIN, ENROLL

_queries = load("penstock.engine")

_GONE = {"archived": "record_deleted", "merged": "record_merged", "erased": "record_erased"}
"""Changes after which a record is in no workflow, with the reason."""

_HELD_BY_PAUSES = ("enroll_existing", "anniversary", "fire")
"""Requests on behalf of a workflow, which wait until it goes on."""


@dataclass(frozen=True)
class Due:
    """What a turn finds to settle, as rows: changes, verdicts to look at again, and criteria that
    do not stand yet.
    """

    changes: Sequence[Any] = ()
    rechecks: Sequence[Any] = ()
    standing: Sequence[Any] = ()

    @property
    def count(self) -> int:
        """How many changes and rechecks there are."""
        return sum(len(change.record_ids) for change in self.changes) + len(self.rechecks)


async def take(
    conn: Connection, bucket: int, now: datetime, allowed: Allowance, *, told: bool
) -> Due:
    """Take what is to be settled in the bucket, as much as is allowed of each kind.

    `told`: with what each change says in detail.
    """
    return Due(
        await _queries.rows(conn, "take_changes", bucket=bucket, limit=allowed.changes, told=told),
        await _queries.rows(conn, "take_rechecks", bucket=bucket, now=now, limit=allowed.rechecks),
        await _queries.rows(conn, "standing", bucket=bucket) if allowed.standing else [],
    )


@dataclass
class Intake:
    """The first half of a turn."""

    turn: Turn
    due: Due
    entrants: list[Entrants] = field(default_factory=list)
    met: set[int] = field(default_factory=set)
    """Enrollments for which what they waited for has happened."""

    answered: set[int] = field(default_factory=set)
    """Enrollments for which everything is settled that they held for."""

    requests: list[Request] = field(default_factory=list)
    """What other buckets ask to be done with records."""

    edges: list[EdgeRequest] = field(default_factory=list)
    """Edges that other buckets ask for, or ask to take away."""

    async def settle(self) -> int:
        """Settle what changes and time have touched. Returns how many there were."""
        turn, changes = self.turn, self.due.changes
        await self._remove(changes)
        touched, circumstances = self._touched(changes)
        known = turn.automation.criteria.keys()
        by_time: set[tuple[int, int]] = set()
        for row in self.due.rechecks:
            if row.criterion_id in known:
                before = touched.get(row.record_id, frozenset())
                if row.criterion_id not in before:
                    by_time.add((row.criterion_id, row.record_id))
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
        await convert(turn, edges)
        await leave(turn, edges)
        edges += await recurring(turn, changes, edges)
        self._enter(edges, circumstances)
        self.entrants += await reach_moments(turn, edges, by_time)
        self.met |= await waiting.met(turn, changes)
        self.entrants += await hear(turn, changes)
        await leave_joins(turn, edges, circumstances)
        await reaching.reach(turn, changes)
        for change in changes:
            if change.kind in _HELD_BY_PAUSES and self._paused(change.details["workflow"]):
                await park_request(turn, change)
            elif change.kind in self._REQUESTS:
                await self._REQUESTS[change.kind](self, change)
        self.requests = [Request.read(change) for change in changes if change.kind == "write"]
        self.edges = requests_in(changes)
        effects = [change for change in changes if change.kind == "effect"]
        self.answered |= await apply_outcomes(turn, effects)
        return self.due.count

    def _paused(self, workflow_id: int) -> bool:
        workflow = self.turn.automation.workflows.get(workflow_id)
        return workflow is not None and workflow.paused

    def _touched(
        self, changes: Iterable[Any]
    ) -> tuple[dict[int, frozenset[int]], dict[int, Circumstances]]:
        """The criteria to judge by record, and how each record's changes came about."""
        touched: dict[int, frozenset[int]] = {}
        circumstances: dict[int, Circumstances] = {}
        for change in changes:
            criteria = reaching.touched(self.turn.automation, change)
            if not criteria:
                continue
            alone = Circumstances(change.lane, change.depth)
            for record in change.record_ids:
                before = circumstances.get(record)
                if before is None:
                    touched[record], circumstances[record] = criteria, alone
                else:
                    touched[record] |= criteria
                    circumstances[record] = Circumstances(
                        min(before.lane, change.lane), max(before.depth, change.depth)
                    )
        return touched, circumstances

    def _enter(
        self, edges: Sequence[settling.Edge], circumstances: dict[int, Circumstances]
    ) -> None:
        """Those who came to match ask to be let in: the first time, or once more."""
        asking: dict[tuple[int, bool], dict[int, Circumstances]] = {}
        for edge in edges:
            for workflow, role in self.turn.automation.roles_of(edge.criterion):
                again = role.startswith(AGAIN)
                if edge.verdict and (again or role == ENROLL):
                    how = circumstances.get(edge.record_id, FRESH)
                    asking.setdefault((workflow, again), {})[edge.record_id] = how
        for (workflow, again), records in asking.items():
            self.entrants.append(Entrants(workflow, "trigger", records, again=again))

    async def _remove(self, changes: Sequence[Any]) -> None:
        for kind, reason in _GONE.items():
            gone = [id for change in changes if change.kind == kind for id in change.record_ids]
            if gone:
                await remove(self.turn, gone, reason)
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
            since=request.details.get("since"),
            until=request.details.get("until"),
            limit=turn.portion,
        )
        if not ids:
            return
        records = dict.fromkeys(ids, Circumstances(Lane.BACKFILL, 0))
        self.entrants.append(Entrants(workflow_id, "existing", records, quiet=True))
        if len(ids) == turn.portion:
            await later(
                turn, "enroll_existing", workflow.object_type, {**request.details, "after": ids[-1]}
            )

    async def _anniversary(self, request: Any) -> None:
        asking = await come_back(self.turn, request)
        if asking is not None:
            self.entrants.append(asking)

    async def _fire(self, request: Any) -> None:
        busy = {each.workflow_id for each in self.entrants if each.source == "schedule"}
        asking = await fire(self.turn, request, busy)
        if asking is not None:
            self.entrants.append(asking)

    async def _enroll(self, request: Any) -> None:
        """Somebody chose these records; who was refused at once is only told of."""
        turn, asked = self.turn, request.details
        workflow_id, by = asked["workflow"], str(asked["by"])
        if asked.get("refused"):
            refuse(turn, workflow_id, dict.fromkeys(request.record_ids, asked["refused"]), by)
            return
        workflow = turn.automation.workflows.get(workflow_id)
        if workflow is None:
            refuse(turn, workflow_id, dict.fromkeys(request.record_ids, "workflow_off"), by)
            return
        rows = await _queries.rows(
            turn.conn,
            "live_records",
            bucket=turn.bucket,
            ids=request.record_ids,
            type=workflow.object_type,
        )
        how = Circumstances(request.lane, request.depth)
        chosen = {row.id: how for row in rows}
        gone = [id for id in request.record_ids if id not in chosen]
        refuse(turn, workflow_id, dict.fromkeys(gone, "record_gone"), by)
        if chosen:
            self.entrants.append(Entrants(workflow_id, by, chosen, chosen=True))

    async def _unenroll(self, request: Any) -> None:
        """Somebody, or a workflow, wants these records out of a workflow."""
        asked, records = request.details, request.record_ids
        by, spare = str(asked["by"]), asked.get("spare")
        reason = "other_workflow" if by.startswith("workflow:") else "manual"
        await end_passages(
            self.turn, records, State.UNENROLLED, reason, asked["workflow"], by, spare
        )
        # Who was asked in before, in this very turn, does not begin.
        for asking in self.entrants:
            of_this = asked["workflow"] in (None, asking.workflow_id)
            if asking.chosen and of_this and asking.workflow_id != spare:
                out = asking.records.keys() & set(records)
                refused = dict.fromkeys(sorted(out), reason)
                refuse(self.turn, asking.workflow_id, refused, asking.source)
                for id in out:
                    del asking.records[id]

    async def _forget(self, request: Any) -> None:
        self.answered |= await forget(self.turn, request.details["addresses"])

    async def _spread(self, request: Any) -> None:
        asked = request.details
        await reaching.spread(
            self.turn,
            records=asked.get("records", request.record_ids),
            path=asked["path"],
            criteria=asked["criteria"],
            lane=request.lane,
            depth=request.depth,
            after=tuple(asked.get("after", (0, 0))),
        )

    async def _relist(self, request: Any) -> None:
        """The list means something else from now on."""
        await _queries.run(
            self.turn.conn, "relist", bucket=self.turn.bucket, now=self.turn.now, **request.details
        )

    _REQUESTS = {  # noqa: RUF012
        "enroll_existing": _enroll_existing,
        "anniversary": _anniversary,
        "fire": _fire,
        "enroll": _enroll,
        "unenroll": _unenroll,
        "forget": _forget,
        "spread": _spread,
        "relist": _relist,
    }

    async def stand(self) -> int:
        """Judge the next portion of a criterion that does not stand yet. Returns how many."""
        turn = self.turn
        row = next_to_stand(turn.automation, self.due.standing)
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
                limit=turn.allowed.standing,
            )
            # Nobody enrols by what was so before the workflow is on.
            edges = await settling.settle(turn, dict.fromkeys(ids, frozenset({row.criterion_id})))
            await leave_joins(turn, edges, {})
        await _queries.run(
            turn.conn,
            "stand",
            bucket=turn.bucket,
            criterion=row.criterion_id,
            reached=ids[-1] if ids else row.reached,
            stands=len(ids) < turn.allowed.standing,
        )
        return max(len(ids), 1)


def next_to_stand(automation: Automation, standing: Sequence[Any]) -> Any | None:
    """Of criteria that do not stand yet, the one that is judged next; what asks about a list waits
    until its members are known.
    """

    def order(row: Any) -> tuple[int, int]:
        known = row.criterion_id in automation.criteria
        return automation.level(row.criterion_id) if known else 0, row.criterion_id

    ready = [
        row
        for row in standing
        if row.criterion_id not in automation.criteria or automation.ready(row.criterion_id)
    ]
    return min(ready, key=order, default=None)
