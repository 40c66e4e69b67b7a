"""The OpenAPI document: complete, and true."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.conftest import Service

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
async def document(service: Service) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=service.base) as client:
        answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    written: dict[str, Any] = answer.json()
    return written


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method in METHODS
            yield f"{method.upper()} {path}", operation


def test_every_operation_says_what_it_is_and_how_it_may_end(document: dict[str, Any]) -> None:
    ids = []
    for name, operation in operations(document):
        ids.append(operation["operationId"])
        assert operation["summary"], name
        assert operation["tags"], name
        responses = operation["responses"]
        assert responses.keys() >= {"400", "401", "403", "404", "409", "429", "500", "503"}, name
        assert "422" not in responses, name
        (success,) = [status for status in responses if status in {"200", "201", "202", "204"}]
        if success != "204":
            media = responses[success]["content"]["application/json"]
            assert media["schema"], name
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for item in value.values():
                yield from references(item)
        elif isinstance(value, list):
            for item in value:
                yield from references(item)

    for reference in set(references(document)):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def test_only_what_needs_no_key_says_so(document: dict[str, Any]) -> None:
    assert document["security"] == [{"key": []}]
    keyless = [name for name, operation in operations(document) if operation.get("security") == []]
    assert "GET /health" in keyless
    assert not [name for name in keyless if "/crm/" in name]
