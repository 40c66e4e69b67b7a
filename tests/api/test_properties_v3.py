"""Properties, through HubSpot's own client and on the wire."""

import json
from typing import Any

import httpx
import pytest
from hubspot.crm import contacts, properties

from tests.api.conftest import Service, make_key

CONTACTS = "/crm/v3/properties/contacts"


def draft(name: str, **traits: Any) -> dict[str, Any]:
    return {"name": name, "label": "A label", "type": "string", "fieldType": "text", **traits}


def created(name: str, **traits: Any) -> properties.PropertyCreate:
    traits = {
        "label": "A label",
        "type": "string",
        "field_type": "text",
        "group_name": "contactinformation",
        **traits,
    }
    return properties.PropertyCreate(name=name, **traits)


def option(value: str) -> properties.OptionInput:
    return properties.OptionInput(label=value.title(), value=value, hidden=False)


async def make(wire: httpx.AsyncClient, name: str, **traits: Any) -> dict[str, Any]:
    answer = await wire.post(CONTACTS, json=draft(name, **traits))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def refused(answer: httpx.Response, status: int, category: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["category"]) == ("error", category)
    assert body["message"]
    assert body["correlationId"]
    return body


def test_the_official_client_leads_a_property_through_its_life(service: Service) -> None:
    api = service.client.crm.properties.core_api
    made = api.create(
        "contacts",
        created("size", type="enumeration", field_type="select", options=[option("s")]),
    )
    assert (made.name, made.group_name, made.archived) == ("size", "contactinformation", False)
    assert made.modification_metadata.archivable
    assert [one.value for one in made.options] == ["s"]

    change = properties.PropertyUpdate(label="Size", options=[option("m"), option("l")])
    changed = api.update("contacts", "size", change)
    assert (changed.label, [one.value for one in changed.options]) == ("Size", ["m", "l"])
    assert changed.updated_at > changed.created_at
    assert api.get_by_name("contacts", "size").label == "Size"
    assert "size" in [one.name for one in api.get_all("0-1").results]

    contact = service.client.crm.contacts.basic_api.create(
        contacts.SimplePublicObjectInputForCreate(properties={"size": "m"}, associations=[])
    )
    assert contact.properties["size"] == "m"

    api.archive("contacts", "size")
    with pytest.raises(properties.ApiException) as missing:
        api.get_by_name("contacts", "size")
    assert missing.value.status == 404
    assert [one.name for one in api.get_all("contacts", archived=True).results] == ["size"]
    archived = api.get_by_name("contacts", "size", archived=True)
    assert archived.archived
    assert archived.archived_at is not None


def test_the_official_client_makes_reads_and_archives_batches(service: Service) -> None:
    api = service.client.crm.properties.batch_api
    names = [f"extra_{number}" for number in range(3)]
    inputs = [created(name) for name in names]
    made = api.create(
        "deals",
        properties.BatchInputPropertyCreate(
            inputs=[*(created(name, group_name="dealinformation") for name in names)]
        ),
    )
    assert (made.status, [one.name for one in made.results]) == ("COMPLETE", names)
    partly = api.create(
        "contacts", properties.BatchInputPropertyCreate(inputs=[inputs[0], created("email")])
    )
    assert partly.num_errors == 1
    assert [one.name for one in partly.results] == ["extra_0"]
    assert partly.errors[0].category == "OBJECT_ALREADY_EXISTS"
    assert partly.errors[0].sub_category == "Properties.PROPERTY_WITH_NAME_EXISTS"
    assert partly.errors[0].context == {"name": ["email"]}

    wanted = [properties.PropertyName(name=name) for name in [*names, "never"]]
    read = api.read("deals", properties.BatchReadInputPropertyName(inputs=wanted, archived=False))
    assert [one.name for one in read.results] == names
    assert read.errors[0].category == "OBJECT_NOT_FOUND"

    api.archive("deals", properties.BatchInputPropertyName(inputs=wanted))
    read = api.read(
        "deals", properties.BatchReadInputPropertyName(inputs=wanted[:3], archived=True)
    )
    assert [one.archived for one in read.results] == [True] * 3


def test_the_official_client_leads_a_group_through_its_life(service: Service) -> None:
    api = service.client.crm.properties.groups_api
    made = api.create("contacts", properties.PropertyGroupCreate(name="hobbies", label="Hobbies"))
    assert (made.name, made.display_order, made.archived) == ("hobbies", -1, False)
    change = properties.PropertyGroupUpdate(label="Pastimes", display_order=3)
    assert api.update("contacts", "hobbies", change).label == "Pastimes"
    assert api.get_by_name("contacts", "hobbies").display_order == 3
    assert "hobbies" in [group.name for group in api.get_all("contacts").results]
    api.archive("contacts", "hobbies")
    with pytest.raises(properties.ApiException) as missing:
        api.get_by_name("contacts", "hobbies")
    assert missing.value.status == 404


