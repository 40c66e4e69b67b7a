"""One turn of one bucket: one transaction that takes what is due and leads it on."""

from dataclasses import dataclass

from penstock.engine import waiting, walkers
from penstock.engine.advance import Advance
from penstock.engine.automation import Automations
from penstock.engine.effects import Effects
from penstock.engine.intake import Intake, take
from penstock.engine.joining import leave_passages
from penstock.engine.journal import Journal
from penstock.engine.turn import Turn
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
    portion: int = 1000,
) -> Turned | None:
    """Turn the bucket once, in the caller's transaction; None if somebody else is turning it.

    Raises ListensNow.
    """
    row = await _queries.one(conn, "lock_bucket", bucket=bucket)
    if row is None:
        return None
    now = max(await clock.now(conn), row.turned_at)
    told = automations.listening or row.awaiting
    due = await take(conn, bucket, now, portion, told=told)
    # Asked after that, so that they know all that it speaks of.
    version = await _queries.one(conn, "versions")
    assert version is not None
    schema = await schemas.current(conn, version.schema)
    automation = await automations.current(conn, version.workflows, schema)
    if automation.listening and not told:
        raise ListensNow
    this = Turn(conn, bucket, now, schema, automation, Journal(), Effects(), portion)
    intake = Intake(this, due)
    changes = await intake.settle()
    stood = await intake.stand()
    advance = Advance(this)
    await advance.take_met(intake.met)
    await advance.admit(intake.entrants)
    await advance.take_due()
    await advance.run()
    await leave_passages(this)
    await walkers.write(conn, bucket, now, advance.walkers)
    await waiting.write(this, advance.waits)
    await this.effects.write(conn, bucket, now)
    await this.journal.write(conn, bucket, now)
    await _queries.run(conn, "mark_turned", bucket=bucket, now=now)
    led = len(advance.walkers)
    return Turned(changes, stood, led, full=max(changes, stood, led) >= portion)
