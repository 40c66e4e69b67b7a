"""P4: 1,000,000 enrollments sleep, and as many records match until a day that has not come."""

import asyncio
import statistics
import time
from typing import Final

import psutil

from bench.harness import Result, circumstances, durable_server, fresh_database, settle, size
from bench.journey import stand
from bench.serving import serving
from penstock.engine.worker import Worker
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database, connect
from penstock.workflows import store as workflows

SLEEPERS: Final = size("SLEEPERS", 1_000_000)
SECONDS: Final = size("SECONDS", 10)
ROUNDS: Final = 5
WORKERS: Final = 2

_FLOW: Final = {
    "name": "Sleepers", "type": "CONTACT_FLOW", "flowType": "WORKFLOW", "objectTypeId": "0-1",
    "isEnabled": True, "startActionId": "1",
    "enrollmentCriteria": {
        "type": "LIST_BASED", "shouldReEnroll": False,
        "unEnrollObjectsNotMeetingCriteria": False, "reEnrollmentTriggersFilterBranches": [],
        "listFilterBranch": {
            "filterBranchType": "OR", "filterBranchOperator": "OR", "filters": [],
            "filterBranches": [{
                "filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [],
                "filters": [{"filterType": "PROPERTY", "property": "lifecyclestage", "operation": {
                    "operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": ["lead"],
                    "includeObjectsWithNoValueSet": False}},
                    {"filterType": "PROPERTY", "property": "createdate", "operation": {
                        "operationType": "ROLLING_DATE_RANGE",
                        "operator": "IS_LESS_THAN_X_DAYS_AGO", "numberOfDays": 400,
                        "includeObjectsWithNoValueSet": False}}],
            }],
        },
    },
    "actions": [{
        "type": "SINGLE_CONNECTION", "actionId": "1", "actionTypeId": "0-1",
        "actionTypeVersion": 0, "fields": {"delta": "365", "time_unit": "DAYS"},
    }],
}  # fmt: skip

# All rows that an enrollment leaves which has come to a delay.
_ASLEEP: Final = """\
WITH sleepers AS MATERIALIZED (
    SELECT nextval('ids') AS n, nextval('ids') AS e, %(first)s::bigint + i AS at
    FROM generate_series(1, %(count)s) AS i
), made AS (
    INSERT INTO records (bucket, id, type, properties, created_at, updated_at)
    SELECT n % 64, n * 64 + n % 64, '0-1', jsonb_build_object('lifecyclestage', 'lead',
        'email', 'p' || n || '@example.test', 'firstname', 'First', 'lastname', 'Last' || n),
        %(now)s, %(now)s FROM sleepers
), matched AS (
    INSERT INTO matches (bucket, criterion_id, record_id, matching, since, recheck_at)
    SELECT n % 64, c.id, n * 64 + n % 64, true, %(now)s, %(now)s + interval '400 days'
    FROM sleepers, criteria c
), enrolled AS (
    INSERT INTO enrollments (bucket, id, workflow_id, record_id, passage, state, step, visit,
        waiting, entered_at, lane, depth, enrolled_at, source)
    SELECT n % 64, e * 64 + n % 64, %(workflow)s, n * 64 + n % 64, 1, 'active', '1', 1, true,
        %(now)s, 0, 0, %(now)s, 'trigger' FROM sleepers
)
INSERT INTO timers (bucket, lane, due_at, enrollment_id, workflow_id)
SELECT n % 64, 0, %(now)s + interval '365 days' + at * interval '1 second', e * 64 + n % 64,
    %(workflow)s
FROM sleepers"""

# What any way to find out whether something is due has to ask.
_FLOOR: Final = """\
SELECT (SELECT min(id) FROM changes WHERE bucket = %(bucket)s) AS change,
    (SELECT min(due_at) FROM timers WHERE bucket = %(bucket)s AND lane = 0) AS fresh,
    (SELECT min(due_at) FROM timers WHERE bucket = %(bucket)s AND lane = 1) AS backfill,
    (SELECT min(recheck_at) FROM matches
        WHERE bucket = %(bucket)s AND recheck_at IS NOT NULL) AS recheck"""


async def measure() -> list[Result]:
    with durable_server() as server:
        url = await fresh_database(server, "p4")
        async with Database(url, size=4) as database:
            await _fall_asleep(database)
            await settle(database)
            turn, floor = await _turns(database), await _floors(url)
        async with serving("--workers", str(WORKERS), url=url):
            share, memory = await _watch()
    return [
        Result.time("P4", f"{SLEEPERS:,} sleep: a turn, median", turn * 1000, "ms",
                    floor=floor * 1000, goal="< 5"),
        Result("P4", f"{SLEEPERS:,} sleep: processor of a worker", share * 100, "% of a core",
               goal="< 1"),
        Result("P4", f"{SLEEPERS:,} sleep: memory of serve with {WORKERS} workers, without"
               " PostgreSQL", memory / 2**20, "MB", goal="≤ 300"),
    ]  # fmt: skip


async def _fall_asleep(database: Database) -> None:
    schema, write = await circumstances(database)
    async with database.unit() as conn:
        flow = await workflows.create(conn, schema, _FLOW, "bench", write.now)
    await stand(database)
    await Worker(database, DatabaseClock()).turn_all()
    for first in range(0, SLEEPERS, 50_000):
        count = min(50_000, SLEEPERS - first)
        async with database.unit() as conn:
            await conn.execute(
                _ASLEEP.replace("% 64", "%% 64"),
                {"first": first, "count": count, "now": write.now, "workflow": flow.id},
            )


async def _turns(database: Database) -> float:
    """Seconds that a turn takes which finds nothing to do."""
    worker = Worker(database, DatabaseClock())
    await worker.turn_all()
    times = []
    for _ in range(ROUNDS):
        for bucket in range(64):
            began = time.monotonic()
            turned = await worker.turn_one(bucket)
            times.append(time.monotonic() - began)
            assert turned is not None
            assert turned.idle
    return statistics.median(times)


async def _floors(url: str) -> float:
    conn = await connect(url)
    times = []
    for _ in range(ROUNDS):
        for bucket in range(64):
            began = time.monotonic()
            async with conn.transaction():
                await conn.execute(
                    "SELECT FROM buckets WHERE bucket = %s FOR NO KEY UPDATE", (bucket,)
                )
                await conn.execute(_FLOOR, {"bucket": bucket})
                await conn.execute(
                    "UPDATE buckets SET turned_at = turned_at WHERE bucket = %s", (bucket,)
                )
            times.append(time.monotonic() - began)
    await conn.close()
    return statistics.median(times)


async def _watch() -> tuple[float, int]:
    """The share of a core that a worker takes, and the memory of all processes that serve."""
    await asyncio.sleep(3)  # until what happens at the start is over
    processes = [
        each
        for child in psutil.Process().children()
        for each in (child, *child.children(recursive=True))
        if "python" in each.name() and "postgres" not in each.name()
    ]
    workers = [each for each in processes if each.cmdline()[-1] == "worker"]
    assert len(workers) == WORKERS, [each.cmdline() for each in processes]
    before = [_spent(worker) for worker in workers]
    await asyncio.sleep(SECONDS)
    spent = [_spent(worker) - past for worker, past in zip(workers, before, strict=True)]
    memory = sum(each.memory_full_info().pss for each in processes)
    return statistics.mean(spent) / SECONDS, memory


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
