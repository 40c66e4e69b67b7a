"""Steps delete records."""

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, delay, set_property, step, to, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


async def test_a_deleted_record_is_archived_and_leaves_every_workflow(story: Story) -> None:
    waiting = await story.workflow(when(LEADS), [delay("1", 60)], name="Waiting")
    flow = await story.workflow(when(LEADS), [step("1", "0-18224765", {})])
    later = await story.workflow(
        when(LEADS), [set_property("1", "city", "Lund"), delay("2", 5)], name="Later"
    )
    for each in (waiting, flow, later):
        await story.turn_on(each)
    ada = await story.contact(lifecyclestage="lead", email="ada@example.test")
    await story.rest()
    (row,) = await story.query("SELECT archived_at FROM records WHERE id = %s", ada)
    assert row.archived_at == story.now
    assert await story.told(flow, ada) == ["Enrolled", "Done", "Unenrolled: the record was deleted"]
    for other in (waiting, later):
        assert await story.counts(other) == {"enrolled": 1, "unenrolled": 1}
    assert "succeeded" not in await story.kinds(later, ada)
    assert await story.verify() == []
    again = await story.contact(email="ada@example.test")
    assert again != ada


async def test_nothing_can_follow_a_deletion_but_its_failure(story: Story) -> None:
    following = await story.workflow(when(LEADS), [step("1", "0-18224765", {}), delay("2", 5)])
    failing = await story.workflow(
        when(LEADS),
        [
            step("1", "0-18224765", {}, connection=None, errorConnection=to("2")),
            set_property("2", "city", "Lund"),
        ],
    )
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, following)
        assert await workflows.problems(conn, schema, failing) == ()
    assert [problem.code for problem in problems] == ["NOT_LAST"]
