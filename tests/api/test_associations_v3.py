"""Associations by the names of their types, through HubSpot's own client and on the wire."""

import httpx
from hubspot.crm import associations

from tests.api.conftest import Service
from tests.api.test_associations_v4 import acme, ada, made

__all__ = ["acme", "ada"]

PAIR = ("contacts", "companies")


async def test_the_official_client_associates_reads_and_parts(
    service: Service, wire: httpx.AsyncClient, acme: str
) -> None:
    ids = await made(wire, "contacts", 2)
    api = service.client.crm.associations.batch_api

    def pairs(*contacts: str) -> associations.BatchInputPublicAssociation:
        return associations.BatchInputPublicAssociation(
            inputs=[
                associations.PublicAssociation(
                    _from=associations.PublicObjectId(id),
                    to=associations.PublicObjectId(acme),
                    type="contact_to_company",
                )
                for id in contacts
            ]
        )

    assert [one._from.id for one in api.create(*PAIR, pairs(*ids)).results] == ids
    wanted = associations.BatchInputPublicObjectId(
        inputs=[associations.PublicObjectId(id) for id in ids]
    )
    read = api.read(*PAIR, wanted)
    assert [{to.type for to in one.to} for one in read.results] == [
        {"contact_to_company", "contact_to_company_unlabeled"}
    ] * 2
    api.archive(*PAIR, pairs(ids[0]))
    first, second = api.read(*PAIR, wanted).results
    assert (len(first.to), len(second.to)) == (1, 2)


def test_the_official_client_lists_the_types(service: Service) -> None:
    found = service.client.crm.associations.schema.types_api.get_all("contacts", "companies")
    assert {(one.id, one.name) for one in found.results} == {
        ("1", "contact_to_company"),
        ("279", "contact_to_company_unlabeled"),
    }


async def test_single_associations_are_named_in_the_path(
    wire: httpx.AsyncClient, ada: str, acme: str
) -> None:
    path = f"/crm/v3/objects/contacts/{ada}/associations/companies"
    put = await wire.put(f"{path}/{acme}/1")
    assert (put.status_code, put.json()["type"]) == (200, "contact_to_company")
    listed = await wire.get(path)
    assert {one["type"] for one in listed.json()["results"]} == {
        "contact_to_company",
        "contact_to_company_unlabeled",
    }
    assert (await wire.delete(f"{path}/{acme}/contact_to_company_unlabeled")).status_code == 204
    assert (await wire.get(path)).json()["results"] == []


async def test_an_unknown_type_names_the_known_ones(
    wire: httpx.AsyncClient, ada: str, acme: str
) -> None:
    path = f"/crm/v3/objects/contacts/{ada}/associations/companies/{acme}/friend"
    for answer in (await wire.put(path), await wire.delete(path)):
        assert answer.status_code == 400
        assert "contact_to_company_unlabeled" in answer.json()["message"]