async def test_every_operation_answers_with_its_own_status(wire: httpx.AsyncClient) -> None:
    assert (await wire.get(CONTACTS)).status_code == 200
    await make(wire, "mine")
    assert (await wire.get(f"{CONTACTS}/mine")).status_code == 200
    assert (await wire.patch(f"{CONTACTS}/mine", json={})).status_code == 200
    gone = await wire.delete(f"{CONTACTS}/mine")
    assert (gone.status_code, gone.content) == (204, b"")
    batch = f"{CONTACTS}/batch"
    inputs = {"inputs": [draft("one"), draft("two")]}
    assert (await wire.post(f"{batch}/create", json=inputs)).status_code == 201
    assert (await wire.post(f"{batch}/create", json=inputs)).status_code == 207
    names = {"inputs": [{"name": "one"}, {"name": "two"}]}
    assert (await wire.post(f"{batch}/read", json=names)).status_code == 200
    assert (await wire.post(f"{batch}/archive", json=names)).status_code == 204
    assert (await wire.post(f"{batch}/read", json=names)).status_code == 207


async def test_the_dated_names_lead_to_the_same_properties(wire: httpx.AsyncClient) -> None:
    await make(wire, "mine")
    answer = await wire.get("/crm/properties/2026-03/contacts/mine")
    assert answer.json()["name"] == "mine"
    groups = await wire.get("/crm/properties/2026-03/contacts/groups/")
    assert groups.json()["results"]


async def test_a_property_goes_out_as_hubspot_writes_it(wire: httpx.AsyncClient) -> None:
    made = await make(
        wire,
        " Size ",
        type="enumeration",
        fieldType="checkbox",
        options=[{"label": "Small", "value": "s"}, {"label": 3, "value": 3, "displayOrder": 7}],
    )
    assert made | {"createdAt": "", "updatedAt": ""} == {
        "name": "size",
        "label": "A label",
        "type": "enumeration",
        "fieldType": "checkbox",
        "groupName": "contactinformation",
        "description": "",
        "options": [
            {
                "label": "Small",
                "value": "s",
                "description": "",
                "displayOrder": 0,
                "hidden": False,
            },
            {"label": "3", "value": "3", "description": "", "displayOrder": 7, "hidden": False},
        ],
        "displayOrder": -1,
        "hidden": False,
        "formField": False,
        "hasUniqueValue": False,
        "calculated": False,
        "externalOptions": False,
        "hubspotDefined": False,
        "showCurrencySymbol": False,
        "modificationMetadata": {
            "archivable": True,
            "readOnlyDefinition": False,
            "readOnlyValue": False,
            "readOnlyOptions": False,
        },
        "archived": False,
        "createdAt": "",
        "updatedAt": "",
    }


async def test_what_hubspot_makes_readable_only_says_so(wire: httpx.AsyncClient) -> None:
    shaped = (await wire.get(f"{CONTACTS}/hs_object_id")).json()
    assert shaped["hubspotDefined"]
    assert shaped["modificationMetadata"] == {
        "archivable": False,
        "readOnlyDefinition": True,
        "readOnlyValue": True,
        "readOnlyOptions": False,
    }


async def test_a_missing_property_or_type_is_not_found(wire: httpx.AsyncClient) -> None:
    refused(await wire.get(f"{CONTACTS}/never"), 404, "OBJECT_NOT_FOUND")
    refused(await wire.patch(f"{CONTACTS}/never", json={}), 404, "OBJECT_NOT_FOUND")
    refused(await wire.delete(f"{CONTACTS}/never"), 404, "OBJECT_NOT_FOUND")
    refused(await wire.get("/crm/v3/properties/spaceships"), 404, "OBJECT_NOT_FOUND")


async def test_a_name_that_is_taken_is_a_conflict(wire: httpx.AsyncClient) -> None:
    body = refused(await wire.post(CONTACTS, json=draft("email")), 409, "OBJECT_ALREADY_EXISTS")
    assert body["subCategory"] == "Properties.PROPERTY_WITH_NAME_EXISTS"
    assert '"email"' in body["message"]


async def test_a_property_that_is_needed_cannot_be_deleted(wire: httpx.AsyncClient) -> None:
    body = refused(await wire.delete(f"{CONTACTS}/email"), 400, "VALIDATION_ERROR")
    assert body["subCategory"] == "PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE"
    await make(wire, "mine")
    names = {"inputs": [{"name": "mine"}, {"name": "email"}]}
    refused(await wire.post(f"{CONTACTS}/batch/archive", json=names), 400, "VALIDATION_ERROR")
    assert (await wire.get(f"{CONTACTS}/mine")).status_code == 200


