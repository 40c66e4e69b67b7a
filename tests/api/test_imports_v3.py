"""Imports in HubSpot's dialect, through its own client and on the wire."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hubspot import HubSpot
from hubspot.crm.imports import ApiException

from penstock.imports import running
from penstock.kernel.clock import DatabaseClock
from penstock.kernel.db import Database
from penstock.records.schema import Schemas
from tests.api.conftest import Service, make_key
from tests.api.test_properties_v3 import refused
from tests.imports.files import people_file

IMPORTS = "/crm/v3/imports/"

COLUMNS = [
    {"columnObjectTypeId": "0-1", "columnName": "First Name", "propertyName": "firstname"},
    {"columnObjectTypeId": "0-1", "columnName": "Last Name", "propertyName": "lastname"},
    {
        "columnObjectTypeId": "0-1",
        "columnName": "Email",
        "propertyName": "email",
        "columnType": "HUBSPOT_ALTERNATE_ID",
    },
]


def request(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    page = {"hasHeader": more.pop("hasHeader", True), "columnMappings": list(columns or COLUMNS)}
    file = {"fileName": "people.csv", "fileFormat": "CSV", "fileImportPage": page}
    return {"name": "People", "files": [file], **more}


async def hand_in(
    wire: httpx.AsyncClient, file: str | bytes, asked: Any, path: str = IMPORTS
) -> httpx.Response:
    text = asked if isinstance(asked, str) else json.dumps(asked)
    data = file if isinstance(file, bytes) else file.encode()
    return await wire.post(
        path, data={"importRequest": text}, files={"files": ("people.csv", data, "text/csv")}
    )


async def run_all(service: Service) -> None:
    """Be the worker."""
    async with Database(service.url, size=2) as database:
        while await running.run_next(database, Schemas(), DatabaseClock()):
            pass


async def imported(
    service: Service, wire: httpx.AsyncClient, file: str | bytes, asked: Any
) -> dict[str, Any]:
    """The import of a file once the worker has been at it."""
    answer = await hand_in(wire, file, asked)
    assert answer.status_code == 200, answer.text
    await run_all(service)
    ended: dict[str, Any] = (await wire.get(IMPORTS + answer.json()["id"])).json()
    return ended


async def contacts(wire: httpx.AsyncClient, *names: str) -> list[dict[str, str | None]]:
    answer = await wire.get("/crm/v3/objects/contacts", params={"properties": names, "limit": 100})
    return [{name: one["properties"][name] for name in names} for one in answer.json()["results"]]


async def test_the_official_client_starts_follows_and_lists_imports(
    service: Service, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(people_file(30) + "x,y,Bad,Row,,,,,,no address,,\n", "utf-8")
    client: HubSpot = service.client
    started = client.crm.imports.core_api.create(
        files=str(file), import_request=json.dumps(request())
    )
    assert started.state == "STARTED"
    assert started.import_name == "People"
    assert started.mapped_object_type_ids == ["0-1"]
    await run_all(service)
    done = client.crm.imports.core_api.get_by_id(started.id)
    assert done.state == "DONE"
    assert done.metadata.counters == {
        "TOTAL_ROWS": 31,
        "CREATED_OBJECTS": 30,
        "UPDATED_OBJECTS": 0,
        "UNIQUE_OBJECTS_WRITTEN": 30,
        "ERRORS": 1,
    }
    assert done.import_request_json["name"] == "People"
    listed = client.crm.imports.core_api.get_page()
    assert [item.id for item in listed.results] == [started.id]
    (error,) = client.crm.imports.public_imports_api.get_errors(started.id).results
    assert (error.error_type, error.known_column_number) == ("INVALID_EMAIL", 10)
    assert (error.invalid_value, error.object_type) == ("no address", "CONTACT")
    assert error.source_data.line_number == 32


async def test_the_official_client_cancels_an_import_once(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(people_file(3), "utf-8")
    api = service.client.crm.imports.core_api
    started = api.create(files=str(file), import_request=json.dumps(request()))
    assert api.cancel(started.id).status == "COMPLETE"
    assert api.get_by_id(started.id).state == "CANCELED"
    with pytest.raises(ApiException) as refusal:
        api.cancel(started.id)
    assert refusal.value.status == 409


async def test_every_path_is_served_with_and_without_a_slash_and_under_its_date(
    wire: httpx.AsyncClient,
) -> None:
    for path in ("/crm/v3/imports", "/crm/v3/imports/", "/crm/imports/2026-03"):
        answer = await hand_in(wire, people_file(1), request(), path)
        assert answer.status_code == 200
        assert (await wire.get(path)).status_code == 200
    id = answer.json()["id"]
    assert (await wire.get(f"/crm/imports/2026-03/{id}/errors")).json() == {"results": []}


async def test_operations_dates_and_zones_are_honoured(
    service: Service, wire: httpx.AsyncClient
) -> None:
    columns = [
        {"columnObjectTypeId": "0-1", "columnName": "Email", "propertyName": "email"},
        {"columnObjectTypeId": "0-1", "columnName": "Closed", "propertyName": "closedate"},
    ]
    text = "Email,Closed\nada@x.example,03/04/2026\n"
    done = await imported(service, wire, text, request(*columns, timeZone="Europe/Stockholm"))
    assert done["state"] == "DONE"
    assert await contacts(wire, "closedate") == [{"closedate": "2026-03-03T23:00:00.000Z"}]
    asked = request(*columns, dateFormat="DAY_MONTH_YEAR", importOperations={"0-1": "UPDATE"})
    done = await imported(service, wire, text + "kim@x.example,\n", asked)
    assert done["metadata"]["counters"]["UPDATED_OBJECTS"] == 1
    assert done["metadata"]["counters"]["ERRORS"] == 1
    assert await contacts(wire, "closedate") == [{"closedate": "2026-04-03T00:00:00.000Z"}]
    asked = request(*columns, importOperations={"contacts": "CREATE"})
    done = await imported(service, wire, text, asked)
    assert done["metadata"]["counters"]["ERRORS"] == 1


async def test_one_column_of_another_type_associates_and_creates(
    service: Service, wire: httpx.AsyncClient
) -> None:
    company = {"columnObjectTypeId": "0-2", "columnName": "Company", "propertyName": "name"}
    done = await imported(service, wire, people_file(20), request(*COLUMNS, company))
    assert done["mappedObjectTypeIds"] == ["0-1", "0-2"]
    assert done["metadata"]["counters"]["ERRORS"] == 0
    ada = (await wire.get("/crm/v3/objects/contacts")).json()["results"][0]["id"]
    linked = await wire.get(f"/crm/v4/objects/contacts/{ada}/associations/companies")
    assert len(linked.json()["results"]) == 1


async def test_a_common_column_associates_with_what_is_there(
    service: Service, wire: httpx.AsyncClient
) -> None:
    await wire.post("/crm/v3/objects/companies", json={"properties": {"domain": "acme.example"}})
    common = {
        "columnObjectTypeId": "0-1",
        "toColumnObjectTypeId": "0-2",
        "columnName": "Company Domain",
        "propertyName": None,
        "foreignKeyType": {"associationTypeId": 1, "associationCategory": "HUBSPOT_DEFINED"},
    }
    text = "First Name,Last Name,Email,Company Domain\nAda,L,ada@x.example,acme.example\n"
    await imported(service, wire, text + "K,K,kim@x.example,nowhere\n", request(*COLUMNS, common))
    ada = (await wire.get("/crm/v3/objects/contacts")).json()["results"][0]["id"]
    linked = await wire.get(f"/crm/v4/objects/contacts/{ada}/associations/companies")
    types = {kind["typeId"] for kind in linked.json()["results"][0]["associationTypes"]}
    assert types == {1, 279}


async def test_without_a_header_columns_go_by_their_order(
    service: Service, wire: httpx.AsyncClient
) -> None:
    await imported(service, wire, "Ada,L,ada@x.example\n", request(hasHeader=False))
    assert await contacts(wire, "firstname", "email") == [
        {"firstname": "Ada", "email": "ada@x.example"}
    ]


async def test_record_ids_tell_the_records(service: Service, wire: httpx.AsyncClient) -> None:
    made = await wire.post("/crm/v3/objects/contacts", json={"properties": {"firstname": "Ada"}})
    columns = [
        {
            "columnObjectTypeId": "0-1",
            "columnName": "Id",
            "propertyName": None,
            "columnType": "HUBSPOT_OBJECT_ID",
        },
        COLUMNS[0],
    ]
    text = f"Id,First Name\n{made.json()['id']},Augusta\n"
    await imported(service, wire, text, request(*columns))
    assert await contacts(wire, "firstname") == [{"firstname": "Augusta"}]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"name": "x"}, "files"),
        ({"name": "x", "files": []}, "files"),
        (request(importOperations={"0-1": "DELETE"}), "importOperations.0-1"),
        (request(dateFormat="SOMETIMES"), "dateFormat"),
        (
            request({"columnName": "Email"}),
            "files[0].fileImportPage.columnMappings[0].columnObjectTypeId",
        ),
        ({"files": [request()["files"][0] | {"fileFormat": "SPREADSHEET"}]}, "files[0].fileFormat"),
    ],
)
async def test_a_wrong_request_is_refused_with_its_place(
    wire: httpx.AsyncClient, asked: Any, place: str
) -> None:
    body = refused(await hand_in(wire, people_file(1), asked), 400, "VALIDATION_ERROR")
    assert [error["in"] for error in body["errors"]] == [place]


async def test_what_cannot_be_imported_is_refused_and_nothing_is_kept(
    wire: httpx.AsyncClient,
) -> None:
    def mapped(**changes: Any) -> dict[str, Any]:
        return request(COLUMNS[0] | changes)

    for file, asked, code in (
        (people_file(1), "no json", "INVALID_JSON"),
        (people_file(1), mapped(propertyName="no_such"), "MAPPING_INVALID"),
        (people_file(1), mapped(columnName="No such"), "MAPPING_INVALID"),
        (people_file(1), request(timeZone="Mars/Base"), "MAPPING_INVALID"),
        ("", request(), "FILE_EMPTY"),
        ("First Name,Last Name,Email\n", request(), "FILE_EMPTY"),
        ("a," * 100_000 + "\n1\n", request(), "TOO_MANY_COLUMNS"),
        (b"\xff\xfe\0\0x\0\0\0", request(), "FILE_UNREADABLE"),
        (people_file(1), request(*COLUMNS, *two_of("0-2")), "SEVERAL_OBJECT_TYPES"),
    ):
        body = refused(await hand_in(wire, file, asked), 400, "VALIDATION_ERROR")
        assert body["subCategory"] == code
    refused(
        await hand_in(wire, "a\n1\n", mapped(columnObjectTypeId="9-9")), 404, "OBJECT_NOT_FOUND"
    )
    assert (await wire.get(IMPORTS)).json() == {"results": []}


def two_of(type: str) -> list[dict[str, Any]]:
    return [
        {"columnObjectTypeId": type, "columnName": "Company", "propertyName": "name"},
        {"columnObjectTypeId": type, "columnName": "Website", "propertyName": "domain"},
    ]


async def test_every_objection_to_a_mapping_is_named(wire: httpx.AsyncClient) -> None:
    columns = [
        COLUMNS[0] | {"propertyName": "no_such"},
        COLUMNS[1] | {"propertyName": "createdate"},
    ]
    body = refused(await hand_in(wire, people_file(1), request(*columns)), 400, "VALIDATION_ERROR")
    assert [(error["in"], error["code"]) for error in body["errors"]] == [
        ("First Name", "PROPERTY_UNUSABLE"),
        ("Last Name", "PROPERTY_UNUSABLE"),
    ]


async def test_a_form_needs_its_parts_and_its_type(wire: httpx.AsyncClient) -> None:
    refused(await wire.post(IMPORTS, json={}), 415, "UNSUPPORTED_CONTENT_TYPE")
    lacking = await wire.post(IMPORTS, files={"other": b"x"})
    refused(lacking, 400, "VALIDATION_ERROR")


async def test_what_is_unknown_is_not_found(wire: httpx.AsyncClient) -> None:
    for path in ("77", "77/errors", "x", "9" * 30):
        refused(await wire.get(IMPORTS + path), 404, "OBJECT_NOT_FOUND")
    refused(await wire.post(f"{IMPORTS}77/cancel"), 404, "OBJECT_NOT_FOUND")


async def test_imports_and_errors_come_page_by_page(
    service: Service, wire: httpx.AsyncClient
) -> None:
    bad = "First Name,Last Name,Email\n" + "A,B,bad\n" * 5
    ids = [(await imported(service, wire, bad, request()))["id"] for _ in range(3)]
    for path, limit in ((IMPORTS, 2), (f"{IMPORTS}{ids[0]}/errors", 2)):
        answer = await wire.get(path, params={"limit": limit})
        found = [one["id"] for one in answer.json()["results"]]
        assert len(found) == limit
        while "paging" in answer.json():
            answer = await wire.get(answer.json()["paging"]["next"]["link"])
            found += [one["id"] for one in answer.json()["results"]]
        assert found == (ids[::-1] if path == IMPORTS else sorted(found, key=int))
        assert len(set(found)) == (3 if path == IMPORTS else 5)


async def test_importing_has_a_scope_of_its_own(service: Service) -> None:
    async with service.wire(await make_key(service.url, "crm.import")) as wire:
        assert (await hand_in(wire, people_file(1), request())).status_code == 200
    async with service.wire(await make_key(service.url, "automation")) as wire:
        refused(await hand_in(wire, people_file(1), request()), 403, "MISSING_SCOPES")
        refused(await wire.get(IMPORTS), 403, "MISSING_SCOPES")


async def test_starting_and_cancelling_leave_an_audit_row_and_wake_the_worker(
    service: Service, wire: httpx.AsyncClient
) -> None:
    id = (await hand_in(wire, people_file(1), request())).json()["id"]
    await wire.post(f"{IMPORTS}{id}/cancel")
    assert len(service.wakes) == 2
    async with Database(service.url, size=1) as database, database.unit() as conn:
        cursor = await conn.execute("SELECT operation, target FROM audit ORDER BY id")
        rows = [tuple(row) for row in await cursor.fetchall()]
    assert rows[-2:] == [("imports_start", f"imports/{id}"), ("imports_cancel", f"imports/{id}")]


async def test_a_large_file_passes_through_without_sitting_in_memory(
    service: Service, wire: httpx.AsyncClient
) -> None:
    row = b"Ada,Lovelace," + b"x" * 200 + b"\n"
    data = b"First Name,Last Name,Email\n" + row * 120_000
    assert len(data) > 16 * 1024 * 1024
    answer = await hand_in(wire, data, request())
    assert answer.status_code == 200
    async with Database(service.url, size=1) as database, database.unit() as conn:
        cursor = await conn.execute("SELECT sum(length(bytes)) AS size FROM import_chunks")
        kept = await cursor.fetchone()
    assert kept is not None
    assert kept.size == len(data)


async def test_several_files_at_once_are_kept_apart(
    service: Service, wire: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(
        *(hand_in(wire, people_file(50, seed), request()) for seed in range(4))
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    await run_all(service)
    listed = (await wire.get(IMPORTS)).json()["results"]
    assert [item["metadata"]["counters"]["TOTAL_ROWS"] for item in listed] == [50] * 4
