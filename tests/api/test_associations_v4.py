"""Associations with their types, through HubSpot's own client and on the wire."""

import httpx
import pytest
from hubspot.crm.associations import v4

from tests.api.conftest import Service, make_key


async def made(wire: httpx.AsyncClient, word: str, count: int) -> list[str]:
    inputs = [
        {"properties": {"name" if word == "companies" else "firstname": f"No {n}"}}
        for n in range(count)
    ]
    answer = await wire.post(f"/crm/v3/objects/{word}/batch/create", json={"inputs": inputs})
    assert answer.status_code == 201, answer.text
    return [one["id"] for one in answer.json()["results"]]


@pytest.fixture
async def ada(wire: httpx.AsyncClient) -> str:
    return (await made(wire, "contacts", 1))[0]


@pytest.fixture
async def acme(wire: httpx.AsyncClient) -> str:
    return (await made(wire, "companies", 1))[0]


def spec(id: int, category: str = "HUBSPOT_DEFINED") -> v4.AssociationSpec:
    return v4.AssociationSpec(category, id)


async def types(wire: httpx.AsyncClient, path: str) -> list[int]:
    answer = await wire.get(path)
    assert answer.status_code == 200, answer.text
    return sorted(
        one["typeId"] for result in answer.json()["results"] for one in result["associationTypes"]
    )


def test_the_official_client_associates_and_parts(service: Service, ada: str, acme: str) -> None:
    api = service.client.crm.associations.v4.basic_api
    plain = api.create_default("contacts", ada, "companies", acme)
    assert {one.association_spec.association_type_id for one in plain.results} == {279, 280}
    labelled = api.create("contact", ada, "company", acme, [spec(1)])
    assert (labelled.from_object_id, labelled.to_object_type_id) == (ada, "0-2")
    assert labelled.labels == ["Primary"]
    (found,) = api.get_page("contacts", ada, "companies").results
    assert {(one.type_id, one.label) for one in found.association_types} == {
        (279, None),
        (1, "Primary"),
    }
    (back,) = api.get_page("companies", acme, "contacts").results
    assert (back.to_object_id, {one.type_id for one in back.association_types}) == (ada, {280, 2})
    api.archive("contacts", ada, "companies", acme)
    assert api.get_page("contacts", ada, "companies").results == []


async def test_the_official_client_associates_in_batches(
    service: Service, wire: httpx.AsyncClient, acme: str
) -> None:
    ids = await made(wire, "contacts", 3)
    api = service.client.crm.associations.v4.batch_api
    pair = ("contacts", "companies")
    done = api.create(
        *pair,
        v4.BatchInputPublicAssociationMultiPost(
            inputs=[
                v4.PublicAssociationMultiPost(
                    types=[spec(1)], _from=v4.PublicObjectId(id), to=v4.PublicObjectId(acme)
                )
                for id in [*ids[:2], "777"]
            ]
        ),
    )
    assert [one.from_object_id for one in done.results] == ids[:2]
    assert done.errors[0].context["fromObjectId"] == ["777"]
    api.create_default(
        *pair,
        v4.BatchInputPublicDefaultAssociationMultiPost(
            inputs=[
                v4.PublicDefaultAssociationMultiPost(
                    _from=v4.PublicObjectId(ids[2]), to=v4.PublicObjectId(acme)
                )
            ]
        ),
    )

    def read() -> dict[str, set[int]]:
        body = v4.BatchInputPublicFetchAssociationsBatchRequest(
            inputs=[v4.PublicFetchAssociationsBatchRequest(id=id) for id in ids]
        )
        return {
            one._from.id: {type.type_id for to in one.to for type in to.association_types}
            for one in api.get_page(*pair, body).results
        }

    assert read() == {ids[0]: {1, 279}, ids[1]: {1, 279}, ids[2]: {279}}
    api.archive_labels(
        *pair,
        v4.BatchInputPublicAssociationMultiPost(
            inputs=[
                v4.PublicAssociationMultiPost(
                    types=[spec(1)], _from=v4.PublicObjectId(ids[0]), to=v4.PublicObjectId(acme)
                )
            ]
        ),
    )
    api.archive(
        *pair,
        v4.BatchInputPublicAssociationMultiArchive(
            inputs=[
                v4.PublicAssociationMultiArchive(
                    _from=v4.PublicObjectId(ids[1]), to=[v4.PublicObjectId(acme)]
                )
            ]
        ),
    )
    assert read() == {ids[0]: {279}, ids[2]: {279}}


