"""Events that are sent and read, through HubSpot's own client and on the wire."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hubspot.events import send as sending

from tests.api.conftest import Service, make_key
from tests.api.test_event_definitions_v3 import define
from tests.api.test_properties_v3 import refused

SEND = "/events/v3/send"
EVENTS = "/events/v3/events"
NAME = "pe1000001_demo"


@pytest.fixture
async def demo(wire: httpx.AsyncClient) -> str:
    """The full name of an event with a text and a number."""
    properties = [
        {"name": "plan", "label": "Plan", "type": "string"},
        {"name": "seats", "label": "Seats", "type": "number"},
    ]
    made = await define(wire, "demo", propertyDefinitions=properties)
    name: str = made["fullyQualifiedName"]
    return name


async def contact(wire: httpx.AsyncClient, **properties: str) -> str:
    answer = await wire.post("/crm/v3/objects/contacts", json={"properties": properties})
    id: str = answer.json()["id"]
    return id


async def ids(wire: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await wire.get(EVENTS, params=query)
    assert answer.status_code == 200, answer.text
    return [one["properties"].get("plan") for one in answer.json()["results"]]


async def test_the_official_client_sends_and_reads_events(
    service: Service, wire: httpx.AsyncClient, demo: str
) -> None:
    ada = await contact(wire, email="ada@example.test")
    client = service.client
    request = sending.BehavioralEventHttpCompletionRequest
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    client.events.send.basic_api.send(
        request(
            event_name=demo, email="ada@example.test", properties={"plan": "gold"}, occurred_at=noon
        )
    )
    client.events.send.batch_api.send(
        sending.BatchedBehavioralEventHttpCompletionRequest(
            inputs=[
                request(event_name=demo, object_id=ada, properties={"seats": "2.50"}),
                request(event_name=demo, object_id=ada, properties={}),
            ]
        )
    )
    api = client.events.events_api
    page = api.get_page(object_type="contact", object_id=ada, limit=2, sort=["occurredAt"])
    first = page.results[0]
    assert first.occurred_at == noon
    assert (first.event_type, first.object_type, first.object_id) == (demo, "CONTACT", ada)
    assert first.properties == {"plan": "gold"}
    assert page.results[1].properties == {"seats": "2.5"}
    rest = api.get_page(
        object_type="contact",
        object_id=ada,
        limit=2,
        sort=["occurredAt"],
        after=page.paging.next.after,
    )
    assert len(rest.results) == 1
    assert rest.paging is None
    assert api.get_page(id=[first.id]).results == [first]
    assert demo in api.get_types().event_types


async def test_every_operation_answers_with_its_own_status(
    wire: httpx.AsyncClient, demo: str
) -> None:
    ada = await contact(wire)
    event = {"eventName": demo, "objectId": ada}
    for path in (SEND, "/events/2026-03/send"):
        sent = await wire.post(path, json=event)
        assert (sent.status_code, sent.content) == (204, b"")
        assert (await wire.post(f"{path}/batch", json={"inputs": [event]})).status_code == 204
    listed = await wire.get(f"{EVENTS}/", params={"objectType": "contacts", "objectId": ada})
    assert len(listed.json()["results"]) == 4


async def test_an_event_may_say_to_whom_it_happened_in_three_ways(
    wire: httpx.AsyncClient, demo: str
) -> None:
    ada = await contact(wire, email="ada@example.test")
    for whom in ({"email": "ADA@example.test", "utk": "cookie"}, {"utk": "cookie"}):
        assert (await wire.post(SEND, json={"eventName": "demo", **whom})).status_code == 204
    found = await wire.get(
        EVENTS, params={"objectType": "contact", "objectProperty.email": "ada@example.test"}
    )
    assert [one["objectId"] for one in found.json()["results"]] == [ada, ada]


async def test_the_same_uuid_is_kept_once_whatever_it_looks_like(
    wire: httpx.AsyncClient, demo: str
) -> None:
    ada = await contact(wire)
    for key in (str(uuid4()), "order-17"):
        event = {"eventName": demo, "objectId": int(ada), "uuid": key}
        for _ in range(2):
            assert (await wire.post(SEND, json=event)).status_code == 204
    found = await wire.get(EVENTS, params={"objectType": "contacts", "objectId": ada})
    assert len(found.json()["results"]) == 2


async def test_a_wrong_event_is_refused_with_its_place(wire: httpx.AsyncClient, demo: str) -> None:
    ada = await contact(wire)
    good = {"eventName": demo, "objectId": ada}
    for wrong, place in (
        ({"eventName": "nothing"}, "eventName"),
        ({"objectId": "x"}, "objectId"),
        ({"properties": {"seats": "many"}}, "properties.seats"),
        ({"properties": {"colour": "red"}}, "properties.colour"),
        ({"occurredAt": "yesterday"}, "occurredAt"),
        ({"occurredAt": "0001-01-01T00:00:00+14:00"}, "occurredAt"),
    ):
        body = refused(await wire.post(SEND, json=good | wrong), 400, "VALIDATION_ERROR")
        assert [error["in"] for error in body["errors"]] == [place]
    batch = {"inputs": [good, good | {"objectId": 64}, {"eventName": demo}]}
    body = refused(await wire.post(f"{SEND}/batch", json=batch), 400, "VALIDATION_ERROR")
    assert [error["in"] for error in body["errors"]] == [
        "inputs[1].eventName",
        "inputs[2].objectId",
    ]
    assert await ids(wire, eventType=demo) == []


async def test_events_are_chosen_by_kind_time_and_value(wire: httpx.AsyncClient, demo: str) -> None:
    ada = await contact(wire)
    for hour, plan in enumerate(("a", "b", "c"), 10):
        event = {
            "eventName": demo,
            "objectId": ada,
            "occurredAt": f"2026-03-02T{hour}:00:00.000Z",
            "properties": {"plan": plan, "seats": hour},
        }
        await wire.post(SEND, json=event)
    assert await ids(wire, eventType=demo) == ["c", "b", "a"]
    assert await ids(wire, eventType="6-1000001", sort="occurredAt") == ["a", "b", "c"]
    assert await ids(wire, eventType="e_page_visited") == []
    assert await ids(wire, eventType="nothing") == []
    assert await ids(wire, eventType=demo, occurredAfter="2026-03-02T11:00:00Z") == ["c", "b"]
    assert await ids(wire, eventType=demo, occurredBefore="2026-03-02T11:00:00Z") == ["a"]
    assert await ids(wire, eventType="demo", **{"property.plan": "b"}) == ["b"]
    assert await ids(wire, eventType="demo", **{"property.seats": "12.0"}) == ["c"]
    assert await ids(wire, eventType="demo", objectType="deals") == []
    assert await ids(wire, objectType="contact", objectId=ada, limit=2) == ["c", "b"]


async def test_a_page_leads_to_the_next(wire: httpx.AsyncClient, demo: str) -> None:
    ada = await contact(wire)
    at = "2026-03-02T10:00:00Z"
    events = [
        {"eventName": demo, "objectId": ada, "occurredAt": at, "properties": {"plan": str(n)}}
        for n in range(5)
    ]
    await wire.post(f"{SEND}/batch", json={"inputs": events})
    answer = await wire.get(EVENTS, params={"eventType": demo, "limit": 2})
    found = []
    while True:
        body = answer.json()
        found += [one["properties"]["plan"] for one in body["results"]]
        if "paging" not in body:
            break
        answer = await wire.get(body["paging"]["next"]["link"])
    assert found == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"objectId": "1"},
        {"eventType": NAME, "sort": "name"},
        {"eventType": NAME, "after": "x"},
        {"eventType": NAME, "after": "9" * 40 + "-1"},
        {"eventType": NAME, "property.nothing": "x"},
        {"eventType": NAME, "property.seats": "many"},
        {"property.seats": "2", "id": "1"},
        {"objectType": "contact", "objectProperty.firstname": "x"},
        {"eventType": NAME, "limit": "0"},
    ],
)
async def test_a_wrong_question_is_refused(
    wire: httpx.AsyncClient, demo: str, query: dict[str, str]
) -> None:
    refused(await wire.get(EVENTS, params=query), 400, "VALIDATION_ERROR")


async def test_sending_and_reading_have_scopes_of_their_own(service: Service) -> None:
    key = await make_key(service.url, "business-intelligence")
    async with service.wire(key) as wire:
        assert (await wire.get(f"{EVENTS}/event-types")).status_code == 200
        refused(await wire.post(SEND, json={"eventName": "x"}), 403, "MISSING_SCOPES")
