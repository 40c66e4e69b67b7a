"""The invariants of the engine, looked at from outside: what must hold at every commit."""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from penstock.engine.automation import Automation, Automations
from penstock.kernel.clock import Clock
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schemas

_queries = load("penstock.engine", "verify.sql")

_PORTION: Final = 5000
"""Records that are judged at once."""

PATIENCE: Final = timedelta(minutes=10)
"""How long something may be due in a bucket that is turned."""


class Finding(NamedTuple):
    """Something that does not hold: the invariant, as a code that stays, and what is so instead."""

    code: str
    text: Text


async def verify(
    conn: Connection, schemas: Schemas, clock: Clock, *, levels: bool = True
) -> AsyncGenerator[Finding]:
    """What does not hold; nothing when all is well. With `levels`, all records are judged anew.

    This comes first in its transaction, which then sees one moment and writes nothing. Levels are
    compared only for records that no change waits for.
    """
    await _queries.run(conn, "one_moment")
    now = await clock.now(conn)
    automation = await Automations().current(conn, 0, await schemas.current(conn))
    for row in await _queries.rows(conn, "unbalanced"):
        said = Text(
            "workflow {workflow}: {enrolled} have enrolled, but {accounted} are accounted for",
            workflow=row.workflow_id,
            enrolled=row.enrolled,
            accounted=row.accounted,
        )
        yield Finding("conservation", said)
    for row in await _queries.rows(conn, "captured_twice"):
        said = Text(
            "the mail of {enrollment} to {part} was captured {times} times",
            enrollment=_enrollment(row),
            part=row.part,
            times=row.times,
        )
        yield Finding("once", said)
    for bucket in [row.bucket for row in await _queries.rows(conn, "buckets")]:
        async for finding in _of_bucket(conn, bucket):
            yield finding
        if levels:
            async for finding in _levels(conn, automation, bucket, now):
                yield finding


async def _of_bucket(conn: Connection, bucket: int) -> AsyncIterator[Finding]:
    for row in await _queries.rows(conn, "miscounted", bucket=bucket):
        said = Text(
            'workflow {workflow}, step "{step}", {kind}: {kept} are counted, there are {counted}',
            workflow=row.workflow_id,
            step=row.step,
            kind=row.kind,
            kept=row.kept,
            counted=row.counted,
        )
        yield Finding("tallies", said)
    for row in await _queries.rows(conn, "stuck", bucket=bucket):
        yield Finding(
            "waiting", Text("{enrollment} waits for nothing", enrollment=_enrollment(row))
        )
    for row in await _queries.rows(conn, "astray", bucket=bucket):
        said = Text("{enrollment} has lost its record", enrollment=_enrollment(row))
        yield Finding("record", said)
    for row in await _queries.rows(conn, "nowhere", bucket=bucket):
        said = Text(
            "{enrollment} stands at a step that the workflow never had", enrollment=_enrollment(row)
        )
        yield Finding("step", said)
    for row in await _queries.rows(conn, "overdue", bucket=bucket, patience=PATIENCE):
        said = Text(
            "{enrollment} was due at {at}, and turns have passed it over",
            enrollment=_enrollment(row),
            at=_moment(row.due_at),
        )
        yield Finding("overdue", said)
    for row in await _queries.rows(conn, "abandoned", bucket=bucket, patience=PATIENCE):
        said = Text(
            "the effect for {part} of {enrollment} is in the hands of a worker that is gone",
            enrollment=_enrollment(row),
            part=row.part,
        )
        yield Finding("claimed", said)
    for row in await _queries.rows(conn, "told_twice", bucket=bucket):
        said = Text(
            "the effect for {part} of {enrollment} was done {times} times",
            enrollment=_enrollment(row),
            part=row.part,
            times=row.times,
        )
        yield Finding("once", said)


def _enrollment(row: Any) -> Text:
    return Text(
        'record {record} in workflow {workflow}, step "{step}",',
        record=row.record_id,
        workflow=row.workflow_id,
        step=row.step,
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


async def _levels(
    conn: Connection, automation: Automation, bucket: int, now: datetime
) -> AsyncIterator[Finding]:
    by_type: dict[str, set[int]] = {}
    for row in await _queries.rows(conn, "standing", bucket=bucket):
        criterion = automation.criteria.get(row.criterion_id)
        if criterion is not None:
            by_type.setdefault(criterion.object_type, set()).add(row.criterion_id)
    for type, criteria in by_type.items():
        statement = automation.statement(frozenset(criteria), bucket, now)
        query = _queries.sql("misjudged").replace("VERDICTS", statement.sql)
        after = 0
        while True:
            rows = await _queries.rows(
                conn, "records", bucket=bucket, type=type, after=after, limit=_PORTION
            )
            if not rows:
                break
            after = rows[-1].id
            known = {"candidates": [row.id for row in rows], "bucket": bucket, "now": now}
            cursor = await conn.execute(query, {**statement.parameters, **known})
            for row in await cursor.fetchall():
                said = Text(
                    "criterion {criterion}, record {record}: kept as {kept}, judged as {judged}",
                    criterion=row.criterion,
                    record=row.record_id,
                    kept=row.matching,
                    judged=row.verdict,
                )
                yield Finding("levels", said)
