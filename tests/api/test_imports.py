"""Our own side of imports: preview, progress, and the report as a file."""

import csv
import io
import json
from codecs import BOM_UTF8
from typing import Any

import httpx
import pytest

from penstock.api.operation import COOKIE
from tests.api.conftest import Service, make_key
from tests.api.test_imports_v3 import run_all
from tests.api.test_properties_v3 import refused
from tests.imports.files import HEADER, people, people_file

IMPORTS = "/api/imports"

MAIL = [{"column": "Email", "property": "email"}]


async def send(
    wire: httpx.AsyncClient, path: str, file: str | bytes, **wish: Any
) -> httpx.Response:
    data = file if isinstance(file, bytes) else file.encode()
    return await wire.post(
        path,
        data={"request": json.dumps({"objectType": "contacts", **wish})},
        files={"file": ("people.csv", data, "text/csv")},
    )


async def preview(wire: httpx.AsyncClient, file: str | bytes, **wish: Any) -> dict[str, Any]:
    answer = await send(wire, f"{IMPORTS}/preview", file, **wish)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_a_preview_shows_what_was_found_out_and_keeps_nothing(
    wire: httpx.AsyncClient,
) -> None:
    shown = await preview(wire, people_file(5_000).encode("cp1252"))
    assert shown["reading"] == {
        "encoding": "windows-1252",
        "delimiter": ",",
        "dateFormat": None,
        "decimalMark": ".",
        "timeZone": "UTC",
        "operation": "UPSERT",
        "key": "email",
        "clearEmpty": False,
    }
    assert [column["name"] for column in shown["columns"]] == HEADER
    assert [column["property"] for column in shown["columns"]][2:5] == [
        "firstname",
        "lastname",
        "company",
    ]
    assert shown["columns"][4]["possibleLink"]["to"] == "0-2"
    assert shown["columns"][9]["cells"] == [row[9] for row in people(10)]
    assert shown["rows"] == list(people(10))
    assert shown["problems"] == []
    assert (await wire.get(IMPORTS)).json() == {"results": []}


