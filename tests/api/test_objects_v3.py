"""Records one at a time, through HubSpot's own client and on the wire."""

from typing import Any

import httpx
import pytest
from hubspot.crm import companies, contacts, objects

from tests.api.conftest import Service, make_key

CONTACTS = "/crm/v3/objects/contacts"


def draft(**properties: str) -> contacts.SimplePublicObjectInputForCreate:
    return contacts.SimplePublicObjectInputForCreate(properties=properties, associations=[])


async def contact(wire: httpx.AsyncClient, **properties: Any) -> str:
    answer = await wire.post(CONTACTS, json={"properties": properties})
    assert answer.status_code == 201, answer.text
    id: str = answer.json()["id"]
    return id


def test_the_official_client_leads_a_contact_through_its_life(service: Service) -> None:
    api = service.client.crm.contacts.basic_api
    ada = api.create(draft(email="Ada@Example.test", firstname="Ada"))
    assert ada.properties["email"] == "ada@example.test"
    assert ada.properties["hs_object_id"] == ada.id

    change = contacts.SimplePublicObjectInput(properties={"lastname": "Lovelace", "firstname": ""})
    changed = api.update("ada@example.test", change, id_property="email")
    assert (changed.id, changed.properties["lastname"]) == (ada.id, "Lovelace")
    assert changed.updated_at > changed.created_at

    read = api.get_by_id(
        ada.id, properties=["firstname", "city"], properties_with_history=["firstname"]
    )
    assert read.properties["city"] is None
    assert [past.value for past in read.properties_with_history["firstname"]] == ["", "Ada"]
    assert read.properties_with_history["firstname"][0].source_type == "API"

    api.archive(ada.id)
    with pytest.raises(contacts.ApiException) as missing:
        api.get_by_id(ada.id)
    assert missing.value.status == 404
    archived = api.get_by_id(ada.id, archived=True)
    assert archived.archived
    assert archived.archived_at is not None


def test_the_official_client_reads_page_after_page(service: Service) -> None:
    api = service.client.crm.contacts.basic_api
    made = [api.create(draft(firstname=f"No {number}")).id for number in range(5)]
    gone = api.create(draft(firstname="Gone")).id
    api.archive(gone)
    read, after = [], None
    while True:
        page = api.get_page(limit=2, after=after, properties=["firstname"])
        read += [one.id for one in page.results]
        if page.paging is None:
            break
        after = page.paging.next.after
    assert read == made
    assert [one.id for one in api.get_page(archived=True).results] == [gone]


def test_the_official_client_sees_associations_of_every_kind(service: Service) -> None:
    crm = service.client.crm
    acme = crm.companies.basic_api.create(
        companies.SimplePublicObjectInputForCreate(properties={"name": "Acme"}, associations=[])
    )
    primary = contacts.AssociationSpec("HUBSPOT_DEFINED", 1)
    ada = crm.contacts.basic_api.create(
        contacts.SimplePublicObjectInputForCreate(
            properties={"firstname": "Ada"},
            associations=[
                contacts.PublicAssociationsForObject(
                    types=[primary], to=contacts.PublicObjectId(acme.id)
                )
            ],
        )
    )
    read = crm.contacts.basic_api.get_by_id(ada.id, associations=["companies", "deals"])
    assert set(read.associations) == {"companies"}
    found = {(one.id, one.type) for one in read.associations["companies"].results}
    assert found == {
        (acme.id, "contact_to_company"),
        (acme.id, "contact_to_company_unlabeled"),
    }
    (listed,) = crm.companies.basic_api.get_page(associations=["contact"]).results
    assert {one.type for one in listed.associations["contacts"].results} == {
        "company_to_contact",
        "company_to_contact_unlabeled",
    }


def test_the_official_client_merges_and_erases(service: Service) -> None:
    api = service.client.crm.contacts.basic_api
    first = api.create(draft(email="one@example.test", firstname="One"))
    second = api.create(draft(email="two@example.test", city="Rome"))
    merged = api.merge(contacts.PublicMergeInput(second.id, first.id))
    assert merged.id == first.id
    assert api.get_by_id(second.id, properties=["city"]).properties["city"] == "Rome"
    api.purge(contacts.PublicGdprDeleteInput(object_id="one@example.test", id_property="email"))
    for archived in (False, True):
        with pytest.raises(contacts.ApiException) as missing:
            api.get_by_id(first.id, archived=archived)
        assert missing.value.status == 404


