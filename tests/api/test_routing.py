"""Routers, dated names, and the index over all operations."""

import pytest

from penstock.api.routing import Index, Router, dated


async def answer() -> dict[str, str]:
    """Answer something."""
    return {}


def index(*operations: tuple[str, str]) -> Index:
    router = Router("test", "Test")
    for number, (method, path) in enumerate(operations):
        endpoint = type(answer)(
            answer.__code__, answer.__globals__, f"answer_{number}", closure=answer.__closure__
        )
        endpoint.__doc__ = answer.__doc__
        router.operation(method, path, model=dict)(endpoint)
    return Index(router.operations)


def find(index: Index, method: str, path: str) -> tuple[str, dict[str, str]] | set[str] | None:
    _, found = index.matches({"type": "http", "method": method, "path": path})
    if "route" in found:
        return found["route"].path, found["path_params"]
    return found.get("penstock.allowed")


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/crm/v3/objects/{t}", "/crm/objects/2026-03/{t}"),
        ("/crm/v3/objects", "/crm/objects/2026-03"),
        (
            "/crm/v4/objects/{t}/{id}/associations/{u}",
            "/crm/objects/2026-03/{t}/{id}/associations/{u}",
        ),
        ("/crm/v4/associations/{a}/{b}/labels", "/crm/associations/2026-03/{a}/{b}/labels"),
        ("/crm/v3/lists/{id}", "/crm/lists/2026-03/{id}"),
        ("/crm-object-schemas/v3/schemas", "/crm-object-schemas/2026-03/schemas"),
        (
            "/automation/v4/actions/callbacks/{id}/complete",
            "/automation/actions/callbacks/2026-03/{id}/complete",
        ),
        ("/automation/v4/actions/{app}", "/automation/actions/2026-03/{app}"),
        ("/automation/v4/flows/{id}", "/automation/2026-09-beta/flows/{id}"),
        ("/oauth/v1/token", "/oauth/2026-03/token"),
        ("/crm/v3/objectsish", None),
        ("/api/workflows", None),
    ],
)
def test_hubspots_dated_names_follow_from_the_path(path: str, other: str | None) -> None:
    assert dated(path) == other


def test_what_is_literal_goes_before_parameters() -> None:
    found = index(
        ("GET", "/a/{id}"), ("POST", "/a/search"), ("GET", "/a/{id}/b"), ("GET", "/a/all/{x}")
    )
    assert find(found, "POST", "/a/search") == ("/a/search", {})
    assert find(found, "GET", "/a/search") == ("/a/{id}", {"id": "search"})
    assert find(found, "GET", "/a/all/b") == ("/a/all/{x}", {"x": "b"})
    assert find(found, "GET", "/a/7/b/") == ("/a/{id}/b", {"id": "7"})
    assert find(found, "GET", "/a/x/y") is None
    assert find(found, "DELETE", "/a/search") == {"POST", "GET"}
    assert find(found, "GET", "/a//b") is None


def test_an_encoded_slash_is_part_of_a_parameter() -> None:
    scope = {"type": "http", "method": "GET", "path": "/a/x/y", "raw_path": b"/a/x%2Fy"}
    _, found = index(("GET", "/a/{id}")).matches(scope)
    assert found["path_params"] == {"id": "x/y"}


def test_two_operations_cannot_share_a_path() -> None:
    with pytest.raises(ValueError, match="two operations"):
        index(("GET", "/a/{id}"), ("GET", "/a/{name}"))


def test_two_operations_cannot_share_a_name() -> None:
    router = Router("test", "Test")
    router.get("/a", model=dict)(answer)
    router.get("/b", model=dict)(answer)
    with pytest.raises(ValueError, match="test_answer"):
        Index(router.operations)