async def test_a_group_with_properties_cannot_be_deleted(wire: httpx.AsyncClient) -> None:
    answer = await wire.delete(f"{CONTACTS}/groups/contactinformation")
    body = refused(answer, 400, "VALIDATION_ERROR")
    assert body["subCategory"] == "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES"
    twice = await wire.post(f"{CONTACTS}/groups", json={"name": "contactinformation", "label": "x"})
    refused(twice, 409, "OBJECT_ALREADY_EXISTS")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "name"),
        (draft("two words"), "name"),
        (draft("x", type="colour"), "type"),
        (draft("x", fieldType="radio"), "fieldType"),
        (draft("x", groupName="nowhere"), "groupName"),
        (draft("x", displayOrder=2**40), "displayOrder"),
        (draft("x", calculationFormula="1 + 1"), "fieldType"),
        (draft("x", type="enumeration", fieldType="select"), "options"),
        (
            draft(
                "x",
                type="enumeration",
                fieldType="select",
                options=[{"label": "A", "value": "a"}, {"label": "B", "value": "a"}],
            ),
            "options",
        ),
        (
            draft("x", type="bool", fieldType="booleancheckbox", hasUniqueValue=True),
            "hasUniqueValue",
        ),
    ],
)
async def test_what_is_wrong_is_said_with_its_place(
    wire: httpx.AsyncClient, body: dict[str, Any], place: str
) -> None:
    answer = refused(await wire.post(CONTACTS, json=body), 400, "VALIDATION_ERROR")
    assert place in [error["in"] for error in answer["errors"]]


async def test_uniqueness_is_decided_once(wire: httpx.AsyncClient) -> None:
    made = await make(wire, "code", hasUniqueValue=True)
    assert made["hasUniqueValue"]
    same = await wire.patch(f"{CONTACTS}/code", json={"hasUniqueValue": True, "label": "Code"})
    assert same.status_code == 200
    answer = await wire.patch(f"{CONTACTS}/code", json={"hasUniqueValue": False})
    refused(answer, 400, "VALIDATION_ERROR")


async def test_a_deleted_property_comes_back_by_restoring_or_by_its_name(
    wire: httpx.AsyncClient,
) -> None:
    await make(wire, "mine", description="Keep me")
    await wire.delete(f"{CONTACTS}/mine")
    back = await wire.post("/api/properties/contacts/mine/restore")
    assert (back.status_code, back.json()["description"]) == (200, "Keep me")
    await wire.delete(f"{CONTACTS}/mine")
    assert (await make(wire, "mine"))["description"] == ""
    refused(await wire.post("/api/properties/contacts/mine/restore"), 404, "OBJECT_NOT_FOUND")


async def test_a_batch_is_at_most_a_hundred(wire: httpx.AsyncClient) -> None:
    inputs = {"inputs": [{"name": f"n{number}"} for number in range(101)]}
    refused(await wire.post(f"{CONTACTS}/batch/read", json=inputs), 400, "VALIDATION_ERROR")


async def test_a_key_needs_the_scope_of_the_definitions(service: Service) -> None:
    key = await make_key(service.url, "crm.schemas.contacts.read")
    async with service.wire(key) as wire:
        assert (await wire.get(CONTACTS)).status_code == 200
        refused(await wire.post(CONTACTS, json=draft("x")), 403, "MISSING_SCOPES")
        refused(await wire.get("/crm/v3/properties/deals"), 403, "MISSING_SCOPES")


async def test_the_audit_trail_names_the_property(
    service: Service, wire: httpx.AsyncClient, database: Any
) -> None:
    await make(wire, "mine")
    async with database.unit() as conn:
        cursor = await conn.execute("SELECT operation, target, details FROM audit ORDER BY id")
        rows = [tuple(row) for row in await cursor.fetchall()]
    assert rows[-1] == ("properties_create", "contacts", {"names": ["mine"]})


async def test_a_json_property_keeps_what_json_can_say(wire: httpx.AsyncClient) -> None:
    made = await wire.post(
        "/crm/v3/properties/contacts",
        json={
            "name": "basket",
            "label": "Basket",
            "type": "json",
            "fieldType": "textarea",
            "groupName": "contactinformation",
        },
    )
    assert made.status_code == 201, made.text
    for given in ({"price": 1.5, "name": "Äpple"}, [1, 10**30], '{"price": 1.5}'):
        answer = await wire.post("/crm/v3/objects/contacts", json={"properties": {"basket": given}})
        assert answer.status_code == 201, answer.text
        kept = json.loads(answer.json()["properties"]["basket"])
        assert kept == (json.loads(given) if isinstance(given, str) else given)
