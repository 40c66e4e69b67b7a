"""Custom object types, through HubSpot's own client and on the wire."""

from typing import Any

import httpx
import pytest
from hubspot.crm import objects, schemas

from tests.api.conftest import Service, make_key
from tests.api.test_properties_v3 import refused

SCHEMAS = "/crm-object-schemas/v3/schemas"

CAR: dict[str, Any] = {
    "name": "car",
    "labels": {"singular": "Car", "plural": "Cars"},
    "requiredProperties": ["vin"],
    "primaryDisplayProperty": "vin",
    "secondaryDisplayProperties": ["colour"],
    "searchableProperties": ["vin", "colour"],
    "properties": [
        {
            "name": "vin",
            "label": "VIN",
            "type": "string",
            "fieldType": "text",
            "hasUniqueValue": True,
        },
        {"name": "colour", "label": "Colour", "type": "string", "fieldType": "text"},
    ],
    "associatedObjects": ["CONTACT"],
}


def egg() -> schemas.ObjectSchemaEgg:
    prop = schemas.ObjectTypePropertyCreate
    return schemas.ObjectSchemaEgg(
        name="car",
        labels=schemas.ObjectTypeDefinitionLabels(singular="Car", plural="Cars"),
        required_properties=["vin"],
        searchable_properties=["vin"],
        primary_display_property="vin",
        properties=[
            prop(name="vin", label="VIN", type="string", field_type="text"),
            prop(name="doors", label="Doors", type="number", field_type="number"),
        ],
        associated_objects=["CONTACT", "0-14"],
    )


