"""The enrollments that a turn has in its hands, and the writing of what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from penstock.actions.base import Member
from penstock.engine.states import State
from penstock.kernel.db import Connection, dumps
from penstock.kernel.queries import load

_queries = load("penstock.engine")

Mode = Literal["run", "resume", "settle"]

ENGINE = ""
"""The key, which no step has, of what the engine itself keeps in an enrollment's context."""

_ANSWERED: Final = "answered"


@dataclass(slots=True)
class Walker:
    """One enrollment on its way. `new` ones are not in the database yet; `due` sets a timer."""

    id: int
    workflow_id: int
    record_id: int
    passage: int
    revision: int | None
    step: str
    visit: int
    waiting: bool
    entered_at: datetime
    lane: int
    depth: int
    context: dict[str, Any] = field(default_factory=dict)
    source: str = ""
    new: bool = False
    state: State = State.ACTIVE
    ended_at: datetime | None = None
    reason: str | None = None
    due: datetime | None = None
    looked_at: int = -1
    """How much the turn had written when it was last seen whether it may stay."""

    answered: bool = False
    """It has held, and everything is settled that it held for."""

    @property
    def mode(self) -> Mode:
        """What its step is to do for it next."""
        return "settle" if self.answered else "resume" if self.waiting else "run"

    @property
    def who(self) -> tuple[int, int, int]:
        """As the journal names it."""
        return self.id, self.record_id, self.visit

    def member(self) -> Member:
        return Member(
            self.id, self.record_id, self.passage, self.visit, self.entered_at, self.context
        )

    def kept(self, name: str) -> dict[str, int]:
        """Counts by step that the engine keeps about it under a name."""
        found: dict[str, int] = self.context.get(ENGINE, {}).get(name, {})
        return found

    def count(self, name: str, step: str, number: int) -> None:
        """Keep such a count; 0 forgets it."""
        counts = {key: value for key, value in self.kept(name).items() if key != step}
        self.put_out(ENGINE, {name: {**counts, step: number} if number else counts})

    def put_out(self, step: str, outputs: Mapping[str, Any]) -> None:
        """Keep what a step put out, for this and later steps."""
        self.context = {**self.context, step: {**self.context.get(step, {}), **outputs}}

    def remember_answer(self) -> None:
        """Keep that it is answered until it is taken in hand again."""
        if self.answered:
            self.put_out(ENGINE, {_ANSWERED: True})

    @property
    def skipping(self) -> str | None:
        """Why it does nothing until it waits again, as the code of a reason."""
        found: str | None = self.context.get(ENGINE, {}).get("skipping")
        return found

    def skip(self, reason: str | None) -> None:
        """From now on do nothing, for that reason; None: be itself again."""
        if reason != self.skipping:
            self.put_out(ENGINE, {"skipping": reason})

    def end(self, state: State, reason: str | None, now: datetime) -> None:
        self.state, self.reason, self.ended_at, self.waiting = state, reason, now, False


def loaded(row: Any) -> Walker:
    return Walker(
        id=row.id,
        workflow_id=row.workflow_id,
        record_id=row.record_id,
        passage=row.passage,
        revision=row.revision,
        step=row.step,
        visit=row.visit,
        waiting=row.waiting,
        entered_at=row.entered_at,
        lane=row.lane,
        depth=row.depth,
        context=_without_answer(row.context),
        answered=bool(row.context.get(ENGINE, {}).get(_ANSWERED)),
    )


def _without_answer(context: dict[str, Any]) -> dict[str, Any]:
    kept = context.get(ENGINE, {})
    if _ANSWERED not in kept:
        return context
    return {**context, ENGINE: {key: kept[key] for key in kept if key != _ANSWERED}}


async def write(conn: Connection, bucket: int, now: datetime, walkers: Sequence[Walker]) -> None:
    """Store where everybody stands now, new enrollments and old ones, with their timers."""
    new = [walker for walker in walkers if walker.new]
    old = [walker for walker in walkers if not walker.new]
    if new:
        await _queries.run(
            conn,
            "insert_enrollments",
            bucket=bucket,
            now=now,
            workflow_id=[w.workflow_id for w in new],
            record_id=[w.record_id for w in new],
            passage=[w.passage for w in new],
            revision=[w.revision for w in new],
            source=[w.source for w in new],
            **_moved(new),
        )
    if old:
        await _queries.run(conn, "update_enrollments", bucket=bucket, **_moved(old))
    timed = [walker for walker in walkers if walker.due is not None and walker.ended_at is None]
    if timed:
        await _queries.run(
            conn,
            "insert_timers",
            bucket=bucket,
            lane=[w.lane for w in timed],
            due_at=[w.due for w in timed],
            id=[w.id for w in timed],
            workflow_id=[w.workflow_id for w in timed],
        )


def _moved(walkers: Sequence[Walker]) -> dict[str, list[Any]]:
    return {
        "id": [w.id for w in walkers],
        "state": [str(w.state) for w in walkers],
        "step": [w.step for w in walkers],
        "visit": [w.visit for w in walkers],
        "waiting": [w.waiting for w in walkers],
        "entered_at": [w.entered_at for w in walkers],
        "lane": [w.lane for w in walkers],
        "depth": [w.depth for w in walkers],
        "context": [dumps(w.context).decode() if w.context else "{}" for w in walkers],
        "ended_at": [w.ended_at for w in walkers],
        "reason": [w.reason for w in walkers],
    }
