"""What is on, as one process knows it."""

from penstock.engine.automation import Automation, Automations
from penstock.kernel.db import Connection
from tests.story import Story, all_of, equals, set_property, when

NOTE = [set_property("1", "hs_lead_status", "NEW")]


async def known(story: Story, automations: Automations, conn: Connection) -> Automation:
    cursor = await conn.execute("SELECT version FROM workflows_state")
    (version,) = await cursor.fetchone() or (0,)
    return await automations.current(conn, version, await story.house.schemas.current(conn))


async def test_a_saved_workflow_does_not_make_all_others_be_read_anew(story: Story) -> None:
    automations = Automations()
    await story.turn_on(await story.workflow(when(all_of(equals("city", "Oslo"))), NOTE))
    async with story.house.database.unit() as conn:
        before = await known(story, automations, conn)
    await story.turn_on(await story.workflow(when(all_of(equals("city", "Rome"))), NOTE))
    async with story.house.database.unit() as conn:
        after = await known(story, automations, conn)
    (id,) = before.criteria
    assert after.version > before.version
    assert len(after.criteria) == 2
    assert after.criteria[id] is before.criteria[id]


async def test_another_schema_is_read_by_anew(story: Story) -> None:
    automations = Automations()
    await story.turn_on(await story.workflow(when(all_of(equals("city", "Oslo"))), NOTE))
    async with story.house.database.unit() as conn:
        before = await known(story, automations, conn)
        await conn.execute("DELETE FROM properties WHERE name = 'city'")
        await conn.execute("UPDATE schema_state SET version = version + 1")
    async with story.house.database.unit() as conn:
        after = await known(story, automations, conn)
    assert len(before.criteria) == 1
    assert after.criteria == {}  # what it asks about is gone
