"""Our own operations on filters: said, checked, counted, shown and explained."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.conftest import Service, make_key
from tests.filters.golden import asks, only
from tests.filters.test_audience import held_up, until

OSLO = asks("city", {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "oslo"})
LEAD = asks(
    "lifecyclestage", {"operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": ["lead"]}
)
AT_ACME = {
    "filterBranchType": "ASSOCIATION",
    "objectTypeId": "0-2",
    "associationTypeId": 279,
    "associationCategory": "HUBSPOT_DEFINED",
    "operator": "IN_LIST",
    "filters": [
        asks("name", {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "Acme"})
    ],
}
SOMEWHERE = {"filterBranchType": "AND", "filters": [OSLO], "filterBranches": [AT_ACME]}


async def post(wire: httpx.AsyncClient, what: str, **body: Any) -> Any:
    answer = await wire.post(f"/api/filters/{what}", json={"objectTypeId": "0-1", **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def create(wire: httpx.AsyncClient, type: str, *several: dict[str, str]) -> list[str]:
    inputs = [{"properties": properties} for properties in several]
    made = await wire.post(f"/crm/v3/objects/{type}/batch/create", json={"inputs": inputs})
    assert made.status_code == 201, made.text
    return sorted((one["id"] for one in made.json()["results"]), key=int)


async def test_a_filter_is_said_in_the_language_of_the_caller(service: Service) -> None:
    async with service.wire(**{"Accept-Language": "sv"}) as wire:
        said = await post(wire, "describe", filterBranch=only(LEAD))
        assert said == {"sentence": "Lifecycle stage är något av Lead"}
        said = await post(wire, "describe", filterBranch=only(LEAD), objectTypeId=None)
        assert said == {"sentence": "lifecyclestage är något av lead"}


async def test_a_check_names_the_place_of_every_problem(wire: httpx.AsyncClient) -> None:
    missing = {"filterType": "IN_LIST", "listId": "4", "operator": "IN_LIST"}
    checked = await post(wire, "check", filterBranch=only(asks("nose", {}), missing, OSLO))
    assert not checked["valid"]
    assert [(each["where"], each["code"]) for each in checked["problems"]] == [
        ("$.filters[0].operation.operationType", "REQUIRED"),
        ("$.filters[0].property", "PROPERTY_DOESNT_EXIST"),
        ("$.filters[1].listId", "LIST_DOESNT_EXIST"),
    ]
    assert "filterBranch" not in checked

    checked = await post(wire, "check", filterBranch=only(OSLO))
    assert (checked["valid"], checked["problems"]) == (True, [])
    assert checked["sentence"] == 'City is equal to "oslo"'
    assert (
        checked["filterBranch"]["filters"][0]["operation"]["includeObjectsWithNoValueSet"] is False
    )


async def test_an_audience_is_counted_and_shown(wire: httpx.AsyncClient) -> None:
    people = [{"city": "Oslo", "firstname": "A"}, {"city": "Rome"}, {"city": "OSLO"}]
    ids = await create(wire, "contacts", *people)
    for exact in (False, True):
        counted = await post(wire, "count", filterBranch=only(OSLO), exact=exact)
        assert counted == {"count": 2, "exact": True, "margin": 0}
    shown = (await post(wire, "sample", filterBranch=only(OSLO)))["results"]
    assert [each["id"] for each in shown] == [ids[0], ids[2]]
    assert shown[0]["properties"]["firstname"] == "A"
    shown = await post(wire, "sample", filterBranch=only(OSLO), limit=1, properties=["city"])
    assert [each["properties"]["city"] for each in shown["results"]] == ["Oslo"]


async def test_a_filter_with_a_problem_has_no_audience(wire: httpx.AsyncClient) -> None:
    body = {"objectTypeId": "0-1", "filterBranch": only(asks("nose", OSLO["operation"]))}
    for what in ("count", "sample"):
        answer = await wire.post(f"/api/filters/{what}", json=body)
        assert answer.status_code == 400
        assert [each["in"] for each in answer.json()["errors"]] == ["$.filters[0].property"]


async def test_an_explanation_has_the_shape_of_the_document(wire: httpx.AsyncClient) -> None:
    (id,) = await create(wire, "contacts", {"city": "Oslo"})
    (company,) = await create(wire, "companies", {"name": "Other"})
    await wire.put(f"/crm/v4/objects/contacts/{id}/associations/default/companies/{company}")
    told = await post(wire, "explain", filterBranch=SOMEWHERE, recordId=id)
    assert (told["where"], told["verdict"]) == ("$", False)
    city, at_acme = told["parts"]
    assert city["where"] == "$.filters[0]"
    assert city["sentence"] == 'City is equal to "oslo"'
    assert city["verdict"] is True
    assert city["facts"] == [{"role": "value", "value": "Oslo", "message": "the value is Oslo"}]
    assert (at_acme["where"], at_acme["verdict"]) == ("$.filterBranches[0]", False)
    assert {fact["role"]: fact["value"] for fact in at_acme["facts"]} == {"all": 1, "matching": 0}
    assert "verdict" not in at_acme["parts"][0]


async def test_nobody_matches_a_filter_with_problems_and_its_explanation_says_so(
    wire: httpx.AsyncClient,
) -> None:
    (id,) = await create(wire, "contacts", {"city": "Oslo"})
    nose = asks("nose", OSLO["operation"])
    document = {
        "filterBranchType": "AND",
        "filters": [OSLO],
        "filterBranches": [{"filterBranchType": "NOT_ANY", "filters": [nose]}],
    }
    told = await post(wire, "explain", filterBranch=document, recordId=id)
    assert told["verdict"] is False
    where = "$.filterBranches[0].filters[0].property"
    assert [each["where"] for each in told["problems"]] == [where]
    innermost = told["parts"][1]["parts"][0]
    assert [each["where"] for each in innermost["problems"]] == [where]
    assert "verdict" not in innermost


async def test_who_does_not_exist_has_no_explanation(wire: httpx.AsyncClient) -> None:
    body = {"objectTypeId": "0-1", "filterBranch": only(OSLO), "recordId": "9999"}
    assert (await wire.post("/api/filters/explain", json=body)).status_code == 404


async def test_a_filter_asks_only_about_types_that_the_key_may_read(service: Service) -> None:
    key = await make_key(service.url, "crm.objects.contacts.read")
    async with service.wire(key) as wire:
        body = {"objectTypeId": "0-1", "filterBranch": SOMEWHERE, "recordId": "1"}
        for what in ("count", "sample", "explain"):
            refused = await wire.post(f"/api/filters/{what}", json=body)
            assert refused.status_code == 403
            assert refused.json()["context"] == {"requiredScopes": ["crm.objects.companies.read"]}
        assert (await post(wire, "count", filterBranch=only(OSLO)))["count"] == 0
        refused = await wire.post("/api/filters/check", json={**body, "objectTypeId": "deals"})
        assert refused.status_code == 403


async def test_an_editor_learns_what_can_be_asked_of_every_property(service: Service) -> None:
    async with service.wire(**{"Accept-Language": "sv"}) as wire:
        told = (await wire.get("/api/filters/operators?objectTypeId=contacts")).json()
    assert told["objectTypeId"] == "0-1"
    properties = {each["name"]: each for each in told["properties"]}
    operations = {each["type"]: each for each in told["operations"]}
    assert {each for one in properties.values() for each in one["operations"]} == set(operations)
    assert "NUMBER" not in properties["city"]["operations"]
    stages = {each["value"]: each["label"] for each in properties["lifecyclestage"]["options"]}
    assert stages["lead"] == "Lead"

    number = operations["NUMBER"]
    assert number["label"] == "Tal"
    labels = {each["operator"]: each["label"] for each in number["operators"]}
    assert labels["IS_GREATER_THAN"] == "är större än {value}"
    fields = {each["name"]: each for each in operations["ROLLING_DATE_RANGE"]["fields"]}
    days = fields["numberOfDays"]
    assert (days["widget"], days["type"], days["required"]) == ("number", "integer", True)
    assert (days["least"], days["label"]) == (0, "Antal dagar")
    assert operations["TIME_POINT"]["fields"][0]["name"] == "includeObjectsWithNoValueSet"
    widgets = {each["name"]: each["widget"] for each in operations["TIME_POINT"]["fields"]}
    assert widgets["timePoint"] == "time_point"
    assert widgets["endpointBehavior"] == "select"
    branches = {each["type"]: each for each in told["branches"]}
    widgets = {each["name"]: each["widget"] for each in branches["ASSOCIATION"]["fields"]}
    assert widgets["associationTypeId"] == "association_type"
    assert widgets["filters"] == "filter"
    indexed = next(each for each in told["timePoints"] if each["type"] == "INDEXED")
    offset = next(each for each in indexed["fields"] if each["name"] == "offset")
    assert {each["name"] for each in offset["fields"]} >= {"days", "weeks"}


async def test_nothing_is_counted_any_more_for_a_caller_who_has_gone(
    service: Service, wire: httpx.AsyncClient
) -> None:
    async with held_up(service.url) as holder:
        asking = asyncio.ensure_future(post(wire, "count", filterBranch=only(OSLO)))
        await until(holder, bool)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await until(holder, lambda waiting: not waiting)
    assert (await post(wire, "count", filterBranch=only(OSLO)))["count"] == 0
