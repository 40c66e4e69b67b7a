"""P3: 200 active workflows of 10 filters each; 100,000 changed records; a company of 10,000."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Final

from bench.harness import (
    Result,
    Span,
    Start,
    circumstances,
    copy_database,
    durable_server,
    fresh_database,
    settle,
    size,
    together,
)
from bench.journey import load, stand
from penstock.engine.worker import Worker
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database, connect
from penstock.records import store
from penstock.workflows import store as workflows

RECORDS: Final = size("CHANGED", 100_000)
COLLEAGUES: Final = size("COLLEAGUES", 10_000)
WORKFLOWS: Final = 200
FILTERS: Final = 10
WORKERS: Final = 2
TO_COMPANY: Final = 279

DEPENDENT: Final = {"address": 5, "website": 20, "fax": 80}
"""The property that changes, and how many workflows ask about it among nine other things."""

_OTHERS: Final = (
    "firstname", "lastname", "phone", "mobilephone", "company", "jobtitle", "city", "state", "zip",
    "salutation", "message", "degree", "school", "job_function", "field_of_study", "start_date",
    "graduation_date", "military_status", "seniority", "work_email",
)  # fmt: skip


async def measure() -> list[Result]:
    results: list[Result] = []
    with durable_server() as server:
        url = await fresh_database(server, "p3")
        async with Database(url, size=4) as database:
            ids = await load(database, RECORDS)
            for number, names in enumerate(_shares()):
                await _activate(
                    database, f"Workflow {number}", _all_of(names, word=f"Place {number}")
                )
            async with database.unit() as conn:
                # Nobody matches, so that to judge everybody would bring nothing.
                await conn.execute("UPDATE standings SET stands = true")
            await stand(database)
            await Worker(database, DatabaseClock()).turn_all()
            await settle(database)
        for name, count in DEPENDENT.items():
            bare = copy_database(server, "p3", f"p3_{name}")
            engine = Span.over(await together(WORKERS, _settle, url, name))
            await _change(bare, name)
            floor = Span.over(await together(WORKERS, _judge_barely, bare, name, count))
            results.append(
                Result.rate("P3", f"{RECORDS:,} changes, {count} of {WORKFLOWS} workflows depend",
                            RECORDS / engine.seconds, "changes/s", floor=RECORDS / floor.seconds,
                            goal="≥ 10,000" if count == 5 else "grows with those that depend")
            )  # fmt: skip
        results += await _company(url, ids)
    return results


def _shares() -> list[list[str]]:
    """What each workflow asks about: ten properties, of which one may be one that changes."""
    firsts = [name for name, count in DEPENDENT.items() for _ in range(count)]
    shares = []
    for number in range(WORKFLOWS):
        others = [_OTHERS[(number + n) % len(_OTHERS)] for n in range(FILTERS)]
        first = firsts[number : number + 1]
        shares.append([*first, *others][:FILTERS])
    return shares


def _filter(name: str, word: str = "Nowhere") -> dict[str, Any]:
    operation = {
        "operationType": "MULTISTRING", "operator": "IS_EQUAL_TO",
        "values": ["Somewhere", word], "includeObjectsWithNoValueSet": False,
    }  # fmt: skip
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


def _all_of(
    names: Sequence[str], *branches: dict[str, Any], word: str = "Nowhere"
) -> dict[str, Any]:
    inner = {
        "filterBranchType": "AND", "filterBranchOperator": "AND",
        "filters": [_filter(name, word) for name in names], "filterBranches": list(branches),
    }  # fmt: skip
    return {
        "filterBranchType": "OR", "filterBranchOperator": "OR", "filters": [],
        "filterBranches": [inner],
    }  # fmt: skip


async def _activate(database: Database, name: str, document: dict[str, Any]) -> None:
    """A workflow that sets a property of those who come to match, and is on once all stands."""
    schema, write = await circumstances(database)
    body = {
        "name": name, "type": "CONTACT_FLOW", "flowType": "WORKFLOW", "objectTypeId": "0-1",
        "isEnabled": True, "startActionId": "1",
        "enrollmentCriteria": {
            "type": "LIST_BASED", "shouldReEnroll": False, "listFilterBranch": document,
            "unEnrollObjectsNotMeetingCriteria": False, "reEnrollmentTriggersFilterBranches": [],
        },
        "actions": [{
            "type": "SINGLE_CONNECTION", "actionId": "1", "actionTypeId": "0-5",
            "actionTypeVersion": 0, "fields": {
                "property_name": "hs_lead_status",
                "value": {"type": "STATIC_VALUE", "staticValue": "NEW"}},
        }],
    }  # fmt: skip
    async with database.unit() as conn:
        await workflows.create(conn, schema, body, "bench", write.now)


async def _change(url: str, name: str) -> None:
    """All records get another value, as many clients would have written it."""
    conn = await connect(url)
    await conn.execute(
        """WITH written AS (
            UPDATE records
            SET properties = properties || jsonb_build_object(%(name)s::text, 'Other')
            WHERE type = '0-1' RETURNING bucket, id)
        INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, at)
        SELECT bucket, 0, id, '0-1', 'updated', jsonb_build_object(%(name)s::text, 'Other'), 'API',
            clock_timestamp() FROM written""",
        {"name": name},
    )
    await conn.execute("VACUUM ANALYZE")
    await conn.execute("CHECKPOINT")
    await conn.close()


async def _settle(number: int, start: Start, url: str, name: str) -> Span:
    """A worker that knows all workflows when the records change; until nothing is left to do."""
    async with Database(url, size=2) as database:
        worker = Worker(database, DatabaseClock())
        await worker.turn_one(number)
        if number == 0:
            await _change(url, name)
        await start()
        began = time.monotonic()
        while await worker.turn_all():
            pass
        return Span(began, time.monotonic())


async def _judge_barely(number: int, start: Start, url: str, name: str, count: int) -> Span:
    """Take the changes of each bucket by the thousand, and ask of each record what is asked."""
    shares = [share for share in _shares() if share[0] == name]
    assert len(shares) == count
    asked = ", ".join(
        "count(*) FILTER (WHERE "
        + " AND ".join(f"lower(properties ->> '{n}') IN ('somewhere', 'nowhere')" for n in share)
        + f") AS n{number}"
        for number, share in enumerate(shares)
    )
    statement = f"""WITH taken AS (
            DELETE FROM changes WHERE bucket = %(bucket)s AND (lane, id) <= (
                SELECT lane, id FROM (
                    SELECT lane, id FROM changes WHERE bucket = %(bucket)s ORDER BY lane, id
                    LIMIT 1000) n ORDER BY lane DESC, id DESC LIMIT 1)
            RETURNING record_id)
        SELECT count(*), {asked} FROM taken t
        JOIN records r ON r.bucket = %(bucket)s AND r.id = t.record_id"""
    conn = await connect(url)
    await start()
    began = time.monotonic()
    for bucket in range(number, 64, WORKERS):
        while True:
            cursor = await conn.execute(statement, {"bucket": bucket})
            row = await cursor.fetchone()
            if row is None or row[0] == 0:
                break
    ended = time.monotonic()
    await conn.close()
    return Span(began, ended)


async def _company(url: str, ids: list[int]) -> list[Result]:
    """A company of many changes: how long until all is settled, and what fresh leads wait for."""
    async with Database(url, size=4) as database:
        schema, write = await circumstances(database)
        async with database.unit() as conn:
            made = await store.create(
                conn, schema, schema.type("companies"), [store.Draft({"city": "Rome"})], write
            )
            company = store.one(made[:1]).id
            await conn.execute(
                """INSERT INTO associations (bucket, from_id, type_id, to_id, created_at)
                SELECT (e.from_id & 63)::smallint, e.from_id, e.type_id, e.to_id, %s
                FROM unnest(%s::bigint[]) AS i(id), LATERAL (VALUES
                    (i.id, 279, %s::bigint), (%s::bigint, 280, i.id)
                ) AS e(from_id, type_id, to_id)""",
                (write.now, ids[:COLLEAGUES], company, company),
            )
        near = {
            "filterBranchType": "ASSOCIATION", "filterBranchOperator": "AND",
            "objectTypeId": "0-2", "operator": "IN_LIST", "associationTypeId": TO_COMPANY,
            "associationCategory": "HUBSPOT_DEFINED", "filterBranches": [],
            "filters": [_filter("city")],
        }  # fmt: skip
        await _activate(database, "Near", _all_of([], near))
        await _activate(database, "Fresh", _all_of(["linkedinbio"]))
        await stand(database)
        worker = Worker(database, DatabaseClock())
        while await worker.turn_all():
            pass
        await settle(database)
        span, waits = await _live(url, database, company)
    return [
        Result("P3", f"a company of {COLLEAGUES:,} contacts changes: until all are enrolled",
               span.seconds, "s", goal="< 5"),
        Result("P3", "fresh leads meanwhile, the slowest", max(waits) * 1000, "ms",
               goal="not delayed"),
    ]  # fmt: skip


async def _live(url: str, database: Database, company: int) -> tuple[Span, list[float]]:
    schema, write = await circumstances(database)
    turning = asyncio.create_task(together(WORKERS, _follow, url, COLLEAGUES))
    conn = await connect(url)
    while True:  # until the processes listen
        cursor = await conn.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 3"
        )
        (there,) = await cursor.fetchone() or (0,)
        if there == WORKERS:
            break
        await asyncio.sleep(0.05)
    began = time.monotonic()
    async with database.unit() as unit:
        patch = store.Patch(company, {"city": "Somewhere"})
        await store.update(unit, schema, schema.type("companies"), [patch], write)
    waits: list[float] = []
    while not turning.done():
        sent = time.monotonic()
        async with database.unit() as unit:
            now = await DatabaseClock().now(unit)
            fresh = type(write)(write.source, now)
            draft = store.Draft({"linkedinbio": "Somewhere"})
            made = await store.create(unit, schema, schema.type("contacts"), [draft], fresh)
        id = store.one(made).id
        while not turning.done():
            cursor = await conn.execute(
                "SELECT FROM enrollments WHERE record_id = %s AND bucket = %s AND ended_at"
                " IS NOT NULL",
                (id, id & 63),
            )
            if cursor.rowcount:
                waits.append(time.monotonic() - sent)
                break
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
    await conn.close()
    ended = max(span.ended for span in await turning)
    return Span(began, ended), waits or [0.0]


async def _follow(number: int, start: Start, url: str, wanted: int) -> Span:
    """A worker that turns until everybody of the company has enrolled."""
    async with Database(url, size=3) as database:
        worker = Worker(database, DatabaseClock())
        await worker.turn_one(number)  # which reads what is on
        await start()
        conn = await connect(url)
        await conn.execute("SELECT pg_advisory_lock_shared(3)")
        began = time.monotonic()
        while True:
            busy = await worker.turn_all()
            cursor = await conn.execute(
                "SELECT coalesce(sum(count), 0) FROM tallies t JOIN workflows w"
                " ON w.id = t.workflow_id WHERE w.name = 'Near' AND t.kind = 'finished'"
                " AND t.step = ''"
            )
            (done,) = await cursor.fetchone() or (0,)
            if done >= wanted:
                break
            if not busy:
                await asyncio.sleep(0.01)
        await conn.close()
    return Span(began, time.monotonic())
