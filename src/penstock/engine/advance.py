"""Enrollments advance: grouped by step, each step run once for the whole group."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple

from penstock.actions.base import AFTER_BRANCH, EVENT_MET, ONWARD, Departures
from penstock.engine import waiting
from penstock.engine.admission import admit
from penstock.engine.attempt import attempt
from penstock.engine.batch import EngineBatch
from penstock.engine.branching import after_branch
from penstock.engine.entrants import Circumstances, Entrants, once_each
from penstock.engine.exits import REASONS, kept_out, state_of
from penstock.engine.journal import WHOLE
from penstock.engine.plans import Plan, PlannedStep
from penstock.engine.states import State
from penstock.engine.turn import Turn
from penstock.engine.waiting import Wait
from penstock.engine.walkers import Walker, loaded
from penstock.filters.errors import FilterInvalid
from penstock.filters.occurrences import Occurrence, check_occurrence
from penstock.kernel.queries import load
from penstock.kernel.texts import Text

_queries = load("penstock.engine")

_LOOP_PAUSE = timedelta(minutes=1)
"""How long an enrollment rests that comes back to a step it has seen in this turn."""


class Group(NamedTuple):
    """Enrollments that stand at the same step in the same circumstances."""

    workflow_id: int
    rank: int
    revision: int
    step: str
    waiting: bool
    lane: int
    depth: int


class Advance:
    """The second half of a turn."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.walkers: list[Walker] = []
        self.waits: list[Wait] = []
        self._groups: dict[Group, list[Walker]] = {}

    async def admit(self, entrants: Sequence[Entrants]) -> None:
        """Let entrants in, by workflow id; those beyond the portion begin in a later turn."""
        for asking in once_each(entrants):
            admitted = await admit(self.turn, asking)
            room = max(self.turn.portion - len(self.walkers), 0)
            for walker in admitted[room:]:
                walker.due = self.turn.now
            self.walkers += admitted

    async def take_met(self, enrollments: Collection[int]) -> None:
        """Take the enrollments whose event has come."""
        if not enrollments:
            return
        rows = await _queries.rows(
            self.turn.conn,
            "load_enrollments",
            bucket=self.turn.bucket,
            ids=sorted(enrollments),
        )
        for walker in map(loaded, rows):
            walker.put_out(walker.step, {EVENT_MET: "true"})
            self.walkers.append(walker)

    async def take_due(self) -> None:
        """Take the enrollments whose moment has come."""
        turn = self.turn
        due = await _queries.rows(
            turn.conn, "take_timers", bucket=turn.bucket, now=turn.now, limit=turn.portion
        )
        if due:
            rows = await _queries.rows(
                turn.conn,
                "load_enrollments",
                bucket=turn.bucket,
                ids=[row.enrollment_id for row in due],
            )
            taken = [loaded(row) for row in rows]
            await waiting.end(turn, [walker.id for walker in taken if walker.waiting])
            self.walkers += taken

    async def run(self) -> None:
        """Lead everybody on until each waits or ends."""
        turn = self.turn
        going = [walker for walker in self.walkers if walker.due is None]
        if not going:
            return
        alive = await _queries.value(
            turn.conn,
            "lock_records",
            bucket=turn.bucket,
            ids=sorted({walker.record_id for walker in going}),
        )
        self._plans = await turn.automation.plans.need(
            turn.conn, {(walker.workflow_id, walker.revision) for walker in going}
        )
        self._gather(going, set(alive))
        while self._groups:
            group = min(self._groups)
            await self._step(group, self._groups.pop(group))

    def _gather(self, walkers: Sequence[Walker], alive: AbstractSet[int]) -> None:
        """Put enrollments into groups, each with those that stand like it."""
        alike: dict[tuple[Any, ...], list[Walker]] = {}
        for walker in walkers:
            if walker.record_id in alive:
                key = (walker.workflow_id, walker.revision, walker.step, walker.waiting)
                alike.setdefault((*key, walker.lane, walker.depth), []).append(walker)
            else:
                self._end([walker], State.UNENROLLED, "record_deleted")
        for group in alike.values():
            self._arrive(group)

    def _plan(self, walkers: Sequence[Walker]) -> Plan:
        return self._plans[walkers[0].workflow_id, walkers[0].revision]

    def _arrive(self, walkers: list[Walker]) -> None:
        """Go on from where a group stands."""
        plan, step = self._plan(walkers), walkers[0].step
        if not step and plan.start is None:
            self._end(walkers, State.FINISHED, None)
        elif not step:
            self._enter(walkers, str(plan.start), after=-1)
        elif step not in plan.steps:
            who = [walker.who for walker in walkers]
            self.turn.journal.note("step_removed", plan.workflow_id, step, who)
            self._end(walkers, State.FINISHED, "step_removed")
        else:
            self._join(walkers, plan.rank(step))

    def _join(self, walkers: list[Walker], rank: int) -> None:
        first = walkers[0]
        group = Group(
            first.workflow_id,
            rank,
            first.revision or 0,
            first.step,
            first.waiting,
            first.lane,
            first.depth,
        )
        self._groups.setdefault(group, []).extend(walkers)

    def _enter(self, walkers: list[Walker], step: str, *, after: int) -> None:
        """Lead a group to a step; `after` is the rank of the one that it comes from."""
        now, plan = self.turn.now, self._plan(walkers)
        for walker in walkers:
            walker.step, walker.waiting, walker.entered_at = step, False, now
            walker.visit += 1
        self.turn.journal.tally(plan.workflow_id, step, "here", len(walkers))
        rank = plan.rank(step)
        if rank > after:
            self._join(walkers, rank)
            return
        # Back at a step that it may have seen in this turn: it rests, so that a loop cannot spin.
        for walker in walkers:
            walker.due = now + _LOOP_PAUSE

    async def _step(self, group: Group, walkers: list[Walker]) -> None:
        plan = self._plan(walkers)
        planned = plan.steps[group.step]
        walkers = await self._staying(walkers)
        if not walkers:
            return
        if planned.action is None:
            reason = Text("this action is not supported by this version")
            self._fail(planned, [(walker, reason) for walker in walkers])
            return
        action = planned.action
        by_id = {walker.id: walker for walker in walkers}

        async def work(part: Sequence[Walker]) -> tuple[Departures, EngineBatch]:
            batch = EngineBatch(self.turn, plan, group.step, part)
            run = action.resume if group.waiting else action.run
            return await run(batch), batch

        results, culprits = await attempt(self.turn.conn, walkers, work)
        for departures, batch in results:
            self.turn.effects.absorb(batch.effects)
            self._apply(planned, departures, by_id, batch.kinds)
        self._fail(planned, culprits)

    async def _staying(self, walkers: list[Walker]) -> list[Walker]:
        """Those who have not met the goal or been suppressed; for the others it ends here."""
        turn = self.turn
        unsure = [walker for walker in walkers if walker.looked_at != turn.writes]
        barred = await kept_out(
            turn, walkers[0].workflow_id, [walker.record_id for walker in unsure]
        )
        for walker in unsure:
            walker.looked_at = turn.writes
        for role in sorted(set(barred.values())):
            leaving = [walker for walker in unsure if barred.get(walker.record_id) == role]
            self._end(leaving, state_of(role), REASONS[role])
        return [walker for walker in walkers if walker.ended_at is None]

    def _apply(
        self,
        planned: PlannedStep,
        departures: Departures,
        by_id: dict[int, Walker],
        kinds: dict[int, str],
    ) -> None:
        for id, outputs in departures.outputs.items():
            by_id[id].put_out(planned.step.id, outputs)
        for exit, members in departures.exits.items():
            leaving = [by_id[member.enrollment_id] for member in members]
            self._note(planned, "succeeded", leaving, departures.notes, kinds)
            self._leave(planned, exit, leaving)
        self._wait(planned, departures, by_id)
        self._skip(planned, [(by_id[m.enrollment_id], why) for m, why in departures.skips])
        for (state, reason), members in departures.ends.items():
            ending = [by_id[member.enrollment_id] for member in members]
            self._note(planned, "succeeded", ending, departures.notes, kinds)
            self._end(ending, State(state), reason)
        failed = [(by_id[m.enrollment_id], reason) for m, reason in departures.failures]
        self._fail(planned, failed)

    def _wait(self, planned: PlannedStep, departures: Departures, by_id: dict[int, Walker]) -> None:
        plan = self._plan(list(by_id.values()))
        events = self._awaited(plan, departures.awaited)
        holding: list[Walker] = []
        details: dict[int, dict[str, Any]] = {}
        for until, member in departures.waits:
            walker = by_id[member.enrollment_id]
            walker.waiting, walker.due, walker.lane = True, until, 0
            holding.append(walker)
            details[walker.id] = {} if until is None else {"until": until.isoformat()}
            if events:
                self.waits.append(Wait(walker.id, walker.record_id, walker.lane, until, events))
        kind = "awaiting" if events else "waiting"
        self._note(planned, kind, holding, details, {})

    def _awaited(self, plan: Plan, documents: Sequence[Mapping[str, Any]]) -> list[Occurrence]:
        found: list[Occurrence] = []
        for document in documents:
            # What it names may be gone: then it never comes.
            with suppress(FilterInvalid):
                found.append(check_occurrence(document, self.turn.schema, plan.type.id))
        return found

    def _note(
        self,
        planned: PlannedStep,
        kind: str,
        walkers: Sequence[Walker],
        details: dict[int, dict[str, Any]],
        kinds: dict[int, str],
    ) -> None:
        if not walkers:
            return
        workflow_id = walkers[0].workflow_id
        by_kind: dict[str, list[Walker]] = {} if kinds else {kind: list(walkers)}
        for walker in walkers if kinds else ():
            by_kind.setdefault(kinds.get(walker.id, kind), []).append(walker)
        for of_kind, group in by_kind.items():
            who = [walker.who for walker in group]
            self.turn.journal.note(of_kind, workflow_id, planned.step.id, who, details)
            self.turn.journal.tally(workflow_id, planned.step.id, of_kind, len(group))

    def _skip(self, planned: PlannedStep, skipped: Sequence[tuple[Walker, Text]]) -> None:
        """The step had a reason to do nothing for them; they go on."""
        details = {walker.id: _reason(why) for walker, why in skipped}
        walkers = [walker for walker, _ in skipped]
        self._note(planned, "skipped", walkers, details, {})
        self._leave(planned, ONWARD, walkers)

    def _fail(self, planned: PlannedStep, failed: Sequence[tuple[Walker, Text]]) -> None:
        """A failed step is logged, and the record goes on (semantics decision 19)."""
        if not failed:
            return
        walkers = [walker for walker, _ in failed]
        details = {walker.id: _reason(reason) for walker, reason in failed}
        self._note(planned, "failed", walkers, details, {})
        exits = planned.step.exits
        self._leave(planned, exits[-1].key if exits else "", walkers)

    def _leave(self, planned: PlannedStep, exit: str, walkers: list[Walker]) -> None:
        if not walkers:
            return
        workflow_id = walkers[0].workflow_id
        self.turn.journal.tally(workflow_id, planned.step.id, "here", -len(walkers))
        if exit == AFTER_BRANCH:
            following = after_branch(self._plan(walkers).steps, planned.step.id)
        else:
            following = planned.step.next(exit)
        if following is None:
            self._end(walkers, State.FINISHED, None, left=True)
        else:
            self._enter(walkers, following, after=planned.rank)

    def _end(
        self, walkers: Sequence[Walker], state: State, reason: str | None, *, left: bool = False
    ) -> None:
        journal = self.turn.journal
        for walker in walkers:
            walker.end(state, reason, self.turn.now)
            if walker.step and not left:
                journal.tally(walker.workflow_id, walker.step, "here", -1)
        workflow_id = walkers[0].workflow_id
        details = {walker.id: {"reason": reason} for walker in walkers} if reason else None
        step = walkers[0].step if len({walker.step for walker in walkers}) == 1 else WHOLE
        journal.note(str(state), workflow_id, step, [walker.who for walker in walkers], details)
        journal.tally(workflow_id, WHOLE, "active", -len(walkers))
        journal.tally(workflow_id, WHOLE, str(state), len(walkers))
        how = {walker.record_id: Circumstances(walker.lane, walker.depth) for walker in walkers}
        self.turn.passes(workflow_id, how)


def _reason(text: Text) -> dict[str, Any]:
    arguments = {name: str(value) for name, value in text.arguments.items()}
    return {"reason": text.pattern, "arguments": arguments}
