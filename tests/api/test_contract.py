"""Whatever is sent to any operation: no server error, no status or shape that is not documented."""

import os
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import checks

from tests.api.conftest import Service

EXAMPLES: Final = int(os.environ.get("PENSTOCK_FUZZ_EXAMPLES", "3"))
"""Requests to each operation; `make fuzz` asks for many."""

KNOWN: Final = {
    "object_type": "contacts",
    "from_object_type": "contacts",
    "to_object_type": "companies",
    "object_id": "65",
    "to_object_id": "130",
    "list_id": "1",
    "folder_id": "1",
}
"""What leads further than "not found": two in three requests name these in their paths."""

CHECKS: Final = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@pytest.fixture
def document(service: Service) -> dict[str, Any]:
    """The document of a service that has a few records."""
    headers = {"Authorization": f"Bearer {service.key}"}
    with httpx.Client(base_url=service.base, headers=headers) as client:
        for word, name in (("contacts", "firstname"), ("companies", "name"), ("deals", "dealname")):
            made = client.post(f"/crm/v3/objects/{word}", json={"properties": {name: "A"}})
            assert made.status_code == 201
        listed = {"name": "A", "objectTypeId": "0-1", "processingType": "MANUAL"}
        assert client.post("/crm/v3/lists", json=listed).status_code == 200
        assert client.post("/crm/v3/lists/folders", json={"name": "A"}).status_code == 200
        written: dict[str, Any] = client.get("/openapi.json").json()
    return written


def operations(document: dict[str, Any]) -> Iterator[Any]:
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        yield found.ok()


def test_no_request_is_answered_in_an_undocumented_way(
    service: Service, document: dict[str, Any]
) -> None:
    failures = [
        f"{operation.label}: {error}"
        for operation in operations(document)
        # A dated name is the same operation.
        if not operation.definition.raw["operationId"].endswith("_dated")
        for error in attempt(service, operation)
    ]
    assert not failures, "\n\n".join(failures)


def attempt(service: Service, operation: Any) -> Iterator[str]:
    number = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        nonlocal number
        number += 1
        if number % 3:
            case.path_parameters.update(
                {name: value for name, value in KNOWN.items() if name in case.path_parameters}
            )
        headers = {"Authorization": f"Bearer {service.key}"}
        response = case.call(base_url=service.base, headers=headers)
        case.validate_response(response, checks=CHECKS)

    try:
        send()
    except Unsatisfiable:
        yield "no request can be made from its document"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        told = getattr(error, "exceptions", [error])
        yield "; ".join(str(one) for one in told)
