"""What the steps of a workflow do."""

from datetime import timedelta

from penstock.records.values import instant_text
from tests.conftest import NOW
from tests.story import (
    Story,
    all_of,
    any_of,
    branch,
    delay,
    equals,
    set_property,
    step,
    to,
    when,
)

LEADS = all_of(any_of("lifecyclestage", "lead"))


async def test_a_delay_holds_each_record_from_when_it_came(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 90), set_property("2", "city", "Lund")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.pass_time(minutes=60)
    eve = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.pass_time(minutes=30)
    assert await story.kinds(flow, ada) == [
        "enrolled", "waiting", "succeeded", "succeeded", "finished",
    ]  # fmt: skip
    assert await story.kinds(flow, eve) == ["enrolled", "waiting"]
    await story.pass_time(minutes=60)
    assert (await story.kinds(flow, eve))[-1] == "finished"


async def test_nobody_sleeping_is_touched_before_the_time(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [delay("1", 5, "YEARS")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await story.pass_time(days=5 * 365)
    assert (await story.counts(flow))["active"] == 1
    await story.pass_time(days=2)
    assert await story.kinds(flow, ada) == ["enrolled", "waiting", "succeeded", "finished"]


async def test_a_chain_of_twenty_delays_runs_to_its_end(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [delay(str(n), n) for n in range(1, 21)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    for n in range(1, 21):
        assert (await story.counts(flow))["active"] == 1
        await story.pass_time(minutes=n)
    assert (await story.counts(flow)) == {"enrolled": 1, "finished": 1}
    assert (await story.kinds(flow, ada)).count("waiting") == 20


async def test_the_first_branch_that_accepts_wins(story: Story) -> None:
    swedish, nordic = all_of(equals("country", "Sweden")), all_of(any_of_text("country"))
    flow = await story.workflow(
        when(LEADS),
        [
            branch("1", ("Swedish", swedish, "2"), ("Nordic", nordic, "3"), default="4"),
            set_property("2", "city", "Lund", connection=to("5")),
            set_property("3", "city", "Oslo", connection=to("5")),
            set_property("4", "city", "Elsewhere", connection=to("5")),
            set_property("5", "hs_lead_status", "OPEN"),
        ],
    )
    await story.turn_on(flow)
    outcome = {}
    for country in ("Sweden", "Norway", "Chile", ""):
        outcome[country] = await story.contact(lifecyclestage="lead", country=country)
    await story.rest()
    cities = {
        country: (await story.record("contacts", id)).properties["city"]
        for country, id in outcome.items()
    }
    assert cities == {"Sweden": "Lund", "Norway": "Oslo", "Chile": "Elsewhere", "": "Elsewhere"}
    assert (await story.counts(flow)) == {"enrolled": 4, "finished": 4}


def any_of_text(name: str) -> dict[str, object]:
    from tests.story import property_is

    return property_is(name, "MULTISTRING", "IS_EQUAL_TO", values=["Sweden", "Norway", "Denmark"])


async def test_a_branch_without_a_way_on_ends_there(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            branch("1", ("Swedish", all_of(equals("country", "Sweden")), "2")),
            set_property("2", "city", "Lund"),
        ],
    )
    await story.turn_on(flow)
    chile = await story.contact(lifecyclestage="lead", country="Chile")
    await story.rest()
    assert await story.kinds(flow, chile) == ["enrolled", "succeeded", "finished"]


async def test_a_task_is_created_beside_the_contact_with_its_tokens(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            step("1", "0-3", {
                "task_type": "CALL",
                "subject": "Call {{ enrolled_object.firstname }}",
                "body": "<p>New lead.</p>",
                "priority": "HIGH",
                "associations": [{
                    "target": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204},
                    "value": {"type": "ENROLLED_OBJECT"},
                }],
                "due_time": {"delta": 1, "timeUnit": "DAYS",
                             "timeOfDay": {"hour": 9, "minute": 0}, "daysOfWeek": []},
            }),
        ],
    )  # fmt: skip
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", firstname="Ada")
    await story.rest()
    (task,) = await story.query("SELECT id, properties FROM records WHERE type = '0-27'")
    assert task.properties["hs_task_subject"] == "Call Ada"
    assert task.properties["hs_task_priority"] == "HIGH"
    tomorrow = (NOW + timedelta(days=1)).replace(hour=9)
    assert task.properties["hs_timestamp"] == instant_text(tomorrow)
    assert task.id & 63 == ada & 63
    edges = await story.query(
        "SELECT from_id, type_id, to_id FROM associations ORDER BY type_id, from_id"
    )
    assert (task.id, 204, ada) in [tuple(edge) for edge in edges]
    assert (ada, 203, task.id) in [tuple(edge) for edge in edges]
    (history,) = await story.query(
        "SELECT source FROM property_history WHERE record_id = %s", task.id
    )
    assert history.source == f"AUTOMATION_PLATFORM/{flow.id}"


async def test_a_number_is_increased_and_a_list_appended_to(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            set_property("1", "num_notes", {"type": "INCREMENT", "incrementAmount": "2"}),
            set_property("2", "num_notes", {"type": "INCREMENT", "incrementAmount": "-0.5"}),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", num_notes="40")
    await story.rest()
    assert float((await story.record("contacts", ada)).properties["num_notes"]) == 41.5


async def test_a_value_that_does_not_fit_fails_the_step_and_the_record_goes_on(
    story: Story,
) -> None:
    copied = {"type": "OBJECT_PROPERTY", "propertyName": "city"}
    flow = await story.workflow(
        when(LEADS),
        [set_property("1", "num_notes", copied), set_property("2", "hs_lead_status", "NEW")],
    )
    await story.turn_on(flow)
    seven = await story.contact(lifecyclestage="lead", city="7")
    lund = await story.contact(lifecyclestage="lead", city="Lund")
    await story.rest()
    assert await story.kinds(flow, seven) == ["enrolled", "succeeded", "succeeded", "finished"]
    assert await story.kinds(flow, lund) == ["enrolled", "failed", "succeeded", "finished"]
    assert (await story.record("contacts", lund)).properties["hs_lead_status"] == "NEW"


async def test_a_mail_is_queued_once_for_each_with_an_address(story: Story) -> None:
    mail = await story.email(subject="Hello {{ contact.firstname }}", html="<p>Welcome</p>")
    flow = await story.workflow(when(LEADS), [step("1", "0-4", {"content_id": mail})])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", firstname="Ada", email="ada@example.test")
    nobody = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "queued", "finished"]
    assert await story.kinds(flow, nobody) == ["enrolled", "failed", "finished"]
    (effect,) = await story.query("SELECT part, payload, state FROM effects")
    assert (effect.part, effect.state) == ("ada@example.test", "pending")
    assert effect.payload["tokens"] == {"contact.firstname": "Ada"}


async def test_a_jump_back_rests_a_minute_so_that_it_cannot_spin(story: Story) -> None:
    flow = await story.workflow(
        when(LEADS),
        [
            set_property("1", "num_notes", {"type": "INCREMENT", "incrementAmount": "1"}),
            branch("2", ("Enough", all_of(notes_above(3)), "3"), default="4"),
            set_property("3", "hs_lead_status", "OPEN", connection=None),
            delay("4", 0, connection=to("1", jump=True)),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", num_notes="0")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["num_notes"] == 1
    await story.pass_time(minutes=1)
    assert (await story.record("contacts", ada)).properties["num_notes"] == 2
    await story.pass_time(minutes=1)
    await story.pass_time(minutes=1)
    assert (await story.counts(flow)) == {"enrolled": 1, "finished": 1}


def notes_above(number: int) -> dict[str, object]:
    from tests.story import property_is

    return property_is("num_notes", "NUMBER", "IS_GREATER_THAN", value=number)


async def test_an_archived_contact_leaves_its_workflows(story: Story) -> None:
    from penstock.records import store

    flow = await story.workflow(when(LEADS), [delay("1", 60), set_property("2", "city", "Lund")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await store.archive(conn, schema.type("contacts"), [ada], story.write)
    await story.rest()
    await story.pass_time(hours=2)
    assert await story.kinds(flow, ada) == ["enrolled", "waiting", "unenrolled"]
    assert (await story.counts(flow)) == {"enrolled": 1, "unenrolled": 1}


async def test_a_random_split_follows_its_shares(story: Story) -> None:
    split = {
        "type": "AB_TEST_BRANCH",
        "actionId": "1",
        "testBranches": [
            {"percentage": 80, "connection": to("2")},
            {"percentage": 20, "connection": to("3")},
        ],
    }
    flow = await story.workflow(
        when(all_of(equals("city", "Oslo"))),
        [
            split,
            set_property("2", "hs_lead_status", "CONNECTED", connection=None),
            set_property("3", "hs_lead_status", "UNQUALIFIED", connection=None),
        ],
    )
    await story.turn_on(flow)
    await story.create("contacts", *([{"city": "Oslo"}] * 1000))
    await story.rest()
    rows = await story.query(
        "SELECT properties ->> 'hs_lead_status' AS status, count(*) AS n FROM records"
        " WHERE type = '0-1' GROUP BY 1"
    )
    found = {row.status: row.n for row in rows}
    # Chance is a hash of ids, which are the same in every run.
    assert 740 < found["CONNECTED"] < 860
    assert found["CONNECTED"] + found["UNQUALIFIED"] == 1000


async def test_a_branch_that_asks_for_no_value_lets_everybody_pass(story: Story) -> None:
    through = {
        "type": "STATIC_BRANCH",
        "actionId": "1",
        "staticBranches": [{"branchValue": ""}],
        "defaultBranch": to("2"),
    }
    flow = await story.workflow(when(LEADS), [through, set_property("2", "city", "Lund")])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["city"] == "Lund"