async def make(wire: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await wire.post(SCHEMAS, json=CAR | changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_the_official_client_leads_a_type_through_its_life(service: Service) -> None:
    client = service.client
    api = client.crm.schemas.core_api
    made = api.create(egg())
    assert (made.object_type_id, made.id, made.archived) == ("2-1", "1", False)
    assert made.fully_qualified_name == "p1000001_car"
    assert made.required_properties == ["vin"]
    assert {"vin", "doors", "hs_object_id", "hubspot_owner_id"} <= {
        one.name for one in made.properties
    }
    ends = {edge.to_object_type_id for edge in made.associations}
    assert {"0-1", "0-14", "0-46", "2-1"} <= ends

    record = client.crm.objects.basic_api.create(
        "car",
        objects.SimplePublicObjectInputForCreate(
            properties={"vin": "X1", "doors": "5"}, associations=[]
        ),
    )
    assert record.properties["doors"] == "5"

    patch = schemas.ObjectTypeDefinitionPatch(
        labels=schemas.ObjectTypeDefinitionLabels(singular="Vehicle", plural="Vehicles"),
        required_properties=[],
        searchable_properties=["vin", "doors"],
        description="Things that drive",
    )
    changed = api.update("p1000001_car", patch)
    assert (changed.labels.plural, changed.required_properties) == ("Vehicles", [])
    read = api.get_by_id("2-1")
    assert (read.description, read.searchable_properties) == ("Things that drive", ["vin", "doors"])
    assert [one.name for one in api.get_all().results] == ["car"]

    with pytest.raises(schemas.ApiException) as caught:
        api.archive("car")
    assert caught.value.status == 400
    client.crm.objects.basic_api.archive("car", record.id)
    api.archive("car")
    assert api.get_all().results == []
    assert [one.archived for one in api.get_all(archived=True).results] == [True]
    api.archive("car", archived=True)
    assert api.get_all(archived=True).results == []
    assert api.create(egg()).object_type_id == "2-2"


def test_the_official_client_adds_and_removes_associations(service: Service) -> None:
    api = service.client.crm.schemas.core_api
    api.create(egg())
    ends = {"from_object_type_id": "2-1", "to_object_type_id": "0-7"}
    made = api.create_association("car", schemas.AssociationDefinitionEgg(**ends, name="uses"))
    assert (made.from_object_type_id, made.to_object_type_id, made.name) == ("2-1", "0-7", "uses")
    ids = [edge.id for edge in api.get_by_id("car").associations]
    assert made.id in ids
    api.archive_association("car", made.id)
    assert made.id not in [edge.id for edge in api.get_by_id("car").associations]
    with pytest.raises(schemas.ApiException) as missing:
        api.archive_association("car", made.id)
    assert missing.value.status == 404


async def test_both_prefixes_and_the_dated_one_lead_to_the_same_types(
    wire: httpx.AsyncClient,
) -> None:
    await make(wire)
    for prefix in (SCHEMAS, "/crm/v3/schemas", "/crm-object-schemas/2026-03/schemas"):
        listed = await wire.get(prefix)
        assert [one["name"] for one in listed.json()["results"]] == ["car"]
        assert (await wire.get(f"{prefix}/car/")).json()["objectTypeId"] == "2-1"
    edge = {"fromObjectTypeId": "car", "toObjectTypeId": "products"}
    added = await wire.post("/crm/v3/schemas/car/associations", json=edge)
    assert added.status_code == 201
    gone = await wire.delete(f"/crm/v3/schemas/car/associations/{added.json()['id']}")
    assert gone.status_code == 204


async def test_a_type_goes_out_with_all_that_is_known_of_it(wire: httpx.AsyncClient) -> None:
    made = await make(wire, description="Things that drive")
    assert {
        name: made[name] for name in CAR if name not in {"properties", "associatedObjects"}
    } == {name: CAR[name] for name in CAR if name not in {"properties", "associatedObjects"}}
    assert made["portalId"] == 1_000_001
    assert made["description"] == "Things that drive"
    vin = next(prop for prop in made["properties"] if prop["name"] == "vin")
    assert (vin["groupName"], vin["hasUniqueValue"]) == ("car_information", True)
    owned = next(edge for edge in made["associations"] if edge["toObjectTypeId"] == "0-1")
    assert owned == {
        "id": owned["id"],
        "fromObjectTypeId": "2-1",
        "toObjectTypeId": "0-1",
        "name": "car_to_contact",
    }


async def test_the_properties_of_a_type_have_an_api_of_their_own(wire: httpx.AsyncClient) -> None:
    await make(wire)
    extra = {"name": "doors", "label": "Doors", "type": "number", "fieldType": "number"}
    assert (await wire.post("/crm/v3/properties/2-1", json=extra)).status_code == 201
    made = await wire.post(
        "/crm/v3/objects/car", json={"properties": {"vin": "X1", "doors": "many"}}
    )
    refused(made, 400, "VALIDATION_ERROR")
    needed = await wire.delete("/crm/v3/properties/car/vin")
    refused(needed, 400, "VALIDATION_ERROR")


async def test_a_type_without_what_hubspot_asks_for_is_refused(wire: httpx.AsyncClient) -> None:
    body = refused(await wire.post(SCHEMAS, json={"name": "car"}), 400, "VALIDATION_ERROR")
    assert {error["in"] for error in body["errors"]} == {
        "labels",
        "requiredProperties",
        "properties",
        "associatedObjects",
    }


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": "my car"}, "name"),
        ({"labels": {}}, "labels.singular"),
        ({"primaryDisplayProperty": "wheels"}, "primaryDisplayProperty"),
        ({"requiredProperties": ["wheels"]}, "requiredProperties"),
        ({"searchableProperties": ["wheels"]}, "searchableProperties"),
        ({"properties": [CAR["properties"][0]] * 2}, "properties"),
    ],
)
async def test_a_wrong_type_is_refused_with_the_place(
    wire: httpx.AsyncClient, change: dict[str, Any], place: str
) -> None:
    body = refused(await wire.post(SCHEMAS, json=CAR | change), 400, "VALIDATION_ERROR")
    assert place in [error["in"] for error in body["errors"]]
    assert (await wire.get(SCHEMAS)).json() == {"results": []}


async def test_a_name_that_is_taken_is_a_conflict(wire: httpx.AsyncClient) -> None:
    await make(wire)
    refused(await wire.post(SCHEMAS, json=CAR), 409, "OBJECT_ALREADY_EXISTS")
    await wire.delete(f"{SCHEMAS}/car")
    body = refused(await wire.post(SCHEMAS, json=CAR), 409, "OBJECT_ALREADY_EXISTS")
    assert "archived=true" in body["message"]


