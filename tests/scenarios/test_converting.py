"""The conversion rate of a workflow: who met its goal after one of its e-mails (semantics §7)."""

import os
from typing import Any

import pytest

from penstock.delivery.deliverer import Deliverer
from penstock.kernel.settings import Settings
from tests.story import Story, all_of, any_of, delay, equals, set_property, step, when

OSLO = when(all_of(equals("city", "Oslo")))
CUSTOMERS = all_of(any_of("lifecyclestage", "customer"))


async def deliver(story: Story) -> None:
    deliverer = Deliverer(story.house.database, story.clock, Settings(), f"test-{os.getpid()}")
    try:
        while await deliverer.deliver():
            pass
    finally:
        await deliverer.close()
    await story.rest()


async def flow_with_mail(story: Story, *more: dict[str, Any]) -> Any:
    mail = await story.email(subject="Hello", html="<p>Hello</p>")
    actions = [step("1", "0-4", {"content_id": mail}), *more]
    flow = await story.workflow(OSLO, actions, goalFilterBranch=CUSTOMERS)
    await story.turn_on(flow)
    return flow


async def test_who_meets_the_goal_after_the_end_counts_once_and_for_ever(story: Story) -> None:
    flow = await flow_with_mail(story)
    ada = await story.contact(city="Oslo", email="ada@x.test")
    eve = await story.contact(city="Oslo", email="eve@x.test")
    await story.rest()
    await deliver(story)
    assert await story.counts(flow) == {"enrolled": 2, "finished": 2}
    for stage in ("customer", "evangelist", "customer"):
        await story.update("contacts", ada, lifecyclestage=stage)
        await story.rest()
    assert (await story.counts(flow))["converted"] == 1
    await story.update("contacts", eve, city="Rome")
    await story.rest()
    assert (await story.counts(flow))["converted"] == 1
    assert await story.verify() == []


@pytest.mark.parametrize("sent", [True, False])
async def test_only_an_e_mail_that_was_sent_makes_it_count(story: Story, *, sent: bool) -> None:
    flow = await flow_with_mail(story)
    ada = await story.contact(city="Oslo", email="ada@x.test")
    await story.rest()
    if sent:
        await deliver(story)
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    assert (await story.counts(flow)).get("converted", 0) == (1 if sent else 0)


async def test_a_goal_met_on_the_way_ends_the_passage_and_counts(story: Story) -> None:
    flow = await flow_with_mail(story, delay("2", 60), set_property("3", "company", "Acme"))
    ada = await story.contact(city="Oslo", email="ada@x.test")
    await story.rest()
    await deliver(story)
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 1, "goal_met": 1, "converted": 1}


@pytest.mark.parametrize("way", ["suppressed", "matches no more", "displaced", "by hand"])
async def test_who_was_taken_out_does_not_count(story: Story, way: str) -> None:
    mail = await story.email(subject="Hello", html="<p>Hello</p>")
    trigger = {**OSLO, "unEnrollObjectsNotMeetingCriteria": True}
    flow = await story.workflow(
        trigger,
        [step("1", "0-4", {"content_id": mail}), delay("2", 60)],
        goalFilterBranch=CUSTOMERS,
        suppressionFilterBranch=all_of(equals("company", "Acme")),
    )
    other = await story.workflow(
        when(all_of(equals("jobtitle", "Chief"))), [], unEnrollmentSetting={"type": "ALL"}
    )
    await story.turn_on(flow)
    await story.turn_on(other)
    ada = await story.contact(city="Oslo", email="ada@x.test")
    await story.rest()
    await deliver(story)
    if way == "suppressed":
        await story.update("contacts", ada, company="Acme")
    elif way == "matches no more":
        await story.update("contacts", ada, city="Rome")
    elif way == "displaced":
        await story.update("contacts", ada, jobtitle="Chief")
    else:
        await story.unenroll(flow, ada)
    await story.rest()
    await story.update("contacts", ada, lifecyclestage="customer")
    await story.rest()
    assert await story.counts(flow) == {"enrolled": 1, "unenrolled": 1}
