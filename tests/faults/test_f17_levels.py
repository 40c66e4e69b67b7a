"""F17: a condition that stays true fires once, however often it is looked at."""

from tests.story import Story, all_of, delay, equals, property_is, set_property, when

AGAIN = {"shouldReEnroll": True}


async def test_a_condition_that_stays_true_fires_once(story: Story) -> None:
    """Time passes, the record is written, the criterion is judged again and again."""
    young = property_is(
        "createdate", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", numberOfDays=400
    )
    flow = await story.workflow(
        when(all_of(young, equals("city", "Oslo")), **AGAIN),
        [delay("1", 30), set_property("2", "hs_lead_status", "NEW")],
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    for day in range(60):
        await story.update("contacts", ada, firstname=f"Ada {day}")
        await story.pass_time(days=1)
    assert (await story.kinds(flow, ada)).count("enrolled") == 1
    assert (await story.counts(flow)) == {"enrolled": 1, "finished": 1}
