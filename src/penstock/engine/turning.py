"""One turn of one bucket: one transaction that takes what is due and leads it on."""

from dataclasses import dataclass, replace

from penstock.engine import waiting, walkers
from penstock.engine.advance import Advance
from penstock.engine.automation import Automations
from penstock.engine.carrying import carry_over
from penstock.engine.caution import Begun, set_aside
from penstock.engine.due import take_due
from penstock.engine.effects import Effects
from penstock.engine.intake import Due, Intake, take
from penstock.engine.joining import leave_passages
from penstock.engine.journal import Journal
from penstock.engine.pausing import freeze, let_go
from penstock.engine.turn import Allowance, Aside, Turn
from penstock.kernel.clock import Clock
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.records.schema import Schemas

_queries = load("penstock.engine")


@dataclass(frozen=True)
class Turned:
    """What a turn did: changes taken, records judged to stand, enrollments led on."""

    changes: int
    stood: int
    advanced: int
    full: bool
    """Whether it took all it was allowed to, so that there may be more."""

    @property
    def idle(self) -> bool:
        return not (self.changes or self.stood or self.advanced)


FAILED = Turned(0, 0, 1, full=False)
"""Of a turn that was rolled back: there is still something to do."""


class ListensNow(Exception):
    """A workflow came on that listens for what changes say, and they were taken without that.

    The turn is to be rolled back; the next one will know.
    """


async def turn(
    conn: Connection,
    bucket: int,
    clock: Clock,
    schemas: Schemas,
    automations: Automations,
    *,
    begun: Begun | None = None,
    aside: Aside | None = None,
) -> Turned | None:
    """Turn the bucket once, in the caller's transaction; None if somebody else is turning it.

    Raises ListensNow.
    """
    begun = begun or Begun(Allowance.of_each(1000))
    row = await _queries.one(conn, "lock_bucket", bucket=bucket)
    if row is None:
        return None
    now = max(await clock.now(conn), row.turned_at)
    told = automations.listening or row.awaiting
    due = Due()
    if begun.condemned is None:
        due = await take(conn, bucket, now, begun.allowed, told=told)
    # Asked after that, so that they know all that it speaks of.
    version = await _queries.one(conn, "versions")
    assert version is not None
    schema = await schemas.current(conn, version.schema)
    automation = await automations.current(conn, version.workflows, schema)
    if automation.listening and not told:
        raise ListensNow
    allowed = begun.allowed
    this = Turn(conn, bucket, now, schema, automation, Journal(), Effects(), allowed, aside=aside)
    released, met = 0, set[int]()
    if row.carried != automation.version:
        released = await let_go(this)
        # What came before the bucket follows a revision is still what was waited for.
        met = await waiting.met(this, due.changes)
        await carry_over(this)
        await freeze(this)
    if begun.condemned is not None:
        taken = await take_due(this) if begun.condemned == "led" else []
        await set_aside(this, begun.condemned, taken)
        turned = Turned(0, 0, len(taken) or 1, full=False)
    else:
        turned = await _work(this, due, met)
    await leave_passages(this)
    await this.effects.write(conn, bucket, now)
    await this.journal.write(conn, bucket, now)
    await _queries.run(conn, "mark_turned", bucket=bucket, now=now)
    return replace(turned, changes=turned.changes + released)


async def _work(this: Turn, due: Due, met: set[int]) -> Turned:
    conn, bucket, now, allowed = this.conn, this.bucket, this.now, this.allowed
    intake = Intake(this, due, met=met)
    changes = await intake.settle()
    stood = await intake.stand() if allowed.standing else 0
    advance = Advance(this)
    await advance.admit(intake.entrants)
    await advance.take_met(intake.met)
    await advance.take_answered(intake.answered)
    await advance.take_due()
    await advance.run(intake.requests, intake.edges)
    waits = await waiting.still(this, advance.waits)
    await walkers.write(conn, bucket, now, advance.walkers)
    await waiting.write(this, waits)
    led = len(advance.walkers)
    full = changes >= this.portion or stood >= allowed.standing > 0 or led >= this.portion
    return Turned(changes, stood, led, full=full)