@pytest.mark.parametrize(
    ("word", "name", "given", "kept"),
    [
        ("0-3", "amount", "10.50", "10.5"),
        ("tickets", "subject", "Help", "Help"),
        ("notes", "hs_timestamp", "1767225600000", "2026-01-01T00:00:00.000Z"),
    ],
)
def test_the_generic_client_reaches_every_object_type(
    service: Service, word: str, name: str, given: str, kept: str
) -> None:
    api = service.client.crm.objects.basic_api
    properties = {name: given} | ({"dealname": "Big"} if word == "0-3" else {})
    body = objects.SimplePublicObjectInputForCreate(properties=properties, associations=[])
    made = api.create(word, body)
    assert api.get_by_id(word, made.id, properties=[name]).properties[name] == kept
    api.archive(word, made.id)


@pytest.mark.parametrize(
    "path",
    [
        "/crm/v3/objects/contacts/",
        "/crm/v3/objects/contact",
        "/crm/v3/objects/0-1",
        "/crm/objects/2026-03/contacts",
        "/crm/objects/2026-03/CONTACTS/",
    ],
)
async def test_every_name_of_a_path_leads_to_the_same_records(
    wire: httpx.AsyncClient, path: str
) -> None:
    answer = await wire.post(path, json={"properties": {"firstname": "Ada"}})
    assert answer.status_code == 201
    read = await wire.get(path)
    assert [one["id"] for one in read.json()["results"]] == [answer.json()["id"]]


async def test_arrays_and_booleans_of_a_query_come_in_every_clients_way(
    wire: httpx.AsyncClient,
) -> None:
    id = await contact(wire, firstname="Ada", city="Rome", zip="1")
    query = "properties=firstname,city&properties=zip&archived=False&associations="
    answer = await wire.get(f"{CONTACTS}/{id}?{query}")
    read = answer.json()["properties"]
    assert read.items() >= {"firstname": "Ada", "city": "Rome", "zip": "1"}.items()
    assert "email" not in read
    assert (await wire.get(f"{CONTACTS}/{id}?archived=TRUE")).status_code == 404


async def test_an_address_may_hold_any_character(wire: httpx.AsyncClient) -> None:
    id = await contact(wire, email="a/b+c@example.test")
    answer = await wire.get(f"{CONTACTS}/a%2Fb%2Bc%40example.test?idProperty=email")
    assert (answer.status_code, answer.json()["id"]) == (200, id)


async def test_the_next_page_is_an_absolute_link_that_leads_on(wire: httpx.AsyncClient) -> None:
    made = [await contact(wire, firstname=f"No {number}") for number in range(3)]
    answer = await wire.get(CONTACTS, params={"limit": 2, "properties": ["firstname", "city"]})
    link = answer.json()["paging"]["next"]["link"]
    assert link.startswith(f"{wire.base_url}/crm/v3/objects/contacts?")
    following = (await wire.get(link)).json()
    assert [one["id"] for one in following["results"]] == made[2:]
    assert following["results"][0]["properties"]["city"] is None
    assert "paging" not in following


async def test_what_is_not_known_is_refused_in_writing_and_passed_over_in_reading(
    wire: httpx.AsyncClient,
) -> None:
    answer = await wire.post(CONTACTS, json={"properties": {"nickname": "A", "email": "none"}})
    assert answer.status_code == 400
    body = answer.json()
    assert body["category"] == "VALIDATION_ERROR"
    assert 'Property "nickname" does not exist' in body["message"]
    assert {error["code"] for error in body["errors"]} == {"PROPERTY_DOESNT_EXIST", "INVALID_EMAIL"}
    assert body["errors"][0]["context"] == {"propertyName": ["nickname"]}
    id = await contact(wire, firstname="Ada")
    read = await wire.get(f"{CONTACTS}/{id}?properties=nickname,firstname")
    assert read.json()["properties"]["firstname"] == "Ada"


async def test_an_email_that_is_taken_is_a_conflict_that_names_its_owner(
    wire: httpx.AsyncClient,
) -> None:
    id = await contact(wire, email="ada@example.test")
    answer = await wire.post(CONTACTS, json={"properties": {"email": "ADA@example.test"}})
    assert answer.status_code == 409
    assert answer.json()["category"] == "CONFLICT"
    assert answer.json()["message"] == f"Contact already exists. Existing ID: {id}"
    other = await contact(wire, email="bob@example.test")
    answer = await wire.patch(
        f"{CONTACTS}/{other}", json={"properties": {"email": "ada@example.test"}}
    )
    assert answer.status_code == 409


