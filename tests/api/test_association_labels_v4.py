"""Labels and limits of associations, through HubSpot's own client and on the wire."""

import httpx
import pytest
from hubspot.crm.associations.v4 import schema

from tests.api.conftest import Service
from tests.api.test_associations_v4 import acme, ada, made, types

__all__ = ["acme", "ada"]

PAIR = ("contacts", "companies")
LABELS = "/crm/v4/associations/contacts/companies/labels"


async def label(wire: httpx.AsyncClient, **body: str) -> int:
    answer = await wire.post(LABELS, json={"name": "advises", "label": "Advises"} | body)
    assert answer.status_code == 200, answer.text
    id: int = answer.json()["results"][0]["typeId"]
    return id


def test_the_official_client_makes_changes_and_removes_labels(service: Service) -> None:
    api = service.client.crm.associations.v4.schema.definitions_api
    draft = schema.PublicAssociationDefinitionCreateRequest(
        name="advises", label="Advises", inverse_label="Advised by"
    )
    there, back = api.create(*PAIR, draft).results
    assert (there.label, back.label, there.category) == ("Advises", "Advised by", "USER_DEFINED")
    api.update(
        *PAIR,
        schema.PublicAssociationDefinitionUpdateRequest(
            association_type_id=there.type_id, label="Counsels", inverse_label="Counselled by"
        ),
    )
    assert {one.type_id: one.label for one in api.get_all(*PAIR).results} == {
        279: None,
        1: "Primary",
        there.type_id: "Counsels",
    }
    backwards = {one.type_id: one.label for one in api.get_all("companies", "contacts").results}
    assert backwards[back.type_id] == "Counselled by"
    api.remove(*PAIR, there.type_id)
    assert len(api.get_all(*PAIR).results) == 2
    assert len(api.get_all("companies", "contacts").results) == 2


def test_the_official_client_limits_associations(service: Service) -> None:
    api = service.client.crm.associations.v4.schema.definition_configurations_api

    def limits(number: int) -> list[schema.PublicAssociationDefinitionConfigurationCreateRequest]:
        return [
            schema.PublicAssociationDefinitionConfigurationCreateRequest(
                category="HUBSPOT_DEFINED", type_id=279, max_to_object_ids=number
            )
        ]

    create = schema.BatchInputPublicAssociationDefinitionConfigurationCreateRequest
    made = api.batch_create(*PAIR, create(inputs=limits(2)))
    assert made.results[0].user_enforced_max_to_object_ids == 2
    update = schema.BatchInputPublicAssociationDefinitionConfigurationUpdateRequest
    api.batch_update(*PAIR, update(inputs=limits(3)))
    for found in (api.get_all(), api.get_all_between_two_object_types(*PAIR)):
        assert [(one.type_id, one.user_enforced_max_to_object_ids) for one in found.results] == [
            (279, 3)
        ]
    spec = schema.PublicAssociationSpec(type_id=279, category="HUBSPOT_DEFINED")
    api.batch_remove(*PAIR, schema.BatchInputPublicAssociationSpec(inputs=[spec]))
    assert api.get_all().results == []


async def test_a_label_without_an_inverse_reads_the_same_both_ways(
    wire: httpx.AsyncClient, ada: str
) -> None:
    bob, eve = await made(wire, "contacts", 2)
    path = "/crm/v4/associations/contacts/contacts/labels"
    answer = await wire.post(path, json={"name": "friend", "label": "Friend"})
    (friend,) = answer.json()["results"]
    answer = await wire.post(
        path, json={"name": "parent", "label": "Parent", "inverseLabel": "Child"}
    )
    parent, child = answer.json()["results"]
    for to, id in ((bob, friend["typeId"]), (eve, parent["typeId"])):
        body = [{"associationCategory": "USER_DEFINED", "associationTypeId": id}]
        url = f"/crm/v4/objects/contacts/{ada}/associations/contacts/{to}"
        put = await wire.put(url, json=body)
        assert put.status_code == 201, put.text
    associations = "/crm/v4/objects/contacts/{}/associations/contacts"
    assert await types(wire, associations.format(bob)) == [449, friend["typeId"]]
    assert await types(wire, associations.format(eve)) == [449, child["typeId"]]


async def test_removing_a_label_takes_it_from_every_record(
    wire: httpx.AsyncClient, ada: str, acme: str
) -> None:
    id = await label(wire)
    path = f"/crm/v4/objects/contacts/{ada}/associations/companies"
    body = [{"associationCategory": "USER_DEFINED", "associationTypeId": id}]
    assert (await wire.put(f"{path}/{acme}", json=body)).json()["labels"] == ["Advises"]
    assert await types(wire, path) == [279, id]
    assert (await wire.delete(f"{LABELS}/{id}")).status_code == 204
    assert await types(wire, path) == [279]
    assert (await wire.delete(f"{LABELS}/{id}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "advises", "label": "Other"}, 409),
        ({"name": "other", "label": "Advises"}, 409),
        ({"name": "9 lives", "label": "Lives"}, 400),
        ({"name": "lives", "label": " "}, 400),
        ({"name": "lives"}, 400),
    ],
)
async def test_a_label_that_clashes_or_is_wrong_is_refused(
    wire: httpx.AsyncClient, body: dict[str, str], status: int
) -> None:
    await label(wire)
    answer = await wire.post(LABELS, json=body)
    assert answer.status_code == status
    assert len((await wire.get(LABELS)).json()["results"]) == 3


@pytest.mark.parametrize("id", [1, 279])
async def test_what_is_built_in_stays_as_it_is(wire: httpx.AsyncClient, id: int) -> None:
    body = {"associationTypeId": id, "label": "Mine"}
    for answer in (await wire.delete(f"{LABELS}/{id}"), await wire.put(LABELS, json=body)):
        assert (answer.status_code, answer.json()["subCategory"]) == (400, "DEFINITION_READ_ONLY")


async def test_a_limit_holds_from_either_end(wire: httpx.AsyncClient, acme: str) -> None:
    people = await made(wire, "contacts", 3)
    path = "/crm/v4/associations/definitions/configurations/companies/contacts/batch"
    body = {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 280, "maxToObjectIds": 2}]}
    answer = await wire.post(f"{path}/create", json=body)
    assert answer.status_code == 201, answer.text
    single = "/crm/v4/objects/contacts/{}/associations/default/companies/" + acme
    assert [(await wire.put(single.format(id))).status_code for id in people] == [200, 200, 400]
    edge = {"to": {"id": acme}, "types": []}
    refused = await wire.post(
        "/crm/v3/objects/contacts", json={"properties": {}, "associations": [edge]}
    )
    assert refused.json()["errors"][0]["code"] == "ASSOCIATION_LIMIT_EXCEEDED"
    body["inputs"][0]["maxToObjectIds"] = 0
    assert (await wire.post(f"{path}/update", json=body)).status_code == 400
    assert (await wire.post(f"{path}/purge", json=body)).status_code == 204
    assert (await wire.put(single.format(people[2]))).status_code == 200
