"""The way of P1, P2 and P7: branch, set property, create task, send e-mail, set property."""

import asyncio
import time
from typing import Any, Final

from psycopg.types.json import Jsonb

from bench.harness import Span, Start, circumstances
from penstock.actions.base import ACTIONS
from penstock.emails import store as emails
from penstock.emails.model import Content
from penstock.engine.journal import ensure_month
from penstock.engine.worker import Worker
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database, connect
from penstock.records import store
from penstock.records.values import TYPES
from penstock.workflows import store as workflows

STEPS: Final = 5


def contact(number: int) -> dict[str, Any]:
    """A contact of 20 filled properties, a lead."""
    return {
        "email": f"person{number}@example.test",
        "firstname": f"First{number % 1000}",
        "lastname": f"Last{number}",
        "phone": f"+46 40 {number:08d}",
        "mobilephone": f"+46 70 {number:08d}",
        "company": f"Company {number % 5000}",
        "jobtitle": "Buyer",
        "website": f"https://company{number % 5000}.example",
        "address": f"Long Street {number % 300}",
        "city": ("Lund", "Malmö", "Ystad", "Kiruna")[number % 4],
        "state": "Skåne",
        "zip": f"{10000 + number % 80000}",
        "country": ("Sweden", "Norway", "Chile")[number % 3],
        "lifecyclestage": "lead",
        "industry": "Hardware",
        "annualrevenue": str(number * 17),
        "numemployees": "25-50",
        "fax": f"+46 40 {number:08d}",
        "salutation": "Dr",
        "num_notes": str(number % 50),
    }


async def load(database: Database, count: int, *, stage: str = "lead") -> list[int]:
    """So many contacts, who have been there for long; returns their ids."""
    schema, write = await circumstances(database)
    contacts = schema.type("contacts")
    ids: list[int] = []
    for start in range(0, count, 2000):
        drafts = [
            store.Draft({**contact(n), "lifecyclestage": stage})
            for n in range(start, min(start + 2000, count))
        ]
        async with database.unit() as conn:
            made = await store.create(conn, schema, contacts, drafts, write)
        ids += [store.one([record]).id for record in made]
    async with database.unit() as conn:
        await conn.execute("DELETE FROM changes")
    return ids


async def turn_on(database: Database, *, existing: bool) -> None:
    """The workflow is drawn, and on; with `existing`, all who match are about to be let in."""
    schema, write = await circumstances(database)
    async with database.unit() as conn:
        content = Content(
            subject="Hello {{ contact.firstname }}",
            html="<p>Dear {{ contact.firstname }} {{ contact.lastname }},</p>"
            + "<p>Text.</p>" * 80,
            from_address="hello@penstock.example",
        )
        draft = emails.Draft("Mail", content)
        mail = emails.one(await emails.create(conn, [draft], write.now))
        emails.one(await emails.publish(conn, [mail.id], write.now))
        flow = await workflows.create(conn, schema, _flow(mail.id), "bench", write.now)
        await workflows.turn_on(conn, schema, flow.id, "bench", write.now, enroll_existing=existing)
    # Standing is measured apart: the run begins when the workflow is on.
    await stand(database)


async def stand(database: Database) -> None:
    """Turn until every criterion stands."""
    worker = Worker(database, DatabaseClock())
    while True:
        async with database.unit() as conn:
            cursor = await conn.execute("SELECT count(*) FROM standings WHERE NOT stands")
            row = await cursor.fetchone()
        if row is not None and row[0] == 0:
            return
        await worker.turn_all()


