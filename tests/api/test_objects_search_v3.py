"""The search, through HubSpot's own client and on the wire; what it finds is tested in filters."""

import httpx
from hubspot.crm import contacts

from tests.api.conftest import Service

CONTACTS = "/crm/v3/objects/contacts"


async def test_the_official_client_searches_page_after_page(
    service: Service, wire: httpx.AsyncClient
) -> None:
    inputs = [
        {"properties": {"email": f"no{number}@example.test", "city": "Rome" if number else "Oslo"}}
        for number in range(6)
    ]
    await wire.post(f"{CONTACTS}/batch/create", json={"inputs": inputs})
    romans = contacts.FilterGroup(
        filters=[contacts.Filter(property_name="city", operator="EQ", value="rome")]
    )
    found, after = [], None
    while True:
        page = service.client.crm.contacts.search_api.do_search(
            contacts.PublicObjectSearchRequest(
                filter_groups=[romans],
                sorts=["-email"],
                properties=["email"],
                limit=2,
                after=after,
            )
        )
        assert page.total == 5
        found += [one.properties["email"] for one in page.results]
        if page.paging is None:
            break
        after = page.paging.next.after
    assert found == [f"no{number}@example.test" for number in (5, 4, 3, 2, 1)]


async def test_an_empty_search_finds_everything_with_the_default_properties(
    wire: httpx.AsyncClient,
) -> None:
    await wire.post(CONTACTS, json={"properties": {"firstname": "Ada", "city": "Rome"}})
    answer = await wire.post("/crm/objects/2026-03/contacts/search/", json={})
    assert (answer.status_code, answer.json()["total"]) == (200, 1)
    properties = answer.json()["results"][0]["properties"]
    assert properties["firstname"] == "Ada"
    assert properties.keys() == {
        "createdate",
        "email",
        "firstname",
        "hs_object_id",
        "lastmodifieddate",
        "lastname",
    }


async def test_a_search_that_is_not_valid_is_refused_with_the_places(
    wire: httpx.AsyncClient,
) -> None:
    filters = [{"propertyName": "nickname", "operator": "EQ", "value": "A"}]
    answer = await wire.post(f"{CONTACTS}/search", json={"filters": filters, "limit": 10})
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    (error,) = answer.json()["errors"]
    assert (error["in"], error["code"]) == ("$.filters[0].propertyName", "PROPERTY_DOESNT_EXIST")
    for body in ({"limit": 201}, {"after": 10_000}, {"filterGroups": 5}, []):
        refused = await wire.post(f"{CONTACTS}/search", json=body)
        assert refused.status_code == 400, body
