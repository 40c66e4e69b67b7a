"""Owners and teams, through HubSpot's own client and on the wire."""

from typing import Any

import httpx
import pytest
from hubspot.crm import owners

from tests.api.conftest import Service, make_key
from tests.api.test_properties_v3 import refused

OWNERS = "/api/owners"
TEAMS = "/api/teams"


async def make(wire: httpx.AsyncClient, email: str, **names: str) -> dict[str, Any]:
    answer = await wire.post(OWNERS, json={"email": email, **names})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_the_official_client_reads_owners(service: Service, wire: httpx.AsyncClient) -> None:
    made = [await make(wire, f"o{number}@example.test", firstName="O") for number in range(3)]
    await wire.post(TEAMS, json={"name": "Sales", "memberIds": [made[0]["id"]]})
    await wire.delete(f"{OWNERS}/{made[2]['id']}")
    api = service.client.crm.owners.owners_api

    first = api.get_page(limit=1)
    assert [one.email for one in first.results] == ["o0@example.test"]
    assert [(team.name, team.primary) for team in first.results[0].teams] == [("Sales", True)]
    second = api.get_page(limit=1, after=first.paging.next.after)
    assert [one.email for one in second.results] == ["o1@example.test"]
    assert second.paging is None
    assert [one.id for one in api.get_page(email="O1@Example.test").results] == [made[1]["id"]]

    owner = api.get_by_id(made[0]["id"])
    assert (owner.type, owner.user_id, owner.archived) == ("PERSON", made[0]["userId"], False)
    assert api.get_by_id(made[0]["userId"], id_property="userId").id == made[0]["id"]
    with pytest.raises(owners.ApiException) as missing:
        api.get_by_id(made[2]["id"])
    assert missing.value.status == 404
    gone = api.get_by_id(made[2]["id"], archived=True)
    assert (gone.archived, gone.user_id) == (True, None)
    assert gone.user_id_including_inactive == made[2]["userId"]
    assert [one.id for one in api.get_page(archived=True).results] == [gone.id]


async def test_the_dated_and_our_own_names_lead_to_the_same_owners(
    wire: httpx.AsyncClient,
) -> None:
    made = await make(wire, "ada@example.test")
    for path in ("/crm/v3/owners", "/crm/v3/owners/", "/crm/owners/2026-03", OWNERS):
        assert (await wire.get(path)).json()["results"] == [made]


async def test_an_owner_changes_goes_and_comes_back(wire: httpx.AsyncClient) -> None:
    made = await make(wire, "ada@example.test", firstName="Ada", lastName="Byron")
    one = f"{OWNERS}/{made['id']}"
    changed = (await wire.patch(one, json={"lastName": "Lovelace"})).json()
    assert (changed["firstName"], changed["lastName"]) == ("Ada", "Lovelace")
    assert (await wire.patch(one, json={"archived": True})).json()["archived"]
    assert (await wire.get(one)).status_code == 404
    assert not (await wire.patch(one, json={"archived": False})).json()["archived"]
    assert not (await wire.patch(one, json={"archived": False})).json()["archived"]
    assert (await wire.delete(one)).status_code == 204
    refused(await wire.delete(one), 404, "OBJECT_NOT_FOUND")


async def test_records_can_belong_to_a_new_owner(wire: httpx.AsyncClient) -> None:
    made = await make(wire, "ada@example.test", firstName="Ada")
    contact = await wire.post(
        "/crm/v3/objects/contacts", json={"properties": {"hubspot_owner_id": made["id"]}}
    )
    assert contact.status_code == 201, contact.text
    users = await wire.get("/crm/v3/objects/users", params={"properties": "hs_internal_user_id"})
    assert users.json()["results"][0]["properties"]["hs_internal_user_id"] == str(made["userId"])


async def test_a_wrong_owner_is_refused(wire: httpx.AsyncClient) -> None:
    await make(wire, "ada@example.test")
    twice = await wire.post(OWNERS, json={"email": "ADA@example.test"})
    refused(twice, 409, "OBJECT_ALREADY_EXISTS")
    body = refused(await wire.post(OWNERS, json={"email": "ada"}), 400, "VALIDATION_ERROR")
    assert body["errors"][0]["in"] == "email"
    for id in ("1", "nobody", "9" * 30):
        refused(await wire.get(f"/crm/v3/owners/{id}"), 404, "OBJECT_NOT_FOUND")
        refused(await wire.patch(f"{OWNERS}/{id}", json={}), 404, "OBJECT_NOT_FOUND")
    refused(
        await wire.get("/crm/v3/owners/1", params={"idProperty": "name"}), 400, "VALIDATION_ERROR"
    )
    refused(await wire.get("/crm/v3/owners", params={"limit": 501}), 400, "VALIDATION_ERROR")


async def test_a_team_lives(wire: httpx.AsyncClient) -> None:
    ada = (await make(wire, "ada@example.test"))["id"]
    bob = (await make(wire, "bob@example.test"))["id"]
    made = await wire.post(
        TEAMS, json={"name": "Sales", "memberIds": [ada], "secondaryMemberIds": [int(bob)]}
    )
    assert made.status_code == 201, made.text
    team = made.json()
    assert (team["memberIds"], team["secondaryMemberIds"]) == ([ada], [bob])
    one = f"{TEAMS}/{team['id']}"
    assert (await wire.get(one)).json() == team
    changed = (await wire.patch(one, json={"name": "Help", "memberIds": []})).json()
    assert (changed["name"], changed["memberIds"], changed["secondaryMemberIds"]) == (
        "Help",
        [],
        [bob],
    )
    assert (await wire.get(TEAMS)).json() == {"results": [changed]}
    refused(await wire.post(TEAMS, json={"name": "Help"}), 409, "OBJECT_ALREADY_EXISTS")
    refused(
        await wire.post(TEAMS, json={"name": "New", "memberIds": ["7"]}), 400, "VALIDATION_ERROR"
    )
    refused(
        await wire.post(TEAMS, json={"name": "New", "memberIds": ["x"]}), 400, "VALIDATION_ERROR"
    )
    assert (await wire.delete(one)).status_code == 204
    refused(await wire.get(one), 404, "OBJECT_NOT_FOUND")
    refused(await wire.delete(one), 404, "OBJECT_NOT_FOUND")


async def test_reading_owners_does_not_allow_making_them(service: Service) -> None:
    key = await make_key(service.url, "crm.objects.owners.read")
    async with service.wire(key) as wire:
        assert (await wire.get("/crm/v3/owners")).status_code == 200
        refused(await wire.post(OWNERS, json={"email": "a@b.test"}), 403, "MISSING_SCOPES")
        refused(await wire.get(TEAMS), 403, "MISSING_SCOPES")
