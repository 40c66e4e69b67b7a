"""Lists, their members and their folders, by HubSpot's own client and on the bare wire."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm import lists
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as NewContact

from penstock.engine.worker import Worker
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from tests.api.conftest import Service, make_key
from tests.lists.shelf import city, inside, wanted

LISTS = "/crm/v3/lists"


def lenient(service: Service) -> Any:
    """HubSpot's client without validation, which refuses every list that shows its filter."""
    return HubSpot(access_token=service.key, host=service.base, base_url=service.base).crm.lists


def contact(service: Service, **properties: str) -> str:
    body = NewContact(properties=properties, associations=[])
    made: str = service.client.crm.contacts.basic_api.create(body).id
    return made


async def turn(service: Service) -> None:
    """Let the engine do what there is to do."""
    async with Database(service.url, size=4) as database:
        worker = Worker(database, DatabaseClock())
        while await worker.turn_all():
            pass


async def make(
    wire: httpx.AsyncClient, name: str = "A list", kind: str = "MANUAL", **rest: Any
) -> dict[str, Any]:
    body = {"name": name, "objectTypeId": "0-1", "processingType": kind, **rest}
    answer = await wire.post(LISTS, json=body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()["list"]
    return made


def refused(answer: httpx.Response, status: int = 400) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_the_official_client_makes_reads_renames_and_deletes(service: Service) -> None:
    api = service.client.crm.lists.lists_api
    made = api.create(
        lists.ListCreateRequest(object_type_id="0-1", processing_type="MANUAL", name="Guests")
    ).list
    assert (made.name, made.processing_type, made.size) == ("Guests", "MANUAL", 0)
    assert (made.list_version, made.processing_status) == (1, "COMPLETE")
    assert api.get_by_id(made.list_id).list.name == "Guests"
    assert api.get_by_name("gUESTS", "0-1").list.list_id == made.list_id
    (found,) = api.get_all(list_ids=[made.list_id, "998"]).lists
    assert found.list_id == made.list_id
    renamed = api.update_name(made.list_id, list_name="Hosts").updated_list
    assert renamed.name == "Hosts"
    api.remove(made.list_id)
    with pytest.raises(lists.ApiException) as gone:
        api.get_by_id(made.list_id)
    assert gone.value.status == 404
    api.restore(made.list_id)
    assert api.get_by_id(made.list_id).list.name == "Hosts"


async def test_the_official_client_follows_a_dynamic_list(service: Service) -> None:
    api = lenient(service)
    ada = contact(service, city="Rome")
    bob = contact(service, city="Oslo")
    made = api.lists_api.create(
        lists.ListCreateRequest(
            object_type_id="0-1",
            processing_type="DYNAMIC",
            name="In Rome",
            filter_branch=city("Rome"),
        )
    ).list
    assert (made.processing_status, made.size) == ("PROCESSING", 0)
    await turn(service)
    read = api.lists_api.get_by_id(made.list_id).list
    assert (read.processing_status, read.size, read.filter_branch) == ("COMPLETE", 1, None)
    page = api.memberships_api.get_page(made.list_id)
    assert ([each.record_id for each in page.results], page.total) == ([ada], 1)
    changed = api.lists_api.update_list_filters(
        made.list_id, lists.ListFilterUpdateRequest(filter_branch=city("Oslo"))
    ).updated_list
    assert (changed.list_version, changed.processing_status) == (2, "PROCESSING")
    assert changed.filters_updated_at >= made.filters_updated_at
    await turn(service)
    ordered = api.memberships_api.get_page_ordered_by_added_to_list_date(made.list_id)
    assert [each.record_id for each in ordered.results] == [bob]
    shown = api.lists_api.get_by_id(made.list_id, include_filters=True).list
    assert shown.filter_branch.filter_branches[0].filters[0].operation.values == ["Oslo"]


def test_the_official_client_changes_members(service: Service) -> None:
    crm = service.client.crm.lists
    people = [contact(service) for _ in range(3)]
    first, second = (
        crm.lists_api.create(
            lists.ListCreateRequest(object_type_id="0-1", processing_type="MANUAL", name=name)
        ).list.list_id
        for name in ("First", "Second")
    )
    api = crm.memberships_api
    added = api.add(first, [*people[:2], "998", "nobody"])
    assert added.records_ids_added == people[:2]
    assert (added.record_ids_removed, added.record_ids_missing) == ([], ["998", "nobody"])
    changed = api.add_and_remove(
        first,
        lists.MembershipChangeRequest(
            record_ids_to_add=[people[2]], record_ids_to_remove=[people[0]]
        ),
    )
    assert (changed.records_ids_added, changed.record_ids_removed) == ([people[2]], [people[0]])
    removed = api.remove(first, [people[1], people[0]])
    assert (removed.record_ids_removed, removed.record_ids_missing) == ([people[1]], [])
    api.add_all_from_list(second, first)
    (own,) = api.get_lists("0-1", people[0]).results or [None]
    assert own is None
    found = api.get_lists("contacts", people[2])
    assert [each.list_id for each in found.results] == [first, second]
    assert found.total == 2
    api.remove_all(second)
    assert api.get_page(second).results == []


def test_the_official_client_searches(service: Service) -> None:
    api = service.client.crm.lists.lists_api
    for name in ("Guests of May", "Guests of June", "Hosts"):
        api.create(
            lists.ListCreateRequest(object_type_id="0-1", processing_type="MANUAL", name=name)
        )
    found = api.do_search(
        lists.ListSearchRequest(
            query="guests",
            count=1,
            offset=0,
            processing_types=["MANUAL", "DYNAMIC"],
            additional_properties=["hs_list_size", "hs_folder_name", "hs_nothing"],
            list_ids=[],
            sort="-hs_list_name",
        )
    )
    assert (found.total, found.offset, found.has_more) == (2, 1, True)
    assert found.lists[0].name == "Guests of May"
    assert found.lists[0].additional_properties == {"hs_list_size": "0"}


def test_the_official_client_keeps_lists_in_folders(service: Service) -> None:
    crm = service.client.crm.lists
    api = crm.folders_api
    outer = api.create(lists.ListFolderCreateRequest(name="Outer", parent_folder_id="0")).folder
    inner = api.create(
        lists.ListFolderCreateRequest(name="Inner", parent_folder_id=str(outer.id))
    ).folder
    assert (inner.parent_folder_id, inner.child_nodes) == (outer.id, [])
    made = crm.lists_api.create(
        lists.ListCreateRequest(
            object_type_id="0-1", processing_type="MANUAL", name="Kept", list_folder_id=outer.id
        )
    ).list
    api.move_list(lists.ListMoveRequest(list_id=made.list_id, new_folder_id=str(inner.id)))
    assert api.rename(str(inner.id), new_folder_name="Within").folder.name == "Within"
    assert api.move(str(inner.id), "0").folder.child_lists == [int(made.list_id)]
    root = api.get_all().folder
    assert [each.name for each in root.child_nodes] == ["Outer", "Within"]
    with pytest.raises(lists.ApiException) as full:
        api.remove(str(inner.id))
    assert full.value.status == 400
    api.remove(str(outer.id))
    found = api.get_all(folder_id=str(inner.id)).folder
    assert found.child_lists == [int(made.list_id)]


def test_the_official_client_translates_older_ids(service: Service) -> None:
    crm = service.client.crm.lists
    made = crm.lists_api.create(
        lists.ListCreateRequest(object_type_id="0-1", processing_type="MANUAL", name="Guests")
    ).list
    api = crm.mapping_api
    one = api.translate_legacy_list_id_to_list_id(legacy_list_id=made.list_id)
    assert one.list_id == made.list_id
    many = api.translate_legacy_list_id_to_list_id_batch([made.list_id, "998"])
    assert [each.list_id for each in many.legacy_list_ids_to_ids_mapping] == [made.list_id]
    assert many.missing_legacy_list_ids == ["998"]


async def test_a_snapshot_is_full_at_once(service: Service, wire: httpx.AsyncClient) -> None:
    ada = contact(service, city="Rome")
    contact(service, city="Oslo")
    made = await make(wire, "Were in Rome", "SNAPSHOT", filterBranch=city("Rome"))
    assert (made["size"], made["processingStatus"]) == (1, "COMPLETE")
    page = (await wire.get(f"{LISTS}/{made['listId']}/memberships")).json()
    assert [each["recordId"] for each in page["results"]] == [ada]


async def test_pages_of_members_lead_to_each_other(
    service: Service, wire: httpx.AsyncClient
) -> None:
    people = [contact(service) for _ in range(5)]
    made = await make(wire)
    path = f"{LISTS}/{made['listId']}/memberships"
    joined = [people[index] for index in (2, 0, 4, 1, 3)]
    for person in joined:
        assert (await wire.put(f"{path}/add", json=[person])).status_code == 200
    for way, order in ((path, people), (f"{path}/join-order", joined)):
        first = (await wire.get(way, params={"limit": 2})).json()
        assert [each["recordId"] for each in first["results"]] == order[:2]
        assert (first["total"], "prev" in first["paging"]) == (5, False)
        second = (await wire.get(first["paging"]["next"]["link"])).json()
        assert [each["recordId"] for each in second["results"]] == order[2:4]
        third = (await wire.get(second["paging"]["next"]["link"])).json()
        assert [each["recordId"] for each in third["results"]] == order[4:]
        assert "next" not in third["paging"]
        back = (await wire.get(third["paging"]["prev"]["link"])).json()
        assert [each["recordId"] for each in back["results"]] == order[2:4][::-1]
        rest = (await wire.get(back["paging"]["prev"]["link"])).json()
        assert [each["recordId"] for each in rest["results"]] == order[:2][::-1]
        assert "paging" not in rest
        for word in ("x", "1-x", "1-2-3", "9" * 19, "-", "999999999999999999-1"):
            if way.endswith("join-order") or not word.isdecimal() or len(word) == 19:
                assert "after" in refused(await wire.get(way, params={"after": word}))["message"]


@pytest.mark.parametrize("path", [LISTS, f"{LISTS}/", "/crm/lists/2026-03", "/crm/lists/2026-03/"])
async def test_every_name_of_a_path_leads_to_the_same_lists(
    wire: httpx.AsyncClient, path: str
) -> None:
    body = {"name": "Guests", "objectTypeId": "contact", "processingType": "MANUAL"}
    answer = await wire.post(path, json=body)
    assert answer.status_code == 200
    made = answer.json()["list"]
    assert made["objectTypeId"] == "0-1"
    read = await wire.get(path, params={"listIds": f"{made['listId']},998"})
    assert [each["listId"] for each in read.json()["lists"]] == [made["listId"]]


async def test_a_filter_comes_back_as_it_was_sent(wire: httpx.AsyncClient) -> None:
    document = {**city("Rome"), "note": "kept"}
    made = await make(wire, "In Rome", "DYNAMIC", filterBranch=document)
    assert made["filterBranch"] == document
    path = f"{LISTS}/{made['listId']}"
    assert "filterBranch" not in (await wire.get(path)).json()["list"]
    for query in ("includeFilters=true", "includeFilters=True"):
        assert (await wire.get(f"{path}?{query}")).json()["list"]["filterBranch"] == document


async def test_what_is_wrong_with_a_filter_is_said_with_its_place(wire: httpx.AsyncClient) -> None:
    body = {"name": "Refused", "objectTypeId": "0-1", "processingType": "DYNAMIC"}
    answer = await wire.post(LISTS, json={**body, "filterBranch": wanted(inside(998))})
    wrong = refused(answer)
    assert wrong["category"] == "VALIDATION_ERROR"
    assert wrong["errors"][0]["in"] == "$.filterBranch.filterBranches[0].filters[0].listId"
    answer = await wire.post(LISTS, json=body, headers={"Accept-Language": "sv"})
    assert "filterBranch" in refused(answer)["message"]
    answer = await wire.post(LISTS, json={**body, "processingType": "STATIC"})
    assert "processingType" in refused(answer)["message"]


async def test_a_circle_of_lists_is_refused_with_its_path(wire: httpx.AsyncClient) -> None:
    a = (await make(wire, "A", "DYNAMIC", filterBranch=city("Rome")))["listId"]
    b = (await make(wire, "B", "DYNAMIC", filterBranch=wanted(inside(a))))["listId"]
    answer = await wire.put(
        f"{LISTS}/{a}/update-list-filters", json={"filterBranch": wanted(inside(b))}
    )
    wrong = refused(answer)
    assert wrong["subCategory"] == "LIST_CYCLE"
    assert '"A" → "B" → "A"' in wrong["message"]
    assert wrong["context"] == {"listIds": [a, b, a]}


async def test_a_list_that_is_asked_about_is_not_deleted_and_says_by_whom(
    wire: httpx.AsyncClient,
) -> None:
    a = (await make(wire, "A", "MANUAL"))["listId"]
    b = (await make(wire, "B", "DYNAMIC", filterBranch=wanted(inside(a))))["listId"]
    assert refused(await wire.delete(f"{LISTS}/{a}"))["subCategory"] == "LIST_IN_USE"
    uses = (await wire.get(f"/api/lists/{a}/uses")).json()["results"]
    assert uses == [{"kind": "list", "id": b, "name": "B", "active": True}]
    assert (await wire.delete(f"{LISTS}/{b}")).status_code == 204
    assert (await wire.delete(f"{LISTS}/{a}")).status_code == 204


async def test_what_cannot_be_is_refused(wire: httpx.AsyncClient) -> None:
    await make(wire, "Guests")
    taken = {"name": "GUESTS", "objectTypeId": "0-1", "processingType": "MANUAL"}
    assert refused(await wire.post(LISTS, json=taken))["subCategory"] == "LIST_NAME_TAKEN"
    rome = await make(wire, "In Rome", "DYNAMIC", filterBranch=city("Rome"))
    path = f"{LISTS}/{rome['listId']}"
    wrong = refused(await wire.put(f"{path}/memberships/add", json=["65"]))
    assert wrong["subCategory"] == "LIST_MEMBERS_FIXED"
    body = {"filterBranch": city("Oslo")}
    answer = await wire.put(f"{path}/update-list-filters?enrollObjectsInWorkflows=false", json=body)
    assert "enrollObjectsInWorkflows" in refused(answer)["message"]
    refused(await wire.post(f"{LISTS}/search", json={"sort": "hs_colour"}))
    refused(await wire.put(f"{path}/memberships/add", json={"ids": []}))
    refused(await wire.get(f"{path}/memberships?limit=251"))


@pytest.mark.parametrize("id", ["998", "0", "-1", "abc", "9" * 30])
async def test_what_does_not_exist_is_not_found(wire: httpx.AsyncClient, id: str) -> None:
    one = f"{LISTS}/{id}"
    for answer in (
        await wire.get(one),
        await wire.delete(one),
        await wire.put(f"{one}/restore"),
        await wire.put(f"{one}/update-list-name?listName=x"),
        await wire.put(f"{one}/update-list-filters", json={"filterBranch": city("Rome")}),
        await wire.get(f"{one}/memberships"),
        await wire.get(f"{one}/memberships/join-order"),
        await wire.put(f"{one}/memberships/add", json=[]),
        await wire.put(f"{one}/memberships/add-from/998"),
        await wire.delete(f"{one}/memberships"),
        await wire.get(f"/api/lists/{id}/uses"),
        await wire.get(f"{LISTS}/object-type-id/0-1/name/{id}"),
        await wire.get(f"{LISTS}/records/0-1/{id}/memberships"),
        await wire.get(f"{LISTS}/idmapping?legacyListId={id}"),
        await wire.delete(f"{LISTS}/folders/{id}"),
    ):
        assert refused(answer, 404)["category"] == "OBJECT_NOT_FOUND", answer.url


async def test_a_key_needs_the_scopes_of_lists(service: Service, wire: httpx.AsyncClient) -> None:
    made = await make(wire)
    one = f"{LISTS}/{made['listId']}"
    key = await make_key(service.url, "crm.lists.read")
    async with service.wire(key) as reading:
        assert (await reading.get(one)).status_code == 200
        assert (await reading.get(f"{one}/memberships")).status_code == 200
        for answer in (
            await reading.delete(one),
            await reading.put(f"{one}/memberships/add", json=[]),
            await reading.post(f"{LISTS}/folders", json={"name": "x"}),
        ):
            assert refused(answer, 403)["context"] == {"requiredScopes": ["crm.lists.write"]}
    key = await make_key(service.url, "crm.lists.write")
    async with service.wire(key) as writing:
        assert refused(await writing.get(one), 403)["category"] == "MISSING_SCOPES"
        assert (await writing.delete(one)).status_code == 204


async def test_every_change_leaves_its_row_in_the_audit_trail(
    service: Service, wire: httpx.AsyncClient
) -> None:
    ada = contact(service)
    made = await make(wire)
    one = f"{LISTS}/{made['listId']}"
    await wire.put(f"{one}/memberships/add", json=[ada])
    await wire.put(f"{one}/update-list-name?listName=Other")
    await wire.delete(f"{one}/memberships")
    await wire.delete(one)
    await wire.put(f"{one}/restore")
    async with Database(service.url, size=1) as database, database.unit() as conn:
        cursor = await conn.execute(
            "SELECT operation, details FROM audit WHERE target = %s ORDER BY id",
            (f"lists/{made['listId']}",),
        )
        rows = await cursor.fetchall()
    assert [row.operation for row in rows] == [
        "lists_create",
        "lists_members_add",
        "lists_rename",
        "lists_members_clear",
        "lists_delete",
        "lists_restore",
    ]
    assert rows[1].details == {"added": 1, "removed": 0}


async def test_a_hundred_thousand_records_come_and_go_in_one_call(
    service: Service, wire: httpx.AsyncClient
) -> None:
    made = await make(wire)
    async with Database(service.url, size=1) as database, database.unit() as conn:
        await conn.execute(
            "INSERT INTO records (bucket, id, type, properties, created_at, updated_at)"
            " SELECT n & 63, n, '0-1', '{}', '2026-01-01Z', '2026-01-01Z'"
            " FROM generate_series(1000000, 1099998) n"
        )
    path = f"{LISTS}/{made['listId']}/memberships"
    ids = [str(n) for n in range(1_000_000, 1_100_000)]
    answer = await wire.put(f"{path}/add", content=json.dumps(ids), headers=JSON)
    assert len(answer.json()["recordsIdsAdded"]) == 99_999
    assert answer.json()["recordIdsMissing"] == ["1099999"]
    assert (await wire.get(path)).json()["total"] == 99_999
    answer = await wire.put(f"{path}/remove", content=json.dumps(ids), headers=JSON)
    assert len(answer.json()["recordIdsRemoved"]) == 99_999
    refused(await wire.put(f"{path}/add", content=json.dumps([*ids, "1"]), headers=JSON))


JSON = {"Content-Type": "application/json"}


async def test_two_who_make_the_same_list_at_once_make_one(wire: httpx.AsyncClient) -> None:
    body = {"name": "Guests", "objectTypeId": "0-1", "processingType": "MANUAL"}
    answers = await asyncio.gather(*(wire.post(LISTS, json=body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]
