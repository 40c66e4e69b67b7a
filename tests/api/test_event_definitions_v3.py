"""Definitions of events, on the wire: HubSpot's client has no module for them."""

from typing import Any

import httpx

from tests.api.conftest import Service, make_key
from tests.api.test_properties_v3 import refused

DEFINITIONS = "/events/v3/event-definitions"


async def define(wire: httpx.AsyncClient, name: str, **traits: Any) -> dict[str, Any]:
    answer = await wire.post(DEFINITIONS, json={"name": name, "label": name.title(), **traits})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_definition_lives_with_hubspots_status_codes(wire: httpx.AsyncClient) -> None:
    made = await define(
        wire,
        "asked_demo",
        description="x",
        primaryObject="DEAL",
        includeDefaultProperties=False,
        propertyDefinitions=[
            {
                "name": "size",
                "label": "Size",
                "type": "enumeration",
                "options": [{"label": "Small", "value": "s"}],
            }
        ],
    )
    assert made | {"createdAt": "", "updatedAt": ""} == {
        "id": "1000001",
        "name": "asked_demo",
        "fullyQualifiedName": "pe1000001_asked_demo",
        "objectTypeId": "6-1000001",
        "labels": {"singular": "Asked_Demo", "plural": None},
        "description": "x",
        "primaryObject": "DEAL",
        "primaryObjectId": "0-3",
        "trackingType": "MANUAL",
        "archived": False,
        "properties": [
            {
                "name": "size",
                "label": "Size",
                "type": "enumeration",
                "fieldType": "select",
                "description": "",
                "options": [
                    {
                        "label": "Small",
                        "value": "s",
                        "description": "",
                        "displayOrder": 0,
                        "hidden": False,
                    }
                ],
                "archived": False,
            }
        ],
        "createdAt": "",
        "updatedAt": "",
    }
    one = f"{DEFINITIONS}/asked_demo"
    assert (await wire.get(one)).json() == made
    assert (await wire.get(f"{DEFINITIONS}/6-1000001")).json() == made
    changed = await wire.patch(one, json={"label": "Asked"})
    assert (changed.status_code, changed.json()["labels"]["singular"]) == (201, "Asked")
    assert (await wire.delete(one)).status_code == 204
    refused(await wire.get(one), 404, "OBJECT_NOT_FOUND")
    again = await wire.post(DEFINITIONS, json={"name": "asked_demo", "label": "x"})
    refused(again, 409, "OBJECT_ALREADY_EXISTS")


async def test_a_property_of_a_definition_lives(wire: httpx.AsyncClient) -> None:
    await define(wire, "demo")
    url = f"{DEFINITIONS}/demo/property"
    body = {"name": "Seats", "label": "Seats", "type": "number"}
    made = await wire.post(url, json=body)
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["fieldType"]) == ("seats", "number")
    refused(await wire.post(url, json=body), 409, "OBJECT_ALREADY_EXISTS")
    changed = await wire.patch(f"{url}/seats", json={"label": "Chairs", "description": "x"})
    assert (changed.status_code, changed.json()["label"]) == (200, "Chairs")
    assert (await wire.delete(f"{url}/seats")).status_code == 204
    refused(await wire.delete(f"{url}/seats"), 404, "OBJECT_NOT_FOUND")
    refused(await wire.patch(f"{url}/seats", json={}), 404, "OBJECT_NOT_FOUND")


async def test_definitions_are_found_page_by_page(wire: httpx.AsyncClient) -> None:
    for name in ("alpha", "beta", "alpine"):
        await define(wire, name)
    first = (await wire.get(f"{DEFINITIONS}/", params={"limit": 2})).json()
    assert [one["name"] for one in first["results"]] == ["alpha", "beta"]
    assert first["total"] == 3
    second = (await wire.get(first["paging"]["next"]["link"])).json()
    assert [one["name"] for one in second["results"]] == ["alpine"]
    assert "paging" not in second
    found = (await wire.get(DEFINITIONS, params={"searchString": "ALP"})).json()
    assert [one["name"] for one in found["results"]] == ["alpha", "alpine"]
    assert found["results"][0]["properties"]
    bare = await wire.get(DEFINITIONS, params={"includeProperties": "false"})
    assert bare.json()["results"][0]["properties"] == []


async def test_a_wrong_definition_is_refused(wire: httpx.AsyncClient) -> None:
    refused(await wire.post(DEFINITIONS, json={}), 400, "VALIDATION_ERROR")
    body = {"name": "x y", "label": "X", "primaryObject": "contacts"}
    assert refused(await wire.post(DEFINITIONS, json=body), 400, "VALIDATION_ERROR")
    body |= {"name": "x", "primaryObject": "spaceships"}
    refused(await wire.post(DEFINITIONS, json=body), 404, "OBJECT_NOT_FOUND")


async def test_definitions_have_a_scope_of_their_own(service: Service) -> None:
    key = await make_key(service.url, "business-intelligence")
    async with service.wire(key) as wire:
        refused(await wire.get(DEFINITIONS), 403, "MISSING_SCOPES")
