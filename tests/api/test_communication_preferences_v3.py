"""What people want to be written about, over HTTP."""

from typing import Any

import httpx
import pytest
from hubspot.communication_preferences import PublicUpdateSubscriptionStatusRequest

from tests.api.conftest import Service, make_key

PREFERENCES = "/communication-preferences/v3"


async def contact(wire: httpx.AsyncClient, **properties: str) -> None:
    properties = {"email": "ada@x.test"} | properties
    made = await wire.post("/crm/v3/objects/contacts", json={"properties": properties})
    assert made.status_code == 201


async def statuses(wire: httpx.AsyncClient) -> dict[str, tuple[str, str]]:
    answer = (await wire.get(f"{PREFERENCES}/status/email/ada@x.test")).json()
    return {
        one["id"]: (one["status"], one["sourceOfStatus"]) for one in answer["subscriptionStatuses"]
    }


async def test_the_official_client_subscribes_and_unsubscribes(
    service: Service, wire: httpx.AsyncClient
) -> None:
    await contact(wire)
    api = service.client.communication_preferences
    definitions = api.definition_api.get_page().subscription_definitions
    assert [one.id for one in definitions] == ["1", "2", "3"]
    wanted = PublicUpdateSubscriptionStatusRequest(
        email_address="Ada@x.test",
        subscription_id="1",
        legal_basis="CONSENT_WITH_NOTICE",
        legal_basis_explanation="Asked for it",
    )
    said = api.status_api.subscribe(wanted)
    assert (said.status, said.source_of_status) == ("SUBSCRIBED", "SUBSCRIPTION_STATUS")
    (one, *rest) = api.status_api.get_email_status("ada@x.test").subscription_statuses
    assert (one.status, one.legal_basis) == ("SUBSCRIBED", "CONSENT_WITH_NOTICE")
    assert one.legal_basis_explanation == "Asked for it"
    assert {other.status for other in rest} == {"NOT_SUBSCRIBED"}
    left = PublicUpdateSubscriptionStatusRequest(email_address="ada@x.test", subscription_id="1")
    assert api.status_api.unsubscribe(left).status == "NOT_SUBSCRIBED"


async def test_who_wants_no_mail_at_all_is_subscribed_to_none(wire: httpx.AsyncClient) -> None:
    await contact(wire, hs_email_optout="true")
    body = {"emailAddress": "ada@x.test", "subscriptionId": "1"}
    said = await wire.post(f"{PREFERENCES}/subscribe/", json=body)
    assert said.json()["status"] == "NOT_SUBSCRIBED"
    assert (await statuses(wire))["1"] == ("NOT_SUBSCRIBED", "PORTAL_WIDE_STATUS")


async def test_what_was_said_is_an_event_and_found_by_filters(wire: httpx.AsyncClient) -> None:
    await contact(wire)
    body = {"emailAddress": "ada@x.test", "subscriptionId": "1"}
    for _ in range(2):
        assert (await wire.post(f"{PREFERENCES}/unsubscribe", json=body)).status_code == 200
    asked = {"objectType": "contact", "eventType": "e_subscription_updated"}
    found = (await wire.get("/crm/v3/objects/contacts?limit=1")).json()["results"]
    events = await wire.get("/events/v3/events", params={**asked, "objectId": found[0]["id"]})
    (event,) = events.json()["results"]
    assert event["properties"]["hs_subscription_status"] == "UNSUBSCRIBED"


async def test_a_subscription_type_of_ones_own(wire: httpx.AsyncClient) -> None:
    body = {"name": "Monthly letter", "description": "Once a month."}
    made = (await wire.post("/api/subscription-types", json=body)).json()
    listed = (await wire.get(f"{PREFERENCES}/definitions/")).json()["subscriptionDefinitions"]
    assert listed[-1] == made
    assert (await wire.post("/api/subscription-types", json=body)).status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"emailAddress": "nobody@x.test"}, 404),
        ({"subscriptionId": "77"}, 404),
        ({"legalBasis": "WHIM"}, 400),
    ],
)
async def test_what_cannot_be_said_is_refused(
    wire: httpx.AsyncClient, change: dict[str, Any], status: int
) -> None:
    await contact(wire)
    body = {"emailAddress": "ada@x.test", "subscriptionId": "1", **change}
    assert (await wire.post(f"{PREFERENCES}/subscribe", json=body)).status_code == status
    assert {one for one, _ in (await statuses(wire)).values()} == {"NOT_SUBSCRIBED"}


async def test_scopes_tell_who_may_read_and_who_may_write(service: Service) -> None:
    key = await make_key(service.url, "communication_preferences.read")
    async with service.wire(key) as wire:
        assert (await wire.get(f"{PREFERENCES}/definitions")).status_code == 200
        body = {"emailAddress": "ada@x.test", "subscriptionId": "1"}
        assert (await wire.post(f"{PREFERENCES}/subscribe", json=body)).status_code == 403


async def test_a_mail_keeps_the_kind_that_it_is(wire: httpx.AsyncClient) -> None:
    body: dict[str, Any] = {
        "name": "Letter",
        "subject": "News",
        "content": {"html": "<p>Hi</p>"},
        "subscriptionDetails": {"subscriptionId": "1"},
    }
    made = (await wire.post("/marketing/v3/emails/", json=body)).json()
    assert made["subscriptionDetails"] == {"subscriptionId": "1"}
    body["subscriptionDetails"] = {"subscriptionId": "77"}
    assert (await wire.post("/marketing/v3/emails", json=body)).status_code == 404
    body["subscriptionDetails"] = {"subscriptionId": ""}
    changed = await wire.patch(f"/marketing/v3/emails/{made['id']}", json=body)
    assert "subscriptionDetails" not in changed.json()
