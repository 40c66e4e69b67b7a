"""Stories of webhooks: from a workflow's step to somebody's server, and back into the workflow."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from hubspot.utils.signature import Signature

from penstock.accounts import secrets
from penstock.accounts.seal import Seal
from penstock.delivery.deliverer import Deliverer
from penstock.engine import history
from penstock.kernel.settings import Settings
from penstock.workflows import store as workflows
from penstock.workflows.errors import WorkflowIncomplete
from tests.delivery.hooks import SECRET_KEY, Hook, allowing, open_hook
from tests.story import Story, all_of, any_of, property_is, set_property, to, when

LEADS = when(all_of(any_of("lifecyclestage", "lead")))


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with open_hook() as hook:
        yield hook


@pytest.fixture
async def deliverer(story: Story) -> AsyncIterator[Deliverer]:
    settings = Settings(**allowing())
    deliverer = Deliverer(story.house.database, story.clock, settings, "story")
    yield deliverer
    await deliverer.close()


def webhook(id: str, url: str, method: str = "POST", **rest: Any) -> dict[str, Any]:
    return {
        "type": "WEBHOOK",
        "actionId": id,
        "method": method,
        "webhookUrl": url,
        "queryParams": [],
        **rest,
    }


def field(step: str, key: str) -> dict[str, str]:
    return {"type": "FIELD_DATA", "actionId": step, "dataKey": key}


async def told(story: Story, record: int) -> list[str]:
    async with story.house.database.unit() as conn:
        return [str(entry.text()) for entry in await history.of_record(conn, record)]


async def test_what_the_answer_says_decides_the_way(
    story: Story, deliverer: Deliverer, hook: Hook
) -> None:
    async def score(request: web.Request) -> web.StreamResponse:
        grade = "A" if request.query["who"] == "Ada" else "B"
        return web.json_response({"grade": grade, "score": 7, "more": {"not": "kept"}})

    hook.answer = score
    value = {"type": "OBJECT_PROPERTY", "propertyName": "firstname"}
    workflow = await story.workflow(
        LEADS,
        [
            webhook(
                "1",
                hook.url(),
                "GET",
                queryParams=[{"name": "who", "value": value}],
                connection=to("2"),
            ),
            {
                "type": "STATIC_BRANCH",
                "actionId": "2",
                "inputValue": field("1", "grade"),
                "staticBranches": [{"branchValue": "A", "connection": to("3")}],
                "defaultBranchName": "Others",
                "defaultBranch": to("4"),
            },
            set_property("3", "jobtitle", field("1", "score"), connection=None),
            set_property("4", "jobtitle", "other"),
        ],
    )
    await story.turn_on(workflow)
    ada = await story.contact(firstname="Ada", lifecyclestage="lead")
    bo = await story.contact(firstname="Bo", lifecyclestage="lead")
    await story.rest()
    assert await story.kinds(workflow, ada) == ["enrolled", "held"]
    assert await deliverer.deliver() == 2
    await story.rest()
    assert [(await story.record("contacts", one)).properties["jobtitle"] for one in (ada, bo)] == [
        "7",
        "other",
    ]
    assert all(taken.body == b"" for taken in hook.taken)
    assert f"Webhook answered by {hook.url()}" in await told(story, ada)
    assert await story.verify() == []


async def test_a_contact_is_posted_with_its_history(
    story: Story, deliverer: Deliverer, hook: Hook
) -> None:
    workflow = await story.workflow(
        when(all_of(property_is("jobtitle", "ALL_PROPERTY", "IS_KNOWN"))),
        [webhook("1", hook.url())],
    )
    ada = await story.contact(email="ada@x.test", firstname="Ada")
    story.clock.forward(seconds=1)
    await story.update("contacts", ada, firstname="Åda", jobtitle="Countess")
    await story.turn_on(workflow, existing=True)
    await deliverer.deliver()
    (taken,) = hook.taken
    sent = json.loads(taken.body)
    assert sent["id"] == str(ada)
    assert sent["properties"]["email"] == "ada@x.test"
    assert sent["properties"]["hs_object_id"] == str(ada)
    assert [past["value"] for past in sent["propertiesWithHistory"]["firstname"]] == ["Åda", "Ada"]
    assert sent["propertiesWithHistory"]["firstname"][0]["timestamp"] == "2026-03-02T10:00:01.000Z"


async def test_a_deal_is_posted_as_it_is(story: Story, deliverer: Deliverer, hook: Hook) -> None:
    workflow = await story.workflow(
        when(all_of(property_is("dealname", "ALL_PROPERTY", "IS_KNOWN"))),
        [webhook("1", hook.url())],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
    )
    await story.turn_on(workflow)
    (deal,) = await story.create("deals", {"dealname": "Big", "amount": "100"})
    await story.rest()
    await deliverer.deliver()
    sent = json.loads(hook.taken[0].body)
    assert (sent["id"], sent["properties"]["amount"]) == (str(deal), "100")
    assert "propertiesWithHistory" not in sent


async def test_who_is_refused_fails_with_the_reason_and_goes_on_or_takes_its_own_way(
    story: Story, deliverer: Deliverer, hook: Hook
) -> None:
    hook.says(404)
    plain = await story.workflow(
        LEADS,
        [webhook("1", hook.url("/1"), connection=to("2")), set_property("2", "jobtitle", "after")],
    )
    forked = await story.workflow(
        LEADS,
        [
            webhook("1", hook.url("/2"), connection=to("2"), errorConnection=to("3")),
            set_property("2", "city", "straight"),
            set_property("3", "city", "astray"),
        ],
    )
    for workflow in (plain, forked):
        await story.turn_on(workflow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    await deliverer.deliver()
    await story.rest()
    properties = (await story.record("contacts", ada)).properties
    assert (properties["jobtitle"], properties["city"]) == ("after", "astray")
    lines = await told(story, ada)
    assert "Failed: the receiver answered with the status 404" in lines
    assert f"Webhook to {hook.url('/1')} was not taken: the receiver refused it" in lines


async def test_a_receiver_that_is_down_holds_the_record_until_it_is_back(
    story: Story, deliverer: Deliverer, hook: Hook
) -> None:
    hook.says(503)
    workflow = await story.workflow(
        LEADS, [webhook("1", hook.url(), connection=to("2")), set_property("2", "city", "after")]
    )
    await story.turn_on(workflow)
    ada = await story.contact(lifecyclestage="lead")
    await story.rest()
    for _ in range(3):
        await deliverer.deliver()
        await story.pass_time(minutes=5)
    assert await story.kinds(workflow, ada) == ["enrolled", "held"]
    hook.says(200)
    await deliverer.deliver()
    await story.rest()
    assert (await story.record("contacts", ada)).properties["city"] == "after"
    assert len({taken.headers["Idempotency-Key"] for taken in hook.taken}) == 1


async def test_it_is_signed_with_the_secret_of_its_app(
    story: Story, deliverer: Deliverer, hook: Hook
) -> None:
    workflow = await story.workflow(
        LEADS, [webhook("1", hook.url(), authSettings={"type": "SIGNATURE", "appId": 77})]
    )
    with pytest.raises(WorkflowIncomplete) as refused:
        await story.turn_on(workflow)
    assert [(one.where, one.code) for one in refused.value.problems] == [
        ("$.actions[0].authSettings.appId", "SECRET_DOESNT_EXIST")
    ]
    async with story.house.database.unit() as conn:
        await secrets.put(conn, Seal(SECRET_KEY), "app-77", "the app's own", story.now)
    await story.turn_on(workflow)
    await story.contact(lifecyclestage="lead", firstname="Åsa")
    await story.rest()
    await deliverer.deliver()
    (taken,) = hook.taken
    assert Signature.is_valid(
        taken.headers["X-HubSpot-Signature"],
        "the app's own",
        taken.body.decode(),
        http_uri=taken.uri,
        http_method="POST",
    )


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"method": "TRACE"}, ("method", "METHOD_UNSUPPORTED")),
        ({"webhookUrl": "ftp://x.test/"}, ("webhookUrl", "URL_INVALID")),
        ({"webhookUrl": "hook"}, ("webhookUrl", "URL_INVALID")),
        ({"webhookUrl": "https://me:pass@x.test/"}, ("webhookUrl", "URL_INVALID")),
        (
            {
                "authSettings": {
                    "type": "AUTH_KEY",
                    "name": "X-Key",
                    "location": "HEADER",
                    "secretName": "none",
                }
            },
            ("authSettings.secretName", "SECRET_DOESNT_EXIST"),
        ),
        (
            {"authSettings": {"type": "AUTH_KEY", "name": "Host", "location": "HEADER"}},
            ("authSettings.secretName", "MISSING"),
        ),
        ({"queryParams": [{"value": "x"}]}, ("queryParams[0].name", "MISSING")),
    ],
)
async def test_what_is_wrong_with_its_settings_keeps_it_off(
    story: Story, settings: dict[str, Any], problem: tuple[str, str]
) -> None:
    workflow = await story.workflow(LEADS, [webhook("1", "https://x.test/", **settings)])
    async with story.house.database.unit() as conn:
        schema = await story.house.schemas.current(conn)
        with pytest.raises(WorkflowIncomplete) as refused:
            await workflows.turn_on(conn, schema, workflow.id, "story", story.now)
    where, code = problem
    assert (f"$.actions[0].{where}", code) in [
        (one.where, one.code) for one in refused.value.problems
    ]