@pytest.mark.parametrize("root", ["/crm/v4/objects", "/crm/objects/2026-03"])
async def test_both_names_of_a_path_lead_to_the_same_associations(
    wire: httpx.AsyncClient, ada: str, acme: str, root: str
) -> None:
    path = f"{root}/contacts/{ada}/associations"
    answer = await wire.put(f"{path}/default/companies/{acme}")
    assert answer.status_code == 200
    body = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    answer = await wire.put(f"{path}/companies/{acme}", json=body)
    assert answer.status_code == 201
    assert await types(wire, f"{path}/companies/") == [1, 279]
    answer = await wire.delete(f"{path}/companies/{acme}")
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_second_primary_company_takes_the_place_of_the_first(
    wire: httpx.AsyncClient, ada: str
) -> None:
    companies = await made(wire, "companies", 3)
    path = f"/crm/v4/objects/contacts/{ada}/associations/companies"
    inputs = [
        {
            "from": {"id": ada},
            "to": {"id": id},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}],
        }
        for id in companies
    ]
    await wire.put(f"{path}/{companies[0]}", json=inputs[0]["types"])
    answer = await wire.post(
        "/crm/v4/associations/contacts/companies/batch/create", json={"inputs": inputs}
    )
    assert answer.status_code == 201
    found = (await wire.get(path)).json()["results"]
    primary = [
        one["toObjectId"]
        for one in found
        if any(type["typeId"] == 1 for type in one["associationTypes"])
    ]
    assert primary == companies[2:]
    assert len(found) == 3


async def test_what_cannot_be_associated_is_told(
    wire: httpx.AsyncClient, ada: str, acme: str
) -> None:
    path = "/crm/v4/objects/contacts"
    body = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]
    wrong = await wire.put(f"{path}/{ada}/associations/companies/{acme}", json=body)
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["code"] == "ASSOCIATION_TYPE_UNKNOWN"
    body[0]["associationTypeId"] = 279
    for one, other in (("77", acme), (ada, "77"), (acme, ada)):
        missing = await wire.put(f"{path}/{one}/associations/companies/{other}", json=body)
        assert (missing.status_code, missing.json()["category"]) == (404, "OBJECT_NOT_FOUND")
    alone = await wire.put(f"{path}/{ada}/associations/default/contacts/{ada}")
    assert alone.json()["errors"][0]["code"] == "ASSOCIATION_WITH_ITSELF"
    assert (await wire.get(f"{path}/77/associations/companies")).status_code == 404
    assert (await wire.get(f"{path}/{ada}/associations/houses")).status_code == 404
    assert await types(wire, f"{path}/{ada}/associations/companies") == []


async def test_archived_records_are_no_neighbours_until_they_are_back(
    wire: httpx.AsyncClient, ada: str
) -> None:
    companies = await made(wire, "companies", 3)
    path = f"/crm/v4/objects/contacts/{ada}/associations"
    for id in companies:
        await wire.put(f"{path}/default/companies/{id}")
    await wire.delete(f"/crm/v3/objects/companies/{companies[0]}")
    first = (await wire.get(f"{path}/companies?limit=1")).json()
    assert [one["toObjectId"] for one in first["results"]] == companies[1:2]
    rest = (await wire.get(first["paging"]["next"]["link"])).json()
    assert [one["toObjectId"] for one in rest["results"]] == companies[2:]
    assert "paging" not in rest
    body = {"inputs": [{"id": ada}]}
    read = await wire.post("/crm/v4/associations/contacts/companies/batch/read", json=body)
    assert [to["toObjectId"] for to in read.json()["results"][0]["to"]] == companies[1:]


async def test_a_batch_read_tells_who_has_no_associations(
    wire: httpx.AsyncClient, ada: str
) -> None:
    answer = await wire.post(
        "/crm/v4/associations/contacts/companies/batch/read", json={"inputs": [{"id": ada}]}
    )
    assert answer.status_code == 207
    (error,) = answer.json()["errors"]
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["context"] == {"fromObjectId": [ada]}


async def test_associating_needs_the_scopes_of_both_types(
    service: Service, ada: str, acme: str
) -> None:
    key = await make_key(service.url, "crm.objects.contacts.write", "crm.objects.companies.read")
    async with service.wire(key) as wire:
        path = f"/crm/v4/objects/contacts/{ada}/associations/default/companies/{acme}"
        answer = await wire.put(path)
    assert answer.status_code == 403
    assert answer.json()["context"] == {"requiredScopes": ["crm.objects.companies.write"]}
