"""The overview page tells what the workflows do, in the reader's language."""

import httpx
import pytest

from tests.api.conftest import Service
from tests.api.test_flows_v4 import create, settle
from tests.story import all_of, chained, delay, equals, set_property


@pytest.fixture
async def living(wire: httpx.AsyncClient, service: Service) -> None:
    """One waits, one was refused, and a step has failed."""
    steps = chained([set_property("1", "hs_lead_status", "{{"), delay("2", 60)])
    steps[0]["fields"]["value"] = {"type": "OBJECT_PROPERTY", "propertyName": "city"}
    await create(
        wire,
        name="<Leads>",
        isEnabled=True,
        actions=steps,
        suppressionFilterBranch=all_of(equals("city", "Oslo")),
    )
    await settle(service)
    for name, city in (("Ada", "Lund"), ("Bo", "Oslo")):
        person = {"firstname": name, "city": city, "lifecyclestage": "lead"}
        await wire.post("/crm/v3/objects/contacts", json={"properties": person})
    await settle(service)


async def test_the_page_tells_numbers_steps_troubles_and_history(
    living: None, wire: httpx.AsyncClient
) -> None:
    answer = await wire.get("/")
    assert answer.status_code == 200
    page = answer.text
    assert "&lt;Leads&gt;" in page
    assert "<Leads>" not in page
    assert "<strong>1</strong> enrolled" in page
    assert "<strong>1</strong> refused" in page
    troubles = page.split("What did not go as it should")[1].split("Latest history")[0]
    assert "Failed: " in troubles
    assert "Not enrolled: it meets the workflow&#39;s unenrollment trigger" in troubles
    history = page.split("Latest history")[1]
    assert "Waits until" in history
    assert "Delay for a set amount of time" in history
    assert ">Ada<" in history
    assert "No mail has been captured." in page


async def test_the_page_speaks_swedish(living: None, wire: httpx.AsyncClient) -> None:
    page = (await wire.get("/", headers={"Accept-Language": "sv"})).text
    assert '<html lang="sv">' in page
    for word in ("Poster", "Kontakter", "inskrivna", "Senaste historik", "Vänta en bestämd tid"):
        assert word in page
    for word in ("Records", "Contacts", "Latest", "What happened", "refreshes"):
        assert word not in page


async def test_where_nothing_is_the_page_says_so(wire: httpx.AsyncClient) -> None:
    page = (await wire.get("/")).text
    assert "There are no records yet." in page
    assert "There are no workflows yet." in page
