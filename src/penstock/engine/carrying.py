"""A bucket follows newly published revisions: those who stand in it are carried over.

Who stands at a step that is gone goes on at the next one that remains, at the time that was planned
(semantics decision 2); who waits at a step that was changed waits as it says now, from when they
came to it (decision 1). A revision's plan may say otherwise, by step (decision 8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from penstock.engine.exits import end_passages
from penstock.engine.journal import WHOLE
from penstock.engine.kinds import Kind
from penstock.engine.plans import Prepared
from penstock.engine.states import State
from penstock.engine.turn import Turn
from penstock.engine.walkers import Walker
from penstock.kernel.queries import load
from penstock.workflows.document import Document
from penstock.workflows.planning import Choice, Plan, remaining

_queries = load("penstock.engine", "carrying.sql")
_timers = load("penstock.engine")
_due = load("penstock.engine", "due.sql")


async def carry_over(turn: Turn) -> None:
    """Follow every revision that went live since the bucket was turned last."""
    rows = await _queries.rows(turn.conn, "to_carry", bucket=turn.bucket)
    behind = [row for row in rows if row.carried is not None]
    of_workflow: dict[int, list[Any]] = {}
    if behind:
        found = await _queries.rows(
            turn.conn,
            "revisions",
            workflows=[row.id for row in behind],
            first=[min(row.carried, row.live) for row in behind],
            last=[max(row.carried, row.live) for row in behind],
        )
        for revision in found:
            of_workflow.setdefault(revision.workflow_id, []).append(revision)
    for revisions in of_workflow.values():
        for before, after in pairwise(revisions):
            await _Carrying(turn, before, after).carry()
    if rows:
        await _queries.run(
            turn.conn,
            "carried",
            bucket=turn.bucket,
            workflows=[row.id for row in rows],
            revisions=[row.live for row in rows],
        )
    await _queries.run(
        turn.conn, "mark_carried", bucket=turn.bucket, version=turn.automation.version
    )


async def that_follow(turn: Turn, plans: Prepared, walkers: Sequence[Walker]) -> list[Walker]:
    """Those whose plan is of the revision that the bucket follows, or that they keep to.

    The others have been overtaken by a revision that went live during this turn: they go on in the
    next one, which carries them over first.
    """
    rows = await _queries.rows(
        turn.conn,
        "followed",
        bucket=turn.bucket,
        workflows=sorted({walker.workflow_id for walker in walkers}),
    )
    followed = {row.workflow_id: row.revision for row in rows}
    staying: list[Walker] = []
    for walker in walkers:
        plan = plans[walker.workflow_id, walker.revision]
        if walker.revision or followed.get(plan.workflow_id, plan.revision) == plan.revision:
            staying.append(walker)
        else:
            walker.remember_answer()
            walker.due = turn.now
    return staying


@dataclass
class _Carrying:
    """From one revision of a workflow to the next."""

    turn: Turn
    before: Any
    after: Any

    async def carry(self) -> None:
        old, new = Document(self.before.document), Document(self.after.document)
        chosen = Plan.read(self.after.plan).choices(old, new)
        if not chosen:
            return
        rows = await _queries.rows(
            self.turn.conn,
            "standing",
            bucket=self.turn.bucket,
            workflow=self.after.workflow_id,
            steps=list(chosen),
        )
        by_step: dict[str, list[Any]] = {}
        for row in rows:
            by_step.setdefault(row.step, []).append(row)
        for step, standing in by_step.items():
            await self._choose(chosen[step], step, standing, (old, new))

    async def _choose(
        self,
        choice: Choice,
        step: str,
        standing: Sequence[Any],
        documents: tuple[Document, Document],
    ) -> None:
        match choice.kind:
            case "follow" if step in documents[1].steps:
                await self._look_anew(standing)
            case "follow":
                await self._move(step, remaining(step, *documents), standing, at_once=False)
            case "move":
                await self._move(step, choice.step, standing, at_once=True)
            case "pin":
                ids = [row.id for row in standing]
                await self._run("pin", ids=ids, revision=self.before.revision)
                self._note("pinned", step, standing, {})
            case "exit":
                await end_passages(
                    self.turn,
                    [row.record_id for row in standing],
                    State.UNENROLLED,
                    "revision",
                    self.after.workflow_id,
                )

    async def _look_anew(self, standing: Sequence[Any]) -> None:
        # Who holds for an answer has asked already, and is not to ask twice.
        standing = [row for row in standing if row.awaiting or (row.waiting and row.due_at)]
        await self._run("run_again", ids=[row.id for row in standing])
        await self._run("drop_waits", ids=[row.id for row in standing])
        await self._due_now(standing)

    async def _move(
        self, step: str, to: str | None, standing: Sequence[Any], *, at_once: bool
    ) -> None:
        """With nowhere to go they stay until their time is over, and then have finished."""
        now, workflow_id = self.turn.now, self.after.workflow_id
        if to is not None:
            await self._run(
                "move",
                ids=[row.id for row in standing],
                steps=[to] * len(standing),
                ats=[now if at_once or row.due_at is None else row.due_at for row in standing],
            )
            tally = self.turn.journal.tally
            tally(workflow_id, step, "here", -len(standing))
            tally(workflow_id, to, "here", len(standing))
            self._note("moved", step, standing, {"to": to})
        await self._run("drop_waits", ids=[row.id for row in standing])
        idle = [row for row in standing if at_once or row.due_at is None]
        await self._due_now(idle)

    async def _due_now(self, standing: Sequence[Any]) -> None:
        """Whatever they waited for, it is their turn now."""
        timed = [row for row in standing if row.due_at is not None]
        if timed:
            await _due.run(
                self.turn.conn,
                "drop",
                bucket=self.turn.bucket,
                lanes=[row.lane for row in timed],
                dues=[row.due_at for row in timed],
                ids=[row.id for row in timed],
            )
        if standing:
            await _timers.run(
                self.turn.conn,
                "insert_timers",
                bucket=self.turn.bucket,
                lane=[0 if row.lane is None else row.lane for row in standing],
                due_at=[self.turn.now] * len(standing),
                id=[row.id for row in standing],
                workflow_id=[self.after.workflow_id] * len(standing),
            )

    async def _run(self, name: str, **parameters: Any) -> None:
        await _queries.run(self.turn.conn, name, bucket=self.turn.bucket, **parameters)

    def _note(
        self, kind: Kind, step: str, standing: Sequence[Any], detail: Mapping[str, Any]
    ) -> None:
        who = [(row.id, row.record_id, row.visit) for row in standing]
        told = {row.id: detail for row in standing} if detail else None
        self.turn.journal.note(kind, self.after.workflow_id, step or WHOLE, who, told)
