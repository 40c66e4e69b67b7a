"""Steps keep what contacts want to get."""

from typing import Any

from penstock.records import subscriptions
from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


def manage(id: str, state: str, subscription: str = "1") -> dict[str, Any]:
    fields = {
        "targetContact": "{{ enrolled_object }}",
        "channel": "EMAIL",
        "optState": state,
        "subscriptionId": subscription,
        "legalBasis": "CONSENT_WITH_NOTICE",
        "legalBasisExplanation": "They asked at the fair",
    }
    return step(id, "0-43347357", fields)


async def test_what_contacts_want_is_kept_and_filters_notice(story: Story) -> None:
    flow = await story.workflow(when(LEADS), [manage("1", "OPT_OUT")])
    left = {
        "filterType": "EMAIL_SUBSCRIPTION",
        "subscriptionIds": ["1"],
        "acceptedStatuses": ["OPT_OUT"],
    }
    noticing = await story.workflow(
        when(all_of(left)), [set_property("1", "city", "Lund")], name="Noticing"
    )
    await story.turn_on(flow)
    await story.turn_on(noticing)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    async with story.house.database.unit() as conn:
        (said,) = (await subscriptions.of_contacts(conn, [ada]))[ada]
    assert (said.type, said.status, said.legal_basis) == (1, "UNSUBSCRIBED", "CONSENT_WITH_NOTICE")
    assert (await story.record("contacts", ada)).properties["city"] == "Lund"
    assert await story.kinds(flow, ada) == ["enrolled", "succeeded", "finished"]
    assert await story.verify() == []


async def test_an_unknown_subscription_is_a_problem_and_fails_where_it_is_reached(
    story: Story,
) -> None:
    flow = await story.workflow(when(LEADS), [manage("1", "OPT_IN", "99")])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        problems = await workflows.problems(conn, schema, flow)
    assert [problem.code for problem in problems] == ["SUBSCRIPTION_DOESNT_EXIST"]


async def test_contacts_become_marketing_contacts_and_others_again(story: Story) -> None:
    def status(id: str, kind: str) -> dict[str, Any]:
        fields = {"targetContact": "{{ enrolled_object }}", "marketableType": kind}
        return step(id, "0-31", fields)

    flow = await story.workflow(when(LEADS), [status("1", "MARKETABLE")])
    back = await story.workflow(
        when(all_of(any_of("hs_lead_status", "UNQUALIFIED"))), [status("1", "NON_MARKETABLE")]
    )
    await story.turn_on(flow)
    await story.turn_on(back)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["hs_marketable_status"] == "true"
    await story.update("contacts", ada, hs_lead_status="UNQUALIFIED")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["hs_marketable_status"] == "false"
