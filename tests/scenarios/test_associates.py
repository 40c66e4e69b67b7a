"""Workflows write the records associated with theirs, wherever those are."""

from typing import Any

from penstock.records import merging
from tests.story import (
    Story,
    all_of,
    branch,
    delay,
    equals,
    property_is,
    set_property,
    step,
    to,
    when,
)

OSLO = when(all_of(equals("city", "Oslo")))
COMPANY = 279


def of_company(id: str, name: str, value: Any, select: str = "ALL", **rest: Any) -> dict[str, Any]:
    drawn = set_property(id, name, value, **rest)
    drawn["fields"]["association"] = {
        "associationCategory": "HUBSPOT_DEFINED",
        "associationTypeId": COMPANY,
        "select": select,
    }
    return drawn


async def employ(story: Story, contact: int, **company: Any) -> int:
    (id,) = await story.create("companies", company)
    await story.associate(contact, id, COMPANY)
    return id


async def test_a_contact_writes_its_company_and_the_next_step_reads_what_was_written(
    story: Story,
) -> None:
    flow = await story.workflow(
        OSLO,
        [
            of_company("1", "industry", "COMPUTER_SOFTWARE"),
            set_property("2", "hs_lead_status", "OPEN"),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(firstname="Ada")
    firm = await employ(story, ada, name="Firm")
    other = await employ(story, ada, name="Other firm")
    await story.update("contacts", ada, city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == [
        "enrolled", "held", "succeeded", "succeeded", "finished",
    ]  # fmt: skip
    for company in (firm, other):
        record = await story.record("companies", company)
        assert record.properties["industry"] == "COMPUTER_SOFTWARE"
    rows = await story.query("SELECT part, kind, state FROM effects ORDER BY part")
    assert [tuple(row) for row in rows] == [
        (str(id), "request", "done") for id in sorted((firm, other), key=str)
    ]
    (source,) = await story.query(
        "SELECT source FROM property_history WHERE record_id = %s AND changed ? 'industry'",
        firm,
    )
    assert source[0] == f"AUTOMATION_PLATFORM/{flow.id}"
    assert await story.verify() == []


async def test_only_the_company_that_was_associated_latest(story: Story) -> None:
    flow = await story.workflow(OSLO, [of_company("1", "city", "Oslo", "LATEST")])
    await story.turn_on(flow)
    ada = await story.contact()
    first = await employ(story, ada, name="First")
    await story.pass_time(days=1)
    latest = await employ(story, ada, name="Latest")
    await story.update("contacts", ada, city="Oslo")
    await story.rest()
    assert "city" not in (await story.record("companies", first)).properties
    assert (await story.record("companies", latest)).properties["city"] == "Oslo"


async def test_many_contacts_add_to_one_company_and_every_one_counts(story: Story) -> None:
    one_more = {"type": "INCREMENT", "incrementAmount": "1"}
    flow = await story.workflow(OSLO, [of_company("1", "numberofemployees", one_more)])
    await story.turn_on(flow)
    people = await story.create("contacts", *({"firstname": f"P{n}"} for n in range(200)))
    (firm,) = await story.create("companies", {"name": "Firm", "numberofemployees": "5"})
    for person in people:
        await story.associate(person, firm, COMPANY)
    for person in people:
        await story.update("contacts", person, city="Oslo")
    await story.rest()
    assert (await story.record("companies", firm)).properties["numberofemployees"] == 205
    assert await story.counts(flow) == {"enrolled": 200, "finished": 200}


async def test_what_several_append_to_one_contact_is_one_write(story: Story) -> None:
    value = {"type": "APPEND_OBJECT_PROPERTY", "appendPropertyName": "city"}
    drawn = of_company("1", "hs_buying_role", value)
    drawn["fields"]["association"]["associationTypeId"] = 280
    of_companies = {"type": "PLATFORM_FLOW", "objectTypeId": "0-2"}
    flow = await story.workflow(when(all_of(equals("state", "Oslo"))), [drawn], **of_companies)
    await story.turn_on(flow)
    ada = await story.contact(firstname="Ada")
    roles = ["CHAMPION", "BLOCKER", "END_USER;CHAMPION"]
    firms = [await employ(story, ada, name="Firm", city=role) for role in roles]
    await story.rest()
    for firm in firms:
        await story.update("companies", firm, state="Oslo")
        await story.turn(firm)
    await story.turn(ada)
    (write,) = await story.query(
        "SELECT changed FROM property_history WHERE record_id = %s AND changed ? 'hs_buying_role'",
        ada,
    )
    assert set(write.changed["hs_buying_role"]) == {"CHAMPION", "BLOCKER", "END_USER"}
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 3, "finished": 3}


async def test_who_has_no_company_fails_the_step_and_goes_on(story: Story) -> None:
    flow = await story.workflow(
        OSLO, [of_company("1", "city", "Oslo"), set_property("2", "hs_lead_status", "OPEN")]
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "failed", "succeeded", "finished"]


async def test_a_value_that_the_company_cannot_take_fails_by_the_exit_for_errors(
    story: Story,
) -> None:
    city = {"type": "OBJECT_PROPERTY", "propertyName": "city"}
    flow = await story.workflow(
        OSLO,
        [
            of_company("1", "numberofemployees", city, connection=to("2"), errorConnection=to("3")),
            set_property("2", "hs_lead_status", "OPEN", connection=None),
            set_property("3", "hs_lead_status", "NEW", connection=None),
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact()
    await employ(story, ada, name="Firm")
    await story.update("contacts", ada, city="Oslo")
    await story.rest()
    assert await story.kinds(flow, ada) == [
        "enrolled", "held", "failed", "succeeded", "finished",
    ]  # fmt: skip
    assert (await story.record("contacts", ada)).properties["hs_lead_status"] == "NEW"


async def test_a_company_that_is_merged_meanwhile_hands_the_request_on(story: Story) -> None:
    flow = await story.workflow(OSLO, [of_company("1", "city", "Oslo")])
    await story.turn_on(flow)
    ada = await story.contact()
    firm = await employ(story, ada, name="Firm")
    (survivor,) = await story.create("companies", {"name": "Survivor"})
    await story.update("contacts", ada, city="Oslo")
    await story.worker.turn_one(ada & 63)
    await story.merge("companies", survivor, firm)
    await story.rest()
    assert (await story.record("companies", survivor)).properties["city"] == "Oslo"
    assert (await story.kinds(flow, ada))[-1] == "finished"
    assert await story.verify() == []


async def test_a_company_that_is_gone_by_then_fails_the_step(story: Story) -> None:
    flow = await story.workflow(OSLO, [of_company("1", "city", "Oslo")])
    await story.turn_on(flow)
    ada = await story.contact()
    firm = await employ(story, ada, name="Firm")
    await story.update("contacts", ada, city="Oslo")
    await story.worker.turn_one(ada & 63)
    await story.archive("companies", firm)
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "held", "failed", "finished"]


async def test_a_contact_enrols_its_companies_in_a_workflow_of_companies(story: Story) -> None:
    other = await story.workflow(
        None,
        [set_property("1", "city", "Bergen")],
        type="PLATFORM_FLOW",
        objectTypeId="0-2",
    )
    await story.turn_on(other)
    flow = await story.workflow(
        OSLO,
        [step("1", "0-15", {"flow_id": str(other.id),
                            "association": {"associationTypeId": COMPANY}})],
    )  # fmt: skip
    await story.turn_on(flow)
    ada = await story.contact()
    firm = await employ(story, ada, name="Firm")
    await story.update("contacts", ada, city="Oslo")
    await story.rest()
    assert await story.kinds(other, firm) == ["enrolled", "succeeded", "finished"]


async def test_a_step_is_tried_again_before_it_fails_for_good(story: Story) -> None:
    number = {"type": "OBJECT_PROPERTY", "propertyName": "company"}
    flow = await story.workflow(
        OSLO,
        [
            set_property(
                "1", "num_notes", number, errorPolicy={"retries": 2, "minutes": 10, "then": "FAIL"}
            )
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo", company="none")
    eve = await story.contact(city="Oslo", company="none")
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "retrying"]
    await story.update("contacts", eve, company="7")
    await story.pass_time(minutes=10)
    assert await story.kinds(flow, eve) == ["enrolled", "retrying", "succeeded", "finished"]
    await story.pass_time(minutes=10)
    assert await story.kinds(flow, ada) == [
        "enrolled", "retrying", "retrying", "failed", "failed",
    ]  # fmt: skip
    assert await story.counts(flow) == {"enrolled": 2, "finished": 1, "failed": 1}
    assert await story.verify() == []


async def test_who_jumps_back_too_often_is_let_go(story: Story) -> None:
    enough = property_is("num_notes", "NUMBER", "IS_GREATER_THAN", value=1000)
    flow = await story.workflow(
        OSLO,
        [
            delay("1", 1, connection=to("2")),
            branch("2", ("Enough", all_of(enough), None)) | {"defaultBranch": to("1", jump=True)},
        ],
    )
    await story.turn_on(flow)
    ada = await story.contact(city="Oslo")
    await story.rest()
    for _ in range(250):
        await story.pass_time(minutes=1)
    assert (await story.kinds(flow, ada))[-1] == "unenrolled"
    assert await story.counts(flow) == {"enrolled": 1, "unenrolled": 1}


async def test_a_company_that_is_erased_before_it_is_written_holds_nobody(story: Story) -> None:
    flow = await story.workflow(
        OSLO, [of_company("1", "city", "Oslo"), set_property("2", "hs_lead_status", "OPEN")]
    )
    await story.turn_on(flow)
    ada = await story.contact()
    firm = await employ(story, ada, name="Firm")
    assert ada & 63 != firm & 63
    await story.rest()
    await story.update("contacts", ada, city="Oslo")
    await story.turn(ada)
    assert (await story.kinds(flow, ada))[-1] == "held"
    schema = await story.house.schema()
    async with story.house.database.unit() as conn:
        await merging.erase(conn, schema, schema.type("companies"), firm, story.write)
    await story.rest()
    assert await story.kinds(flow, ada) == ["enrolled", "held", "failed", "succeeded", "finished"]
    assert await story.verify() == []


async def test_who_is_taken_out_while_it_holds_is_not_led_on_by_the_answer(story: Story) -> None:
    flow = await story.workflow(
        OSLO, [of_company("1", "city", "Oslo"), set_property("2", "hs_lead_status", "OPEN")]
    )
    await story.turn_on(flow)
    ada, bo = await story.create("contacts", {"firstname": "Ada"}, {"firstname": "Bo"})
    firm = await employ(story, ada, name="Firm")
    await story.associate(bo, firm, COMPANY)
    await story.rest()
    for person in (ada, bo):
        await story.update("contacts", person, city="Oslo")
        await story.turn(person)
    await story.unenroll(flow, ada)
    await story.archive("contacts", bo)
    for person in (ada, bo):
        await story.turn(person)
    await story.rest()
    for person in (ada, bo):
        assert await story.kinds(flow, person) == ["enrolled", "held", "unenrolled"]
    assert (await story.record("companies", firm)).properties["city"] == "Oslo"
    assert await story.counts(flow) == {"enrolled": 2, "unenrolled": 2}
    assert await story.verify() == []