async def test_a_preview_follows_what_the_user_chooses_and_tells_what_is_in_the_way(
    wire: httpx.AsyncClient,
) -> None:
    text = "Mail;Since\nada@x.example;26-08-2020\n"
    shown = await preview(
        wire,
        text,
        columns=[
            {"column": 1, "property": "email"},
            {"column": "Since", "property": "closedate"},
            {"column": "Nothing", "property": "city"},
        ],
        encoding="latin-1",
        operation="UPDATE",
    )
    assert shown["reading"]["dateFormat"] == "DAY_MONTH_YEAR"
    assert shown["reading"]["encoding"] == "iso-8859-1"
    assert [column["property"] for column in shown["columns"]] == ["email", "closedate"]
    assert [(p["where"], p["code"]) for p in shown["problems"]] == [("Nothing", "COLUMN_UNKNOWN")]
    assert shown["problems"][0]["message"] == (
        'there is no column "Nothing"; there are: Mail, Since'
    )


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("", "FILE_EMPTY"),
        ("a," * 2_000 + "\n1\n", "TOO_MANY_COLUMNS"),
        ('a,"b"c\n', "HEADER_BROKEN"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_in_the_preview(
    wire: httpx.AsyncClient, file: str, code: str
) -> None:
    answer = await send(wire, f"{IMPORTS}/preview", file)
    assert refused(answer, 400, "VALIDATION_ERROR")["subCategory"] == code


async def test_a_wish_with_unknown_words_is_refused_with_its_place(
    wire: httpx.AsyncClient,
) -> None:
    for wish, place in (
        ({"delimiter": "x"}, "delimiter"),
        ({"nonsense": 1}, "nonsense"),
        (
            {"columns": [{"column": 1, "link": {"to": "companies", "missing": "x"}}]},
            "columns[0].link.missing",
        ),
    ):
        body = refused(await send(wire, IMPORTS, "a\n1\n", **wish), 400, "VALIDATION_ERROR")
        assert [error["in"] for error in body["errors"]] == [place]


async def test_an_import_tells_its_progress_and_its_report(
    service: Service, wire: httpx.AsyncClient
) -> None:
    text = people_file(3) + "9,x,=Bad,Row,,,,,,no address,,\n"
    answer = await send(wire, IMPORTS, text, name="Fair")
    assert answer.status_code == 201
    begun = answer.json()
    assert (begun["state"], begun["name"], begun["fileName"]) == ("waiting", "Fair", "people.csv")
    assert begun["bytesDone"] < begun["bytesTotal"] == len(text.encode())
    await run_all(service)
    path = f"{IMPORTS}/{begun['id']}"
    done = (await wire.get(path)).json()
    assert (done["state"], done["failure"]) == ("finished", None)
    assert done["bytesDone"] == done["bytesTotal"]
    assert done["counts"] == {
        "rowsRead": 4,
        "created": 3,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "warnings": 0,
    }
    (problem,) = (await wire.get(f"{path}/problems")).json()["results"]
    assert problem["message"] == '"email" is not valid: "no address" is not an e-mail address'
    assert (problem["line"], problem["columnNumber"], problem["columnName"]) == (5, 10, "Email")
    assert (problem["value"], problem["code"], problem["rejected"]) == (
        "no address",
        "INVALID_EMAIL",
        True,
    )
    listed = (await wire.get(IMPORTS, params={"limit": 1})).json()["results"]
    assert listed == [done]


async def test_the_report_is_downloaded_as_a_file(
    service: Service, wire: httpx.AsyncClient
) -> None:
    begun = (await send(wire, IMPORTS, "Email\n" + "bad\n" * 2_500, columns=MAIL)).json()
    await run_all(service)
    answer = await wire.get(f"{IMPORTS}/{begun['id']}/problems.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(BOM_UTF8)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2_501
    assert rows[1][:5] == ["2", "Email", "email", "bad", "INVALID_EMAIL"]
    assert (await wire.get(f"{IMPORTS}/77/problems.csv")).status_code == 404


async def test_a_cancelled_import_stays_where_it_was(
    service: Service, wire: httpx.AsyncClient
) -> None:
    begun = (await send(wire, IMPORTS, people_file(3))).json()
    cancelled = await wire.post(f"{IMPORTS}/{begun['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    await run_all(service)
    assert (await wire.get(f"{IMPORTS}/{begun['id']}")).json()["counts"]["rowsRead"] == 0
    refused(await wire.post(f"{IMPORTS}/{begun['id']}/cancel"), 409, "CONFLICT")


async def test_problems_come_page_by_page(service: Service, wire: httpx.AsyncClient) -> None:
    begun = (await send(wire, IMPORTS, "Email\n" + "bad\n" * 5, columns=MAIL)).json()
    await run_all(service)
    answer = await wire.get(f"{IMPORTS}/{begun['id']}/problems", params={"limit": 2})
    lines = [one["line"] for one in answer.json()["results"]]
    while "paging" in answer.json():
        answer = await wire.get(answer.json()["paging"]["next"]["link"])
        lines += [one["line"] for one in answer.json()["results"]]
    assert lines == [2, 3, 4, 5, 6]


async def test_the_scope_is_needed_for_all_of_it(service: Service) -> None:
    async with service.wire(await make_key(service.url, "automation")) as wire:
        for path in (IMPORTS, f"{IMPORTS}/preview"):
            refused(await send(wire, path, "a\n1\n"), 403, "MISSING_SCOPES")
        for path in ("", "/1", "/1/problems"):
            refused(await wire.get(IMPORTS + path), 403, "MISSING_SCOPES")
        assert (await wire.get(f"{IMPORTS}/1/problems.csv")).status_code == 403


async def test_a_stranger_hands_in_nothing(service: Service) -> None:
    async with httpx.AsyncClient(base_url=service.base) as stranger:
        answer = await send(stranger, IMPORTS, people_file(1))
        assert answer.status_code == 401
        assert COOKIE not in answer.cookies