@pytest.mark.parametrize("id", ["999", "0", "-1", "abc", "9" * 30, "%20"])
async def test_a_record_that_does_not_exist_is_not_found(wire: httpx.AsyncClient, id: str) -> None:
    for answer in (
        await wire.get(f"{CONTACTS}/{id}"),
        await wire.patch(f"{CONTACTS}/{id}", json={"properties": {"city": "Rome"}}),
        await wire.delete(f"{CONTACTS}/{id}"),
        await wire.post(f"{CONTACTS}/gdpr-delete", json={"objectId": id}),
        await wire.post(
            f"{CONTACTS}/merge", json={"primaryObjectId": id, "objectIdToMerge": "998"}
        ),
    ):
        assert (answer.status_code, answer.json()["category"]) == (404, "OBJECT_NOT_FOUND")


async def test_archiving_twice_is_archiving(wire: httpx.AsyncClient) -> None:
    id = await contact(wire, firstname="Ada")
    for _ in range(2):
        answer = await wire.delete(f"{CONTACTS}/{id}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert "content-length" not in answer.headers


async def test_a_property_that_identifies_nobody_cannot_be_an_id(wire: httpx.AsyncClient) -> None:
    answer = await wire.get(f"{CONTACTS}/Ada?idProperty=firstname")
    assert answer.status_code == 400
    assert "hs_object_id, email" in answer.json()["message"]


async def test_a_page_has_its_limits(wire: httpx.AsyncClient) -> None:
    for query in (
        "limit=0",
        "limit=101",
        "limit=x",
        "after=x",
        "limit=51&propertiesWithHistory=email",
    ):
        assert (await wire.get(f"{CONTACTS}?{query}")).status_code == 400, query
    assert (await wire.get(f"{CONTACTS}?limit=100&after=0")).status_code == 200


async def test_more_associations_than_are_shown_are_a_page_away(wire: httpx.AsyncClient) -> None:
    made = await wire.post("/crm/v3/objects/companies", json={"properties": {"name": "Acme"}})
    id = made.json()["id"]
    edge = {"to": {"id": id}, "types": []}
    for batch in range(6):
        inputs = [
            {"properties": {"firstname": f"{batch}-{n}"}, "associations": [edge]}
            for n in range(100)
        ]
        answer = await wire.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
        assert answer.status_code == 201
    read = await wire.get(f"/crm/v3/objects/companies/{id}?associations=contacts")
    listed = read.json()["associations"]["contacts"]
    assert len(listed["results"]) == 500
    rest = await wire.get(listed["paging"]["next"]["link"])
    assert len(rest.json()["results"]) == 100


async def test_associations_with_what_does_not_exist_make_no_record(
    wire: httpx.AsyncClient,
) -> None:
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    edge = {"to": {"id": "12345"}, "types": [spec]}
    answer = await wire.post(CONTACTS, json={"properties": {}, "associations": [edge]})
    assert (answer.status_code, answer.json()["subCategory"]) == (400, "INVALID_ASSOCIATION")
    assert (await wire.get(CONTACTS)).json()["results"] == []
    answer = await wire.get(f"{CONTACTS}?associations=houses")
    assert (answer.status_code, "houses" in answer.json()["message"]) == (400, True)


async def test_a_key_reaches_the_types_of_its_scopes_alone(service: Service) -> None:
    key = await make_key(service.url, "crm.objects.contacts.read", "crm.objects.companies.write")
    async with service.wire(key) as wire:
        assert (await wire.get(CONTACTS)).status_code == 200
        refused = await wire.post(CONTACTS, json={"properties": {}})
        assert refused.status_code == 403
        assert refused.json()["category"] == "MISSING_SCOPES"
        assert refused.json()["context"] == {"requiredScopes": ["crm.objects.contacts.write"]}
        assert (await wire.get("/crm/v3/objects/companies")).status_code == 403
        made = await wire.post("/crm/v3/objects/companies", json={"properties": {"name": "A"}})
        assert made.status_code == 201
        assert (await wire.get(f"{CONTACTS}?associations=deals")).status_code == 403


@pytest.mark.parametrize(
    "number",
    [
        "123456789012345678901234567890.000000000000000000001",
        "1" * 60,
        "-9223372036854775809",
        "0.1",
    ],
)
async def test_numbers_keep_every_digit(wire: httpx.AsyncClient, number: str) -> None:
    body = f'{{"properties": {{"dealname": "Exact", "amount": {number}}}}}'
    json = {"Content-Type": "application/json"}
    made = await wire.post("/crm/v3/objects/deals", content=body, headers=json)
    assert made.json()["properties"]["amount"] == number
    path = f"/crm/v3/objects/deals/{made.json()['id']}"
    changed = await wire.patch(path, json={"properties": {"dealname": "Other"}})
    assert changed.json()["properties"]["amount"] == number
    assert (await wire.get(path)).json()["properties"]["amount"] == number
