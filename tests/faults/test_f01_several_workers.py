"""F1: four workers start at once over one backlog; each effect is there and delivered once."""

import psycopg

from tests.commands import eventually, running
from tests.crowd import many
from tests.story import Story, all_of, any_of, step, when

BACKLOG = 10_000


async def test_four_workers_over_one_backlog_do_each_step_once(story: Story, url: str) -> None:
    mail = await story.email(subject="Hello {{ contact.city }}", html="<p>Hello</p>")
    flow = await story.workflow(
        when(all_of(any_of("lifecyclestage", "lead"))),
        [step("1", "0-3", {"subject": "Call"}), step("2", "0-4", {"content_id": mail})],
    )
    people = await many(story, "contacts", BACKLOG, lifecyclestage="lead", city="Lund")
    await story.query(
        "UPDATE records SET properties = properties || jsonb_build_object('email',"
        " 'p' || id || '@example.test') WHERE id = ANY(%s) RETURNING 1",
        people,
    )
    await story.turn_on(flow)
    await story.query(
        "INSERT INTO changes (bucket, lane, record_id, object_type, kind, details, source, at)"
        " SELECT id & 63, 1, id, '0-1', 'enroll', jsonb_build_object('workflow', %s::bigint, 'by',"
        " 'test'), 'API', %s FROM unnest(%s::bigint[]) AS i(id) RETURNING 1",
        flow.id,
        story.now,
        people,
    )
    with running(url, "worker", "--workers", "4") as workers:
        workers.hears("(at work)")
        with psycopg.connect(url, autocommit=True) as database:
            left = "SELECT FROM changes UNION ALL SELECT FROM effects WHERE state <> 'done' LIMIT 1"
            eventually(
                lambda: (
                    database.execute("SELECT FROM enrollments LIMIT 1").rowcount
                    and not database.execute(left).rowcount
                ),
                seconds=240,
            )
        assert workers.stop() == 0
        assert "error" not in workers.errors
    expected = {
        "SELECT count(*) FROM enrollments WHERE state = 'finished' AND passage = 1": BACKLOG,
        "SELECT count(DISTINCT record_id) FROM enrollments": BACKLOG,
        "SELECT count(*) FROM effects WHERE state = 'done'": BACKLOG,
        "SELECT count(DISTINCT (enrollment_id, visit, part)) FROM effects": BACKLOG,
        "SELECT count(*) FROM outbox": BACKLOG,
        "SELECT count(DISTINCT (enrollment_id, visit, recipient)) FROM outbox": BACKLOG,
        "SELECT count(*) FROM records WHERE type = '0-27'": BACKLOG,
        "SELECT count(DISTINCT to_id) FROM associations WHERE type_id = 204": BACKLOG,
        **{
            f"SELECT count(*) FROM journal WHERE kind = '{kind}'": BACKLOG
            for kind in ("enrolled", "succeeded", "queued", "delivered", "finished")
        },
    }
    found = {query: (await story.query(query))[0][0] for query in expected}
    assert found == expected
    assert await story.verify() == []