def _flow(mail: int) -> dict[str, Any]:
    def step(id: str, type_id: str, fields: dict[str, Any], following: str | None) -> Any:
        connection = {"edgeType": "STANDARD", "nextActionId": following}
        return {
            "type": "SINGLE_CONNECTION", "actionId": id, "actionTypeId": type_id,
            "actionTypeVersion": 0, "fields": fields,
            **({"connection": connection} if following else {}),
        }  # fmt: skip

    def only(name: str, operation: str, operator: str, values: list[str]) -> dict[str, Any]:
        operation_body = {
            "operationType": operation, "operator": operator, "values": values,
            "includeObjectsWithNoValueSet": False,
        }  # fmt: skip
        inner = {
            "filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": [],
            "filters": [
                {"filterType": "PROPERTY", "property": name, "operation": operation_body}
            ],
        }  # fmt: skip
        return {
            "filterBranchType": "OR", "filterBranchOperator": "OR", "filters": [],
            "filterBranches": [inner],
        }  # fmt: skip

    def static(value: str) -> dict[str, str]:
        return {"type": "STATIC_VALUE", "staticValue": value}

    standard = {"edgeType": "STANDARD", "nextActionId": "2"}
    return {
        "name": "A journey", "type": "CONTACT_FLOW", "flowType": "WORKFLOW", "objectTypeId": "0-1",
        "isEnabled": False, "startActionId": "1",
        "enrollmentCriteria": {
            "type": "LIST_BASED", "shouldReEnroll": False,
            "unEnrollObjectsNotMeetingCriteria": False, "reEnrollmentTriggersFilterBranches": [],
            "listFilterBranch": only("lifecyclestage", "ENUMERATION", "IS_ANY_OF", ["lead"]),
        },
        "actions": [
            {
                "type": "LIST_BRANCH", "actionId": "1",
                "listBranches": [
                    {"branchName": "Sweden", "connection": standard,
                     "filterBranch": only("country", "MULTISTRING", "IS_EQUAL_TO", ["Sweden"])},
                ],
                "defaultBranchName": "Elsewhere",
                "defaultBranch": {"edgeType": "GOTO", "nextActionId": "2"},
            },
            step("2", "0-5", {"property_name": "hs_lead_status", "value": static("NEW")}, "3"),
            step("3", "0-3", {"task_type": "CALL", "subject": "Call {{ contact.firstname }}",
                              "priority": "HIGH"}, "4"),
            step("4", "0-4", {"content_id": str(mail)}, "5"),
            step("5", "0-5", {"property_name": "lifecyclestage",
                              "value": static("opportunity")}, None),
        ],
    }  # fmt: skip


_REST: Final = 0.02
"""Seconds after which a worker that found nothing to do looks again."""


async def work(number: int, start: Start, url: str) -> Span:
    """A worker that stops when there is nothing left to do; from its first turn to its last."""
    async with Database(url, size=2) as database:
        worker = Worker(database, DatabaseClock())
        assert TYPES  # which loads their code
        assert ACTIONS
        await start()
        began = ended = time.monotonic()
        idle = 0
        while idle < 5:
            if await worker.turn_all():
                idle, ended = 0, time.monotonic()
            else:
                idle += 1
                await asyncio.sleep(_REST)
    return Span(began, ended)


async def write_floor(number: int, start: Start, url: str, writers: int) -> Span:
    """Hand-written bulk SQL that writes the same rows, a thousand contacts at a time."""
    conn = await connect(url)
    now = await DatabaseClock().now(conn)
    async with conn.transaction():
        await ensure_month(conn, now)
    await start()
    began = time.monotonic()
    for bucket in range(number, 64, writers):
        cursor = await conn.execute(
            "SELECT id FROM records WHERE bucket = %s AND type = '0-1' ORDER BY id", (bucket,)
        )
        ids = [row[0] for row in await cursor.fetchall()]
        for place in range(0, len(ids), 1000):
            async with conn.transaction():
                for statement in _FLOOR:
                    await conn.execute(
                        statement,
                        {"bucket": bucket, "ids": ids[place : place + 1000], "now": now,
                         "mail": Jsonb({"email": 1, "revision": 1, "to": "person@example.test",
                                        "tokens": {"contact.firstname": "First",
                                                   "contact.lastname": "Last"}})},
                    )  # fmt: skip
    ended = time.monotonic()
    await conn.close()
    return Span(began, ended)


