"""The invariants of the engine, looked at from outside: what must hold at every commit."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from penstock.engine.automation import Automation, Automations
from penstock.kernel.clock import Clock
from penstock.kernel.db import Connection
from penstock.kernel.queries import load
from penstock.kernel.texts import Text
from penstock.records.schema import Schemas

_queries = load("penstock.engine", "verify.sql")

_PORTION: Final = 5000
"""Records that are judged at once."""


async def verify(conn: Connection, schemas: Schemas, clock: Clock) -> AsyncIterator[Text]:
    """What does not hold, one sentence each; nothing when all is well.

    This comes first in its transaction, which then sees one moment and writes nothing. Levels are
    compared only for records that no change waits for.
    """
    await _queries.run(conn, "one_moment")
    now = await clock.now(conn)
    automation = await Automations().current(conn, 0, await schemas.current(conn))
    for row in await _queries.rows(conn, "unbalanced"):
        yield Text(
            "workflow {workflow}: {enrolled} have enrolled, but {accounted} are accounted for",
            workflow=row.workflow_id,
            enrolled=row.enrolled,
            accounted=row.accounted,
        )
    for bucket in [row.bucket for row in await _queries.rows(conn, "buckets")]:
        async for finding in _of_bucket(conn, automation, bucket, now):
            yield finding


async def _of_bucket(
    conn: Connection, automation: Automation, bucket: int, now: datetime
) -> AsyncIterator[Text]:
    for row in await _queries.rows(conn, "miscounted", bucket=bucket):
        yield Text(
            'workflow {workflow}, step "{step}", {kind}: {kept} are counted, there are {counted}',
            workflow=row.workflow_id,
            step=row.step,
            kind=row.kind,
            kept=row.kept,
            counted=row.counted,
        )
    for row in await _queries.rows(conn, "stuck", bucket=bucket):
        yield Text("{enrollment} waits for nothing", enrollment=_enrollment(row))
    for row in await _queries.rows(conn, "astray", bucket=bucket):
        yield Text("{enrollment} has lost its record", enrollment=_enrollment(row))
    async for finding in _levels(conn, automation, bucket, now):
        yield finding


def _enrollment(row: Any) -> Text:
    return Text(
        'record {record} in workflow {workflow}, step "{step}",',
        record=row.record_id,
        workflow=row.workflow_id,
        step=row.step,
    )


async def _levels(
    conn: Connection, automation: Automation, bucket: int, now: datetime
) -> AsyncIterator[Text]:
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
                yield Text(
                    "criterion {criterion}, record {record}: kept as {kept}, judged as {judged}",
                    criterion=row.criterion,
                    record=row.record_id,
                    kept=row.matching,
                    judged=row.verdict,
                )
