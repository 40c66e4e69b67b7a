"""What counts as a change: of value, once a write, and by time alone (semantics 11, 12, 15)."""

from penstock.records import store
from penstock.records.values import instant_text
from tests.story import Story, all_of, any_of, delay, equals, property_is, set_property, when

LEADS = all_of(any_of("lifecyclestage", "lead"))
NOTE = [set_property("1", "hs_lead_status", "NEW")]
CITIES = all_of(equals("city", "Oslo"), equals("state", "Oslo"))


async def test_the_same_value_written_again_changes_nothing(story: Story) -> None:
    flow = await story.workflow(
        when(all_of(property_is("city", "ALL_PROPERTY", "IS_KNOWN")), shouldReEnroll=True), NOTE
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    before = await story.record("contacts", ada)
    for _ in range(3):
        await story.update("contacts", ada, city="Oslo")
    assert await story.query("SELECT id FROM changes") == []
    await story.rest()
    assert (await story.kinds(flow, ada)).count("enrolled") == 1
    past = await story.query(
        "SELECT id FROM property_history WHERE record_id = %s AND changed ? 'city'", ada
    )
    assert len(past) == 1
    assert (await story.record("contacts", ada)).updated_at == before.updated_at


async def test_of_a_write_only_what_differs_is_a_change(story: Story) -> None:
    ada = await story.contact(city="Oslo", state="Viken")
    await story.rest()
    await story.update("contacts", ada, city="Oslo", state="Oslo")
    (change,) = await story.query("SELECT kind, details FROM changes WHERE record_id = %s", ada)
    assert (change.kind, change.details) == ("updated", {"state": "Oslo"})


async def test_one_write_of_several_properties_is_one_change(story: Story) -> None:
    """Who asks for half of the old and half of the new state never sees it."""
    mixed = all_of(equals("city", "Oslo"), equals("state", "Lazio"))
    half = await story.workflow(when(mixed), NOTE)
    whole = await story.workflow(when(CITIES), NOTE)
    known = property_is("city", "ALL_PROPERTY", "IS_KNOWN")
    again = {
        "shouldReEnroll": True,
        "reEnrollmentTriggersFilterBranches": [
            {"filterBranchType": "AND", "filterBranchOperator": "AND", "filters": [known]}
        ],
    }
    each = await story.workflow(when(all_of(known), **again), NOTE)
    for flow in (half, whole, each):
        await story.turn_on(flow)
    ada = await story.contact(city="Rome", state="Lazio")
    await story.rest()
    await story.update("contacts", ada, city="Oslo", state="Oslo", country="Norway")
    assert len(await story.query("SELECT id FROM changes WHERE record_id = %s", ada)) == 1
    await story.rest()
    assert await story.kinds(half, ada) == []
    assert await story.kinds(whole, ada) == ["enrolled", "succeeded", "finished"]
    assert (await story.kinds(each, ada)).count("enrolled") == 2


async def test_a_criterion_about_time_flips_without_a_write(story: Story) -> None:
    old = property_is("createdate", "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", numberOfDays=3)
    flow = await story.workflow(when(all_of(old)), NOTE)
    await story.turn_on(flow)
    ada = await story.contact()
    await story.rest()
    await story.pass_time(days=2)
    assert await story.kinds(flow, ada) == []
    before = await story.query("SELECT count(*) FROM property_history")
    await story.pass_time(days=2, seconds=1)
    assert (await story.kinds(flow, ada))[0] == "enrolled"
    noted = await story.query("SELECT count(*) FROM property_history")
    assert noted[0][0] == before[0][0] + 1  # the workflow's own
    await story.pass_time(days=100)
    assert (await story.kinds(flow, ada)).count("enrolled") == 1


async def test_a_moment_that_is_moved_away_in_time_does_not_flip(story: Story) -> None:
    soon = property_is(
        "hs_lead_date", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", numberOfDays=1
    )
    schema = await story.house.schema()
    name = next(
        name
        for name, prop in schema.type("contacts").properties.items()
        if prop.type == "datetime" and not prop.read_only and not prop.column
    )
    flow = await story.workflow(when(all_of({**soon, "property": name})), NOTE)
    await story.turn_on(flow)
    async with story.house.database.unit() as conn:
        moment = story.clock.at(story.now)
        drafts = [
            store.Draft({name: instant_text(moment.replace(day=moment.day + 2))}) for _ in range(2)
        ]
        made = await store.create(conn, schema, schema.type("contacts"), drafts, story.write)
    ada, bo = (store.one([record]).id for record in made)
    await story.rest()
    later = instant_text(moment.replace(day=moment.day + 20))
    await story.update("contacts", bo, **{name: later})
    await story.pass_time(days=3)
    assert "enrolled" in await story.kinds(flow, ada)
    assert await story.kinds(flow, bo) == []


async def test_a_value_that_goes_and_comes_back_between_two_turns(story: Story) -> None:
    """To a filter that was true nothing has happened; who was in stays in."""
    flow = await story.workflow(
        when(LEADS, shouldReEnroll=True, unEnrollObjectsNotMeetingCriteria=True),
        [delay("1", 60), *[set_property("2", "hs_lead_status", "NEW")]],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.update("contacts", ada, lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "waiting"]
    await story.pass_time(hours=1)
    assert (await story.kinds(flow, ada))[-1] == "finished"
