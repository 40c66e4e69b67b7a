"""A group departs from a step: along its exits, into a wait, or with a failure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from penstock.actions.base import AFTER_BRANCH, ONWARD, Departures, Member
from penstock.engine import waiting
from penstock.engine.batch import EngineBatch
from penstock.engine.branching import after_branch
from penstock.engine.plans import Plan, PlannedStep
from penstock.engine.states import State
from penstock.engine.telling import end, tell, tell_reasons
from penstock.engine.turn import Turn
from penstock.engine.waiting import Wait
from penstock.engine.walkers import Walker
from penstock.kernel.texts import Text


class Enter(Protocol):
    """Leads a group to a step; `after` is the rank of the one that it comes from."""

    def __call__(self, walkers: list[Walker], step: str, *, after: int) -> None: ...


class Departing:
    """One step for one group, once its action has said where everybody goes."""

    def __init__(
        self,
        turn: Turn,
        plan: Plan,
        planned: PlannedStep,
        walkers: Sequence[Walker],
        enter: Enter,
        waits: list[Wait],
    ) -> None:
        self.turn, self.plan, self.planned = turn, plan, planned
        self._step = planned.step.id
        self._by_id = {walker.id: walker for walker in walkers}
        self._enter, self._waits = enter, waits

    async def apply(self, departures: Departures, batch: EngineBatch) -> None:
        """Everybody goes where the action says."""
        for id, outputs in departures.outputs.items():
            self._by_id[id].put_out(self._step, outputs)
        for id, passing in departures.passing.items():
            self._by_id[id].skip("moment_past" if passing else None)
        queued = set(batch.effects.enrollment_id)
        for exit, members in departures.exits.items():
            leaving, holding = members, []
            if self.planned.awaits and queued:
                leaving = [m for m in members if m.enrollment_id not in queued]
                holding = [m for m in members if m.enrollment_id in queued]
            walkers = self._walkers(leaving)
            tell(self.turn, "succeeded", self._step, walkers, departures.notes, batch.kinds)
            self._leave(exit, walkers)
            self._hold(self._walkers(holding), departures, batch)
        held = self._walkers(departures.held)
        self._hold([walker for walker in held if walker.id in queued], departures, batch)
        # Nothing was queued on their behalf, so there is nothing to hold for.
        spare = [walker for walker in held if walker.id not in queued]
        tell(self.turn, "succeeded", self._step, spare, departures.notes)
        self._leave(ONWARD, spare)
        await self._wait(departures)
        skipped = [(self._by_id[m.enrollment_id], reason) for m, reason in departures.skips]
        tell_reasons(self.turn, "skipped", self._step, skipped)
        self._leave(ONWARD, [walker for walker, _ in skipped])
        for (state, reason), members in departures.ends.items():
            ending = self._walkers(members)
            tell(self.turn, "succeeded", self._step, ending, departures.notes, batch.kinds)
            end(self.turn, ending, State(state), reason)
        self.fail([(self._by_id[m.enrollment_id], reason) for m, reason in departures.failures])

    def skip(self, walkers: list[Walker], reasons: Mapping[int, str | None]) -> None:
        """The step is not done for these, by enrollment; they go on."""
        details = {walker.id: {"reason": reasons[walker.id]} for walker in walkers}
        tell(self.turn, "skipped", self._step, walkers, details)
        self._leave(ONWARD, walkers)

    def _walkers(self, members: Sequence[Member]) -> list[Walker]:
        return [self._by_id[member.enrollment_id] for member in members]

    def _hold(self, walkers: list[Walker], departures: Departures, batch: EngineBatch) -> None:
        for walker in walkers:
            walker.waiting = True
        tell(self.turn, "held", self._step, walkers, departures.notes, batch.kinds)

    async def _wait(self, departures: Departures) -> None:
        wanted = waiting.wanted(self.turn, self.plan, departures.awaited)
        # What other workflows do to the record later in this turn is after that.
        since = await waiting.last_change(self.turn) if wanted else 0
        holding: list[Walker] = []
        details: dict[int, dict[str, Any]] = {}
        for until, member in departures.waits:
            walker = self._by_id[member.enrollment_id]
            walker.waiting, walker.due, walker.lane = True, until, 0
            walker.skip(None)
            holding.append(walker)
            details[walker.id] = {} if until is None else {"until": until.isoformat()}
            if departures.awaited:
                self._waits.append(waiting.begun(walker, until, wanted, since))
        tell(self.turn, "awaiting" if wanted else "waiting", self._step, holding, details)

    def fail(self, failed: Sequence[tuple[Walker, Text]]) -> None:
        """A failed step is logged, and the record goes on (semantics decision 19), unless its
        error policy says otherwise.
        """
        policy = self.planned.step.on_error
        again = [pair for pair in failed if self._tried(pair[0]) < policy.retries]
        if again:
            self._try_again(again, timedelta(minutes=policy.minutes))
            failed = [pair for pair in failed if pair[0].due is None]
        if not failed:
            return
        tell_reasons(self.turn, "failed", self._step, failed)
        walkers = [walker for walker, _ in failed]
        if policy.fatal:
            end(self.turn, walkers, State.FAILED, "step_failed")
        else:
            self._leave(self.planned.step.fallback, walkers)

    def _tried(self, walker: Walker) -> int:
        return walker.kept("tries").get(self._step, 0)

    def _try_again(self, failed: Sequence[tuple[Walker, Text]], pause: timedelta) -> None:
        """They come to the step anew: what it queues then is not what it queued before."""
        due = self.turn.now + pause
        tell_reasons(self.turn, "retrying", self._step, failed, {"until": due.isoformat()})
        for walker, _ in failed:
            walker.count("tries", self._step, self._tried(walker) + 1)
            walker.waiting, walker.answered, walker.due, walker.lane = False, False, due, 0
            walker.visit += 1

    def _leave(self, exit: str, walkers: list[Walker]) -> None:
        if not walkers:
            return
        for walker in walkers if self.planned.step.on_error.retries else ():
            if walker.kept("tries").get(self._step):
                walker.count("tries", self._step, 0)
        self.turn.journal.tally(self.plan.workflow_id, self._step, "here", -len(walkers))
        if exit == AFTER_BRANCH:
            following = after_branch(self.plan.steps, self._step)
        else:
            following = self.planned.step.next(exit)
        if following is None:
            end(self.turn, walkers, State.FINISHED, None, left=True)
        else:
            self._enter(walkers, following, after=self.planned.rank)