async def test_a_type_that_does_not_exist_is_not_found(wire: httpx.AsyncClient) -> None:
    refused(await wire.get(f"{SCHEMAS}/boat"), 404, "OBJECT_NOT_FOUND")
    refused(await wire.patch(f"{SCHEMAS}/boat", json={}), 404, "OBJECT_NOT_FOUND")
    refused(await wire.delete(f"{SCHEMAS}/boat"), 404, "OBJECT_NOT_FOUND")
    refused(
        await wire.post(SCHEMAS, json=CAR | {"associatedObjects": ["BOAT"]}),
        404,
        "OBJECT_NOT_FOUND",
    )


async def test_built_in_types_can_be_read_but_not_changed(wire: httpx.AsyncClient) -> None:
    shaped = (await wire.get(f"{SCHEMAS}/contacts")).json()
    assert (shaped["objectTypeId"], shaped["fullyQualifiedName"]) == ("0-1", "CONTACT")
    assert "firstname" in [prop["name"] for prop in shaped["properties"]]
    refused(
        await wire.patch(f"{SCHEMAS}/contacts", json={"labels": {"singular": "Human"}}),
        400,
        "VALIDATION_ERROR",
    )
    refused(await wire.delete(f"{SCHEMAS}/contacts"), 400, "VALIDATION_ERROR")
    edge = {"id": next(one["id"] for one in shaped["associations"])}
    refused(
        await wire.delete(f"{SCHEMAS}/contacts/associations/{edge['id']}"),
        400,
        "VALIDATION_ERROR",
    )


async def test_an_association_that_is_there_already_is_left_as_it_is(
    wire: httpx.AsyncClient,
) -> None:
    made = await make(wire)
    ends = {"fromObjectTypeId": "2-1", "toObjectTypeId": "ticket"}
    plain = next(edge for edge in made["associations"] if edge["toObjectTypeId"] == "0-5")
    url = f"{SCHEMAS}/car/associations"
    assert (await wire.post(url, json=ends)).json() == plain
    assert (await wire.post(url, json=ends | {"name": "car_to_ticket"})).json() == plain
    named = await wire.post(url, json=ends | {"name": "breakdown"})
    assert named.status_code == 201
    labels = (await wire.get("/crm/v4/associations/car/tickets/labels")).json()["results"]
    assert {label["label"] for label in labels} == {None, "breakdown"}
    apart = {"fromObjectTypeId": "contacts", "toObjectTypeId": "deals"}
    refused(await wire.post(url, json=apart), 400, "VALIDATION_ERROR")


async def test_removing_an_association_type_removes_the_associations(
    wire: httpx.AsyncClient,
) -> None:
    made = await make(wire)
    edge = next(one for one in made["associations"] if one["toObjectTypeId"] == "0-1")
    ada = (await wire.post("/crm/v3/objects/contacts", json={"properties": {}})).json()["id"]
    car = await wire.post(
        "/crm/v3/objects/car",
        json={"properties": {"vin": "X1"}, "associations": [{"to": {"id": ada}, "types": []}]},
    )
    path = f"/crm/v4/objects/car/{car.json()['id']}/associations/contacts"
    assert len((await wire.get(path)).json()["results"]) == 1
    assert (await wire.delete(f"{SCHEMAS}/car/associations/{edge['id']}")).status_code == 204
    assert (await wire.get(path)).json()["results"] == []


async def test_a_description_is_cleared(wire: httpx.AsyncClient) -> None:
    await make(wire, description="x")
    cleared = await wire.patch(f"{SCHEMAS}/car", json={"clearDescription": True})
    assert (cleared.status_code, cleared.json()["description"]) == (200, "")


async def test_a_key_needs_the_scope_of_custom_types(service: Service) -> None:
    key = await make_key(service.url, "crm.schemas.custom.read", "crm.schemas.contacts.write")
    async with service.wire(key) as wire:
        assert (await wire.get(SCHEMAS)).status_code == 200
        refused(await wire.post(SCHEMAS, json=CAR), 403, "MISSING_SCOPES")
        refused(await wire.delete(f"{SCHEMAS}/car"), 403, "MISSING_SCOPES")
