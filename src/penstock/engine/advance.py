"""Enrollments advance: grouped by step, each step run once for the whole group."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from penstock.actions.base import EVENT_MET, Action, Departures
from penstock.engine import asked, associating, centring, marks, outcomes, waiting
from penstock.engine.acting import LONG, acting
from penstock.engine.admission import admit
from penstock.engine.associates import Request
from penstock.engine.associating import EdgeRequest
from penstock.engine.attempt import attempt
from penstock.engine.batch import EngineBatch
from penstock.engine.carrying import that_follow
from penstock.engine.departing import Departing
from penstock.engine.displacing import displace
from penstock.engine.due import take_due
from penstock.engine.entrants import Entrants, once_each
from penstock.engine.exits import REASONS, kept_out, state_of
from penstock.engine.pausing import freeze_these
from penstock.engine.plans import Plan
from penstock.engine.removal import end_of_gone
from penstock.engine.states import State
from penstock.engine.telling import end
from penstock.engine.turn import Turn
from penstock.engine.waiting import Wait
from penstock.engine.walkers import Mode, Walker, loaded
from penstock.kernel.queries import load
from penstock.kernel.texts import Text

_queries = load("penstock.engine")

_LOOP_PAUSE: Final = timedelta(minutes=1)
"""How long an enrollment rests that comes back to a step it has seen in this turn."""

MOST_JUMPS: Final = 100
"""How often an enrollment may jump back to the same step (semantics decision 9)."""


class Group(NamedTuple):
    """Enrollments that stand at the same step in the same circumstances."""

    workflow_id: int
    rank: int
    revision: int
    step: str
    mode: Mode
    lane: int
    depth: int


class Advance:
    """The second half of a turn."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.walkers: list[Walker] = []
        self.waits: list[Wait] = []
        self._in_hand: set[int] = set()
        self._groups: dict[Group, list[Walker]] = {}

    async def admit(self, entrants: Sequence[Entrants]) -> None:
        """Let entrants in, by workflow id; those beyond the portion begin in a later turn.

        This comes before any enrollment is taken in hand: some end here.
        """
        for asking in once_each(entrants):
            admitted = await admit(self.turn, asking)
            await displace(self.turn, asking.workflow_id, admitted, self.walkers)
            room = max(self.turn.room - len(self.walkers), 0)
            for walker in admitted[room:]:
                walker.due = self.turn.now
            self.walkers += admitted

    async def take_met(self, enrollments: Collection[int]) -> None:
        """Take the enrollments whose event has come."""
        for walker in await self._load(enrollments):
            if walker.waiting:  # and has not been moved to another step meanwhile
                walker.put_out(walker.step, {EVENT_MET: "true"})
            self._take(walker)

    async def take_answered(self, enrollments: Collection[int]) -> None:
        """Take the enrollments that have held, and for which everything is settled now."""
        for walker in await self._load(enrollments):
            walker.answered = True
            self._take(walker)

    async def take_due(self) -> None:
        """Take the enrollments whose moment has come."""
        taken = await self._load(await take_due(self.turn))
        await waiting.end(self.turn, [walker.id for walker in taken if walker.waiting])
        for walker in taken:
            self._take(walker)

    async def _load(self, enrollments: Collection[int]) -> list[Walker]:
        """The live ones of these that are not in hand for another reason already."""
        wanted = set(enrollments) - self._in_hand
        if not wanted:
            return []
        turn = self.turn
        rows = await _queries.rows(
            turn.conn, "load_enrollments", bucket=turn.bucket, ids=sorted(wanted)
        )
        self._in_hand |= wanted
        return [loaded(row) for row in rows]

    def _take(self, walker: Walker) -> None:
        if walker.waiting and self.turn.now - walker.entered_at >= LONG:
            walker.depth = 0
        self.walkers.append(walker)

    async def run(self, requests: Sequence[Request], edges: Sequence[EdgeRequest]) -> None:
        """Do what other buckets ask for, and lead everybody on until each waits or ends."""
        turn = self.turn
        going = [w for w in self.walkers if w.due is None and w.ended_at is None]
        going = await freeze_these(turn, going)
        if not going and not requests and not edges:
            return
        # All at once and by id: whoever else locks records does it in this order.
        touched = {walker.record_id for walker in going}
        touched |= {r.record_id for r in requests} | {edge.record_id for edge in edges}
        alive = set(
            await _queries.value(turn.conn, "lock_records", bucket=turn.bucket, ids=sorted(touched))
        )
        await asked.carry_out(turn, requests, alive)
        await associating.carry_out(turn, edges, alive)
        self._plans = await turn.automation.plans.need(
            turn.conn, {(walker.workflow_id, walker.revision) for walker in going}
        )
        going = await that_follow(turn, self._plans, going)
        await end_of_gone(turn, [walker for walker in going if walker.record_id not in alive])
        living = [walker for walker in going if walker.ended_at is None]
        await centring.begin(turn, self._plans, living)
        self._gather([walker for walker in living if walker.ended_at is None])
        while self._groups:
            group = min(self._groups)
            await self._step(group, self._groups.pop(group))
        await centring.come_again(turn, self._plans, going)

    def _gather(self, walkers: Sequence[Walker]) -> None:
        """Put enrollments into groups, each with those that stand like it."""
        alike: dict[tuple[Any, ...], list[Walker]] = {}
        for walker in walkers:
            key = (walker.workflow_id, walker.revision, walker.step, walker.mode)
            alike.setdefault((*key, walker.lane, walker.depth), []).append(walker)
        for group in alike.values():
            self._arrive(group)

    def _plan(self, walkers: Sequence[Walker]) -> Plan:
        return self._plans[walkers[0].workflow_id, walkers[0].revision]

    def _arrive(self, walkers: list[Walker]) -> None:
        """Go on from where a group stands."""
        plan, step = self._plan(walkers), walkers[0].step
        if not step and plan.start is None:
            end(self.turn, walkers, State.FINISHED, None)
        elif not step:
            self._enter(walkers, str(plan.start), after=-1)
        elif step not in plan.steps:
            who = [walker.who for walker in walkers]
            self.turn.journal.note("step_removed", plan.workflow_id, step, who)
            end(self.turn, walkers, State.FINISHED, "step_removed")
        else:
            self._join(walkers, plan.rank(step))

    def _join(self, walkers: list[Walker], rank: int) -> None:
        first = walkers[0]
        group = Group(
            first.workflow_id,
            rank,
            first.revision or 0,
            first.step,
            first.mode,
            first.lane,
            first.depth,
        )
        self._groups.setdefault(group, []).extend(walkers)

    def _enter(self, walkers: list[Walker], step: str, *, after: int) -> None:
        """Lead a group to a step; `after` is the rank of the one that it comes from."""
        now, plan = self.turn.now, self._plan(walkers)
        rank = plan.rank(step)
        if rank <= after:
            walkers = self._not_too_often(walkers, step)
        for walker in walkers:
            walker.step, walker.waiting, walker.answered = step, False, False
            walker.entered_at = now
            walker.visit += 1
        self.turn.journal.tally(plan.workflow_id, step, "here", len(walkers))
        if rank > after:
            self._join(walkers, rank)
            return
        # Back at a step that it may have seen in this turn: it rests, so that a loop cannot spin.
        for walker in walkers:
            walker.due = now + _LOOP_PAUSE

    def _not_too_often(self, walkers: list[Walker], step: str) -> list[Walker]:
        """Those who may jump back to a step once more; for the others it ends here."""
        staying: list[Walker] = []
        looping: list[Walker] = []
        for walker in walkers:
            jumps = walker.kept("jumps").get(step, 0) + 1
            walker.count("jumps", step, jumps)
            (staying if jumps < MOST_JUMPS else looping).append(walker)
        end(self.turn, looping, State.UNENROLLED, "loop", left=True)
        return staying

    async def _step(self, group: Group, walkers: list[Walker]) -> None:
        plan = self._plan(walkers)
        planned = plan.steps[group.step]
        walkers = await self._staying(walkers)
        if not walkers:
            return
        departing = Departing(self.turn, plan, planned, walkers, self._enter, self.waits)
        if planned.action is None:
            reason = Text("this action is not supported by this version")
            departing.fail([(walker, reason) for walker in walkers])
            return
        by_zone = await acting(self.turn, plan, planned, walkers, departing)
        for zone, alike in by_zone.items():
            await self._run(planned.action, group, zone, alike, departing)

    async def _run(
        self,
        action: Action,
        group: Group,
        zone: ZoneInfo,
        walkers: list[Walker],
        departing: Departing,
    ) -> None:
        plan = self._plan(walkers)

        async def work(part: Sequence[Walker]) -> tuple[Departures, EngineBatch]:
            batch = EngineBatch(self.turn, plan, group.step, zone, part)
            return await _do(action, group.mode, batch, part), batch

        results, culprits = await attempt(self.turn.conn, walkers, work)
        for departures, batch in results:
            self.turn.effects.absorb(batch.effects)
            self.turn.gone |= batch.gone
            if group.mode == "run" and group.step in plan.followed:
                await marks.set_for(self.turn, action, group.step, batch.walkers, departures)
            await departing.apply(departures, batch)
        departing.fail(culprits)

    async def _staying(self, walkers: list[Walker]) -> list[Walker]:
        """Those who have not met the goal or been suppressed; for the others it ends here."""
        turn = self.turn
        gone = [walker for walker in walkers if walker.record_id in turn.gone]
        if gone:
            end(self.turn, gone, State.UNENROLLED, "record_deleted")
        walkers = [walker for walker in walkers if walker.ended_at is None]
        if not walkers:
            return []
        unsure = [walker for walker in walkers if walker.looked_at != turn.writes]
        barred = await kept_out(
            turn, walkers[0].workflow_id, [walker.record_id for walker in unsure]
        )
        for walker in unsure:
            walker.looked_at = turn.writes
        for role in sorted(set(barred.values())):
            leaving = [walker for walker in unsure if barred.get(walker.record_id) == role]
            end(turn, leaving, state_of(role), REASONS[role])
        return [walker for walker in walkers if walker.ended_at is None]


async def _do(
    action: Action, mode: Mode, batch: EngineBatch, walkers: Sequence[Walker]
) -> Departures:
    if mode == "settle":
        batch.outcomes = await outcomes.settled(batch.turn, walkers)
        return await action.settle(batch)
    return await (action.resume(batch) if mode == "resume" else action.run(batch))
