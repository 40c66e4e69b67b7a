"""A new object type and a new property type are one file each: all else follows from the entry."""

import importlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from penstock.kernel.db import connect
from penstock.records import object_types, property_types
from penstock.records.seed import OBJECT_TYPES, seed
from penstock.records.values import TYPES
from tests.api.conftest import running
from tests.conftest import NOW

SPACESHIP = '''
"""Spaceships."""

from penstock.records.defaults import choice, columns, headings, owner, section, table, text
from penstock.records.model import (
    AssociationType,
    ObjectType,
    Pipeline,
    Property,
    Stage,
    Staging,
)

SPACESHIP = ObjectType(
    id="0-990",
    name="spaceship",
    plural="spaceships",
    label="Spaceship",
    plural_label="Spaceships",
    primary="callsign",
    required=("callsign",),
    search=("callsign",),
    shown=("callsign", "hull"),
    groups=headings(shipinformation="Ship information"),
    properties=table(
        section(
            "shipinformation",
            text("callsign", "Call sign", unique=True),
            Property("hull", "Hull", type="colour", field_type="text"),
            choice("flight", "Flight", external_options=True),
            choice("phase", "Phase", external_options=True),
            *owner("Captain"),
            *columns(),
        )
    ),
    pipelines=(Pipeline("flight", "Flight", 0, (Stage("docked", "Docked", 0),)),),
    staging=Staging(pipeline="flight", stage="phase"),
    associations=(AssociationType(99001, "0-1", 99002, "ship_to_contact", "contact_to_ship"),),
)
'''

COLOUR = '''
"""Colours, as three pairs of hexadecimal digits."""

import re

from penstock.kernel.texts import Text
from penstock.records.values import BadValue, PropertyType, text_of


def _parse(raw, property):
    text = text_of(raw).strip().lower()
    if not re.fullmatch("#[0-9a-f]{6}", text):
        raise BadValue(Text('"{value}" is no colour', value=text), "INVALID_COLOUR")
    return text[1:]


COLOUR = PropertyType(
    name="colour",
    label="Colour",
    field_types=("text",),
    parse=_parse,
    format=lambda value: f"#{value}",
    storage="text",
)
'''


def add(package: ModuleType, folder: Path, name: str, text: str) -> Iterator[None]:
    """A module of this text in a package, as long as the test runs."""
    folder.mkdir()
    (folder / f"{name}.py").write_text(text, "utf-8")
    package.__path__.append(str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        package.__path__.remove(str(folder))
        sys.modules.pop(f"{package.__name__}.{name}", None)
        vars(package).pop(name, None)


@pytest.fixture
def colour(tmp_path: Path) -> Iterator[None]:
    TYPES.reload()
    yield from add(property_types, tmp_path / "types", "colour", COLOUR)
    TYPES.reload()


@pytest.fixture
def spaceship(tmp_path: Path, colour: None) -> Iterator[None]:
    OBJECT_TYPES.reload()
    yield from add(object_types, tmp_path / "objects", "spaceship", SPACESHIP)
    OBJECT_TYPES.reload()


@pytest.fixture
async def wire(url: str, spaceship: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that has found both files."""
    conn = await connect(url)
    async with conn.transaction():
        assert await seed(conn, NOW)
        assert not await seed(conn, NOW)
    await conn.close()
    with running(url) as service:
        async with service.wire() as wire:
            yield wire


async def test_one_file_makes_an_object_type(wire: httpx.AsyncClient) -> None:
    ada = (await wire.post("/crm/v3/objects/contacts", json={"properties": {}})).json()
    made = await wire.post(
        "/crm/v3/objects/spaceships",
        json={
            "properties": {"callsign": "Rocinante", "hull": "#FF8800"},
            "associations": [{"to": {"id": ada["id"]}, "types": []}],
        },
    )
    assert made.status_code == 201, made.text
    one = f"/crm/v3/objects/0-990/{made.json()['id']}"
    read = await wire.get(one, params={"properties": "hull,phase", "associations": "contacts"})
    assert read.json()["properties"]["hull"] == "#ff8800"
    assert read.json()["properties"]["phase"] == "docked"
    assert read.json()["associations"]["contacts"]["results"][0]["id"] == ada["id"]
    twin = await wire.post(
        "/crm/v3/objects/spaceship", json={"properties": {"callsign": "rocinante"}}
    )
    assert twin.status_code == 409

    schema = (await wire.get("/crm-object-schemas/v3/schemas/spaceships")).json()
    assert schema["objectTypeId"] == "0-990"
    assert schema["requiredProperties"] == ["callsign"]
    assert {"99001", "99002"} == {edge["id"] for edge in schema["associations"]}
    hull = (await wire.get("/crm/v3/properties/spaceships/hull")).json()
    assert (hull["type"], hull["hubspotDefined"]) == ("colour", True)
    stages = await wire.get("/crm/v3/pipelines/spaceships/flight/stages")
    assert [stage["id"] for stage in stages.json()["results"]] == ["docked"]


async def test_one_file_makes_a_property_type(wire: httpx.AsyncClient) -> None:
    made = await wire.post(
        "/crm/v3/properties/contacts",
        json={"name": "eyes", "label": "Eyes", "type": "colour", "fieldType": "text"},
    )
    assert made.status_code == 201, made.text
    contact = await wire.post(
        "/crm/v3/objects/contacts", json={"properties": {"eyes": " #00AA00 "}}
    )
    assert contact.json()["properties"]["eyes"] == "#00aa00"
    refused = await wire.post("/crm/v3/objects/contacts", json={"properties": {"eyes": "green"}})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "INVALID_COLOUR"
    unfit = await wire.post(
        "/crm/v3/properties/contacts",
        json={"name": "hair", "label": "Hair", "type": "colour", "fieldType": "radio"},
    )
    assert unfit.json()["errors"][0]["code"] == "INVALID_FIELD_TYPE"


def test_without_the_files_nobody_knows_them() -> None:
    assert "0-990" not in OBJECT_TYPES
    assert "colour" not in TYPES
