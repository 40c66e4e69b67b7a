"""Refusals on the wire: statuses, bodies, languages."""

import json

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from structlog.testing import capture_logs

from tests.api.conftest import Service, make_key

CONTACTS = "/crm/v3/objects/contacts"
JSON = {"Content-Type": "application/json;charset=utf-8"}


def check(answer: httpx.Response, status: int, category: str) -> dict[str, object]:
    """The body of a refusal, once it is seen to be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    body: dict[str, object] = answer.json()
    assert (body["status"], body["category"]) == ("error", category)
    assert body["correlationId"] == answer.headers["x-hubspot-correlation-id"]
    assert body["message"]
    return body


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer nonsense", "Basic cGF0", "Bearer pat-\u00e5"]
)
async def test_without_a_valid_key_nothing_is_answered(
    service: Service, authorization: str
) -> None:
    headers = {"Authorization": authorization.encode("latin-1")}
    async with httpx.AsyncClient(base_url=service.base, headers=headers) as client:
        body = check(await client.get(CONTACTS), 401, "INVALID_AUTHENTICATION")
        assert "Bearer" in str(body["message"])
        check(await client.get(f"{CONTACTS}?hapikey={service.key}"), 401, "INVALID_AUTHENTICATION")


async def test_a_revoked_key_is_no_key(service: Service) -> None:
    key = await make_key(service.url, "all")
    async with service.wire(key) as client:
        assert (await client.get(CONTACTS)).status_code == 200
        with psycopg.connect(service.url) as conn:
            conn.execute("UPDATE api_keys SET revoked_at = statement_timestamp() WHERE id = 2")
        check(await client.get(CONTACTS), 401, "INVALID_AUTHENTICATION")


async def test_unknown_paths_and_methods_are_told_apart(wire: httpx.AsyncClient) -> None:
    check(await wire.get("/crm/v3/nothing"), 404, "OBJECT_NOT_FOUND")
    check(await wire.get("/nothing"), 404, "OBJECT_NOT_FOUND")
    check(await wire.get("/crm/v3/objects/houses"), 404, "OBJECT_NOT_FOUND")
    refused = await wire.put(f"{CONTACTS}/1")
    check(refused, 405, "METHOD_NOT_ALLOWED")
    assert refused.headers["allow"] == "DELETE, GET, PATCH"


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"",
        b"[]",
        b"null",
        b'{"properties": []}',
        b'{"properties": {"amount": NaN}}',
        b'{"properties": {"city": "\\ud800"}}',
        b'{"properties": {"city": "\\u0000"}}',
        b'{"properties": {"city": "\xff"}}',
        b'{"properties": {"city": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b'{"properties": {"num_notes": ' + b"9" * 5_000 + b"}}",
    ],
)
async def test_a_body_that_is_not_valid_is_refused_with_its_reason(
    wire: httpx.AsyncClient, content: bytes
) -> None:
    check(await wire.post(CONTACTS, content=content, headers=JSON), 400, "VALIDATION_ERROR")


async def test_a_body_may_hold_every_character_that_can_be_kept(wire: httpx.AsyncClient) -> None:
    content = b'\xef\xbb\xbf{"properties": {"city": "\\ud83d\\ude00 \\\\u0000 \xc3\xa5"}}'
    answer = await wire.post(CONTACTS, content=content, headers=JSON)
    id = answer.json()["id"]
    read = await wire.get(f"{CONTACTS}/{id}?properties=city")
    assert read.json()["properties"]["city"] == "\U0001f600 \\u0000 å"


async def test_what_is_missing_or_wrong_is_named_with_its_place(wire: httpx.AsyncClient) -> None:
    answer = await wire.post(f"{CONTACTS}/batch/update", json={"inputs": [{"id": []}, 5]})
    body = check(answer, 400, "VALIDATION_ERROR")
    assert {error["in"]: error["code"] for error in body["errors"]} == {
        "inputs[0].id": "STRING_TYPE",
        "inputs[0].properties": "MISSING",
        "inputs[1]": "MODEL_ATTRIBUTES_TYPE",
    }
    assert "Some required fields were not set: [inputs[0].properties]" in str(body["message"])


async def test_only_json_is_taken(wire: httpx.AsyncClient) -> None:
    body = b'{"properties": {}}'
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/xml"}, {}):
        answer = await wire.post(CONTACTS, content=body, headers=headers)
        check(answer, 415, "UNSUPPORTED_CONTENT_TYPE")
    assert (await wire.post(CONTACTS, content=body, headers=JSON)).status_code == 201


async def test_a_body_that_is_too_large_is_refused(wire: httpx.AsyncClient) -> None:
    content = b'{"properties": {"city": "' + b"x" * 17_000_000 + b'"}}'
    check(await wire.post(CONTACTS, content=content, headers=JSON), 413, "VALIDATION_ERROR")


async def test_a_zero_byte_in_the_address_is_refused(wire: httpx.AsyncClient) -> None:
    for path in (f"{CONTACTS}/%00", f"{CONTACTS}/a%00b?idProperty=email", f"{CONTACTS}?after=%00"):
        check(await wire.get(path), 400, "VALIDATION_ERROR")


async def test_the_message_is_in_the_language_of_the_reader(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from penstock.kernel import texts

    swedish = {'Property "{name}" does not exist': 'Egenskapen "{name}" finns inte'}
    known = {"sv": swedish}
    monkeypatch.setattr(texts, "patterns", lambda language: known.get(language, {}))
    async with service.wire(**{"Accept-Language": "sv-SE,en;q=0.5"}) as client:
        answer = await client.post(CONTACTS, json={"properties": {"nickname": "A"}})
    assert answer.json()["errors"][0]["message"] == 'Egenskapen "nickname" finns inte'


async def test_while_the_database_is_away_the_caller_is_asked_to_come_back(
    service: Service,
) -> None:
    name = conninfo_to_dict(service.url)["dbname"]
    admin = make_conninfo(service.url, dbname="postgres")
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    async with service.wire() as client:
        assert (await client.get("/health")).status_code == 200
        with psycopg.connect(admin, autocommit=True) as conn:
            conn.execute(allow.format(sql.Identifier(str(name)), sql.SQL("false")))
            try:
                conn.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [name],
                )
                for path in ("/health", CONTACTS):
                    refused = await client.get(path)
                    check(refused, 503, "SERVICE_UNAVAILABLE")
                    assert refused.headers["retry-after"] == "1"
            finally:
                conn.execute(allow.format(sql.Identifier(str(name)), sql.SQL("true")))
        while (await client.get(CONTACTS)).status_code != 200:
            pass


async def test_what_nobody_foresaw_is_logged_and_not_shown(service: Service) -> None:
    with psycopg.connect(service.url) as conn:
        conn.execute("ALTER TABLE property_history RENAME TO secret_table")
    async with service.wire() as client:
        with capture_logs() as logs:
            answer = await client.post(CONTACTS, json={"properties": {"city": "Rome"}})
        body = check(answer, 500, "INTERNAL_ERROR")
        assert "property_history" not in json.dumps(body)
        assert (await client.get(CONTACTS)).json()["results"] == []
    (line,) = logs
    assert line["correlation_id"] == body["correlationId"]
    assert "property_history" in str(line["exc_info"])


@pytest.mark.parametrize(
    "path",
    [
        "/automation/v4/flows/{}",
        "/api/workflows/{}",
        "/api/workflows/{}/history",
        "/api/workflows/{}/explain?recordId=1",
        "/marketing/v3/emails/{}",
        "/api/outbox/{}",
        "/crm/v3/lists/{}/memberships",
    ],
)
@pytest.mark.parametrize("word", ["abc", "1.5", "99999999999999999999"])
async def test_what_does_not_exist_is_named_as_it_was_asked_for(
    wire: httpx.AsyncClient, path: str, word: str
) -> None:
    body = check(await wire.get(path.format(word)), 404, "OBJECT_NOT_FOUND")
    assert f" {word}" in str(body["message"])


async def test_a_moment_that_is_none_is_refused_with_one_that_is(wire: httpx.AsyncClient) -> None:
    path = "/api/records/1/history?since="
    for given in ("yesterday", "2026-13-01", "2026-01-01", "9" * 17):
        body = check(await wire.get(path + given), 400, "VALIDATION_ERROR")
        assert str(body["message"]) == (
            'The request is not valid: "since" is not valid:'
            " a moment is expected, such as 2026-01-31T09:00:00Z"
        )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1e999999999", "a number has more than 4000 digits"),
        ("1e9999999999999999999999", "a number has more than 4000 digits"),
        ("1e100000", "a number has more than 4000 digits"),
        ("-1e-999999999", "a number has more than 4000 digits"),
        ("9" * 5000, "a number has more than 4000 digits"),
        ("NaN", "NaN is no number of JSON"),
        ('"\\u0000"', "the character \\u0000 cannot be stored"),
        ('"\\ud800"', "it is not UTF-8"),
    ],
)
async def test_what_json_cannot_hold_is_refused_in_words(
    wire: httpx.AsyncClient, written: str, said: str
) -> None:
    content = f'{{"properties": {{"city": {written}}}}}'
    body = check(await wire.post(CONTACTS, content=content, headers=JSON), 400, "VALIDATION_ERROR")
    assert body["message"] == f"Invalid input JSON: {said}"
