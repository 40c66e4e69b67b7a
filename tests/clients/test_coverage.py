"""What HubSpot's Python client can call is served, with the success that it expects."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import hubspot
import pytest

from penstock.api.app import routers
from penstock.api.routing import Index

CLIENT = Path(hubspot.__file__).parent

MODULES = [
    "communication_preferences", "crm/associations", "crm/companies", "crm/contacts", "crm/deals",
    "crm/imports", "crm/line_items", "crm/lists", "crm/objects", "crm/owners", "crm/pipelines",
    "crm/products", "crm/properties", "crm/quotes", "crm/schemas", "crm/tickets", "events", "oauth",
]  # fmt: skip

NOT_SERVED = {
    "POST /crm/v4/associations/usage/high-usage-report/{userId}",
    "POST /crm/v3/objects/deals/splits/batch/read",
    "POST /crm/v3/objects/deals/splits/batch/upsert",
}

_CALL = re.compile(
    r"response_types_map = \{(?P<answers>.*?)\}.*?call_api\(\s*\"(?P<path>[^\"]+)\",[^\n]*\n?\s*"
    r"\"(?P<method>[A-Z]+)\"",
    re.DOTALL,
)
_SUCCESS = re.compile(r"\b(2\d\d):")


class Call(NamedTuple):
    """An operation as the client calls it, and the codes for which it has a model."""

    method: str
    path: str
    codes: frozenset[int]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def filled(self) -> str:
        """The path with something in the place of each parameter."""
        path = re.sub(r"\{(fromO|o)bjectType\}", "contacts", self.path)
        return re.sub(r"\{[^}]*\}", "1", path.replace("{toObjectType}", "companies"))


def calls(module: str) -> Iterator[Call]:
    for file in sorted((CLIENT / module).glob("**/api/*.py")):
        source = file.read_text("utf-8")
        # An operation that answers nothing has no map of answers: None is written instead.
        source = re.sub(r"response_types_map = None", "response_types_map = {}", source)
        for found in _CALL.finditer(source):
            codes = frozenset(map(int, _SUCCESS.findall(found["answers"])))
            yield Call(found["method"], found["path"], codes)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index([operation for router in routers() for operation in router.operations])


@pytest.mark.parametrize("module", MODULES)
def test_every_call_of_the_client_is_served(module: str, index: Index) -> None:
    made = [call for call in calls(module) if call.name not in NOT_SERVED]
    assert made
    wrong = []
    for call in made:
        scope = {"type": "http", "method": call.method, "path": call.filled}
        operation = index.matches(scope)[1].get("route")
        if operation is None:
            wrong.append(f"{call.name} is not served")
        elif operation.status_code not in (call.codes or {204}):
            wrong.append(f"{call.name} gives {operation.status_code}, not {sorted(call.codes)}")
    assert not wrong, "\n".join(wrong)