_FLOOR = [
    # The two property writes: record, history and change; and that the second ends the match.
    *(
        f"""WITH written AS (
            UPDATE records SET properties = properties || '{{{values}}}', updated_at = %(now)s
            WHERE bucket = %(bucket)s AND id = ANY(%(ids)s) RETURNING id),
        history AS (
            INSERT INTO property_history (bucket, record_id, at, changed, source)
            SELECT %(bucket)s, id, %(now)s, '{{{values}}}', 'AUTOMATION_PLATFORM/1' FROM written)
        INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
        SELECT %(bucket)s, 1, id, '0-1', 'updated', '{{{values}}}', 'AUTOMATION_PLATFORM/1', 1,
            %(now)s FROM written"""
        for values in (
            '"hs_lead_status": "NEW"',
            (
                '"lifecyclestage": "opportunity", '
                '"hs_lifecyclestage_opportunity_date": "2026-01-01T00:00:00.000Z"'
            ),
        )
    ),
    """UPDATE matches SET matching = false, since = %(now)s
    WHERE bucket = %(bucket)s AND record_id = ANY(%(ids)s)""",
    # The task, with its history, its edges in both directions, and their changes.
    """WITH tasks AS MATERIALIZED (
        SELECT nextval('ids') * 64 + %(bucket)s AS id, contact, jsonb_build_object(
            'hs_task_subject', 'Call First', 'hs_task_type', 'CALL', 'hs_task_priority', 'HIGH',
            'hs_task_status', 'NOT_STARTED', 'hs_timestamp', '2026-01-01T00:00:00.000Z') AS task
        FROM unnest(%(ids)s) AS contact),
    made AS (
        INSERT INTO records (bucket, id, type, properties, created_at, updated_at)
        SELECT %(bucket)s, id, '0-27', task, %(now)s, %(now)s FROM tasks),
    history AS (
        INSERT INTO property_history (bucket, record_id, at, changed, source)
        SELECT %(bucket)s, id, %(now)s, task, 'AUTOMATION_PLATFORM/1' FROM tasks),
    edges AS (
        INSERT INTO associations (bucket, from_id, type_id, to_id, created_at)
        SELECT %(bucket)s, id, 204, contact, %(now)s FROM tasks
        UNION ALL SELECT %(bucket)s, contact, 203, id, %(now)s FROM tasks)
    INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, depth, at)
    SELECT %(bucket)s, 1, id, '0-27', 'created', task, 'AUTOMATION_PLATFORM/1', 1, %(now)s
    FROM tasks
    UNION ALL SELECT %(bucket)s, 1, id, '0-27', 'associated', jsonb_build_object('type', 204, 'to',
        contact), 'AUTOMATION_PLATFORM/1', 1, %(now)s FROM tasks
    UNION ALL SELECT %(bucket)s, 1, contact, '0-1', 'associated', jsonb_build_object('type', 203,
        'to', id), 'AUTOMATION_PLATFORM/1', 1, %(now)s FROM tasks""",
    # The enrollment, its journal, and the mail.
    """WITH enrolled AS (
        INSERT INTO enrollments (bucket, id, workflow_id, record_id, passage, state, step, visit,
            entered_at, lane, depth, enrolled_at, ended_at, source)
        SELECT %(bucket)s, nextval('ids') * 64 + %(bucket)s, 1, id, 1, 'finished', '5', 5, %(now)s,
            1, 0, %(now)s, %(now)s, 'existing'
        FROM unnest(%(ids)s) AS id RETURNING id, record_id),
    mailed AS (
        INSERT INTO effects (bucket, enrollment_id, visit, part, kind, state, payload, workflow_id,
            record_id, step, next_at, created_at)
        SELECT %(bucket)s, id, 4, 'person@example.test', 'mail', 'pending', %(mail)s, 1, record_id,
            '4', %(now)s, %(now)s FROM enrolled)
    INSERT INTO journal (bucket, visit, at, record_id, workflow_id, enrollment_id, step, kind,
        detail)
    SELECT %(bucket)s, k.visit, %(now)s, record_id, 1, id, k.step, k.kind::journal_kind,
        k.detail::jsonb
    FROM enrolled, (VALUES (0, '', 'enrolled', NULL), (1, '1', 'succeeded', '{"branch": "Sweden"}'),
        (2, '2', 'succeeded', NULL), (3, '3', 'succeeded', NULL), (4, '4', 'queued', NULL),
        (5, '5', 'succeeded', NULL), (5, '5', 'finished', NULL)) AS k(visit, step, kind, detail)""",
    # What was announced is read and gone again.
    """DELETE FROM changes WHERE bucket = %(bucket)s AND (lane, id) <= (1, (
        SELECT max(id) FROM (SELECT id FROM changes WHERE bucket = %(bucket)s ORDER BY lane, id
            LIMIT 5000) AS next))""",
]
