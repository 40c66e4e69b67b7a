"""Explanations: the same SQL, part by part."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from penstock.filters.compile import check, mentions, select_verdicts
from penstock.filters.explain import Explained, explain
from penstock.filters.mentions import names
from penstock.filters.model import read
from penstock.filters.nodes import Part
from penstock.filters.sql import Slots
from penstock.filters.subject import Scope
from penstock.kernel.db import Connection
from penstock.records import owners
from penstock.records.errors import RecordNotFound
from tests.conftest import NOW, House
from tests.filters import golden, world
from tests.filters.golden import asks, only


def parts(told: Explained) -> Iterator[Explained]:
    yield told
    for part in told.parts:
        yield from parts(part)


def own_parts(part: Part, scope: Scope) -> Iterator[Part]:
    """The parts of a document that are about the record itself."""
    yield part
    there, within = part.within(scope)
    if there is scope:
        for inner in within:
            yield from own_parts(inner, there)


def facts(told: Explained) -> dict[str, Any]:
    return {fact.role: fact.value for fact in told.facts}


@pytest.mark.parametrize("name", golden.names())
async def test_golden_filters_are_explained_by_the_verdict_they_have(
    house: House, name: str
) -> None:
    async with house.database.unit() as conn:
        await world.furnish(conn)
    schema = await house.schema()
    slots = Slots(schema.time_zone, NOW)
    for case in golden.cases(name):
        async with house.database.unit() as conn:
            known = await names(conn, mentions([case.document]))
            if case.refused is not None:
                id = await world.place(conn, schema, house, case.object, {})
                told = await explain(conn, case.document, schema, case.object, id, NOW, known)
                assert told.verdict is False
                assert [str(problem) for problem in told.problems] == [case.refused]
                continue
            criterion = check(case.document, schema, case.object, names=known)
            given = [*case.matches, *case.others]
            ids = [await world.place(conn, schema, house, case.object, one) for one in given]
            judged = select_verdicts({1: criterion}, schema, slots)
            parameters = {**judged.parameters, "candidates": ids}
            rows = await (await conn.execute(judged.sql.encode(), parameters)).fetchall()
            assert len(rows) == len(ids)

            root, _ = read(case.document)
            own = {part.where for part in own_parts(root, Scope(schema, schema.type(case.object)))}
            for id, _, verdict, _ in rows:
                told = await explain(conn, case.document, schema, case.object, id, NOW, known)
                assert told.verdict == verdict, case.name
                assert [part.where for part in parts(told) if part.verdict is not None] == [
                    part.where for part in parts(told) if part.where in own
                ], case.name
                assert not any(part.problems for part in parts(told))


async def told_of(
    house: House,
    conn: Connection,
    asked: dict[str, Any],
    given: dict[str, Any],
    zone: str = "Europe/Stockholm",
) -> Explained:
    """What is told of one filter or branch alone, about a contact made for it."""
    schema = replace(await house.schema(), time_zone=zone)
    id = await world.place(conn, schema, house, "contacts", given)
    branch = "filterBranchType" in asked
    document = {"filterBranchType": "AND", "filterBranches": [asked]} if branch else only(asked)
    known = await names(conn, mentions([document]))
    told = await explain(conn, document, schema, "contacts", id, NOW, known)
    return told.parts[0]


@pytest.mark.parametrize(
    ("property", "given", "value", "label"),
    [
        ("hs_buying_role", "CHAMPION;BLOCKER", "CHAMPION;BLOCKER", "Champion, Blocker"),
        ("hs_email_optout", "true", "true", "ja"),
        ("num_notes", "12.50", "12.5", None),
        ("closedate", "2026-03-01T23:30:00Z", "2026-03-01T23:30:00.000Z", "2026-03-02 00:30"),
        ("createdate", None, "2026-03-02T10:00:00.000Z", "2026-03-02 11:00"),
    ],
)
async def test_a_value_is_told_as_the_wire_and_as_people_have_it(
    house: House, property: str, given: str | None, value: str, label: str | None
) -> None:
    known = {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"}
    async with house.database.unit() as conn:
        record = {} if given is None else {property: given}
        told = await told_of(house, conn, asks(property, known), record)
    (fact,) = told.facts
    assert (fact.role, fact.value) == ("value", value)
    assert (None if fact.label is None else fact.label.render("sv")) == label
    assert fact.sentence.render("sv") == f"värdet är {label or value}"


async def test_no_value_is_told_as_none(house: House) -> None:
    contains = {"operationType": "STRING", "operator": "DOES_NOT_CONTAIN", "value": "x"}
    async with house.database.unit() as conn:
        told = await told_of(house, conn, asks("city", contains), {})
    assert told.verdict is False
    assert facts(told) == {"value": None}
    assert str(told.facts[0].sentence) == "there is no value"


async def test_an_owner_is_told_by_name(house: House) -> None:
    known = {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"}
    async with house.database.unit() as conn:
        draft = owners.OwnerDraft("owner@example.test", "First", "Last")
        (owner,) = await owners.create(conn, [draft], house.write)
        assert isinstance(owner, owners.Owner)
    async with house.database.unit() as conn:
        given = {"hubspot_owner_id": str(owner.id)}
        told = await told_of(house, conn, asks("hubspot_owner_id", known), given)
    assert [(fact.value, str(fact.label)) for fact in told.facts] == [(str(owner.id), "First Last")]


async def test_a_relative_date_is_told_by_the_moments_it_was_compared_with(house: House) -> None:
    operation = {
        "operationType": "ROLLING_DATE_RANGE",
        "operator": "IS_LESS_THAN_X_DAYS_AGO",
        "numberOfDays": 3,
        "requiresTimeZoneConversion": True,
    }
    async with house.database.unit() as conn:
        given = {"closedate": "2026-03-01T12:00:00Z"}
        told = await told_of(house, conn, asks("closedate", operation), given)
        assert told.verdict is True
        assert facts(told) == {
            "value": "2026-03-01T12:00:00.000Z",
            "lower": "2026-02-27T00:00:00.000+01:00",
            "upper": "2026-03-02T11:00:00.000+01:00",
        }
        told = await told_of(house, conn, asks("closedate", operation), given, "America/New_York")
        assert facts(told)["lower"] == "2026-02-27T00:00:00.000-05:00"
        assert str(told.facts[0].sentence) == "from 2026-02-27 00:00"


async def test_a_change_is_told_by_when_it_was_and_what_it_left(house: House) -> None:
    operation = {
        "operationType": "ROLLING_PROPERTY_UPDATED",
        "operator": "UPDATED_IN_LAST_X_DAYS",
        "numberOfDays": 3,
    }
    async with house.database.unit() as conn:
        given = {"$before": [{"city": "Rome"}], "city": "Oslo"}
        told = await told_of(house, conn, asks("city", operation), given)
        assert facts(told) == {
            "value": "Oslo",
            "changed": "2026-03-02T10:00:00.000Z",
            "lower": "2026-02-27T00:00:00.000+01:00",
            "upper": "2026-03-02T11:00:00.000+01:00",
        }
        told = await told_of(house, conn, asks("city", operation), {})
        assert (told.verdict, facts(told)["changed"]) == (False, None)


async def test_the_other_value_of_a_comparison_is_told(house: House) -> None:
    operation = {
        "operationType": "COMPARATIVE_STRING",
        "operator": "IS_EQUAL_TO",
        "comparisonPropertyName": "state",
    }
    async with house.database.unit() as conn:
        given = {"city": "Oslo", "state": "oslo"}
        told = await told_of(house, conn, asks("city", operation), given)
    assert (told.verdict, facts(told)) == (True, {"value": "Oslo", "compared": "oslo"})
    assert "it is compared with oslo" in [str(fact.sentence) for fact in told.facts]


async def test_associated_records_are_told_by_how_many_there_are_and_how_many_match(
    house: House,
) -> None:
    oslo = {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "Oslo"}
    acme = {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "Acme"}
    branch = {
        "filterBranchType": "ASSOCIATION",
        "objectTypeId": "0-2",
        "associationTypeId": 279,
        "operator": "NOT_IN_LIST",
        "filters": [asks("city", oslo), asks("name", acme)],
    }
    companies = [
        {"$object": "companies", "city": "Oslo", "name": "Acme"},
        {"$object": "companies", "city": "Oslo"},
        {"$object": "companies", "city": "Lund"},
    ]
    async with house.database.unit() as conn:
        told = await told_of(house, conn, branch, {"$associated": companies})
        assert (told.verdict, facts(told)) == (False, {"all": 3, "matching": 1})
        city, name = told.parts
        assert (city.where, city.verdict) == ("$.filterBranches[0].filters[0]", None)
        assert (facts(city), facts(name)) == ({"matching": 2}, {"matching": 1})
        assert str(city.sentence) == 'City is equal to "Oslo"'
        told = await told_of(house, conn, branch, {})
        assert (told.verdict, facts(told)) == (True, {"all": 0, "matching": 0})


async def test_events_are_told_by_how_many_happened_and_how_many_count(house: House) -> None:
    late = NOW - timedelta(days=2)
    branch = {
        "filterBranchType": "UNIFIED_EVENTS",
        "eventTypeId": "4-96000",
        "operator": "HAS_COMPLETED",
        "pruningRefineBy": {
            "type": "ABSOLUTE_COMPARATIVE",
            "comparison": "AFTER",
            "timestamp": int(late.timestamp() * 1000),
        },
    }
    events = [{"type": "4-96000", "days": days} for days in (1, 5, 9)]
    async with house.database.unit() as conn:
        told = await told_of(house, conn, branch, {"$events": events})
    assert told.verdict is True
    moment = "2026-02-28T11:00:00.000+01:00"
    assert facts(told) == {"all": 3, "matching": 1, "lower": moment}


async def test_a_member_is_told_since_when(house: House) -> None:
    outside = {"filterType": "IN_LIST", "listId": str(world.THING), "operator": "NOT_IN_LIST"}
    active = {
        "filterType": "IN_LIST",
        "metadata": {"id": str(world.THING), "inListType": "WORKFLOWS_ACTIVE"},
    }
    async with house.database.unit() as conn:
        await world.furnish(conn)
        told = await told_of(house, conn, outside, {"$in": ["list"]})
        since = "2026-03-02T11:00:00.000+01:00"
        assert (told.verdict, facts(told)) == (False, {"member": True, "since": since})
        assert str(told.sentence) == 'is not in the list "Guests"'
        told = await told_of(house, conn, outside, {})
        assert (told.verdict, facts(told)) == (True, {"member": False})
        told = await told_of(house, conn, active, {"$in": ["active"]})
        assert (told.verdict, facts(told)) == (True, {"member": True, "since": since})


async def test_with_problems_nothing_is_asked_and_nobody_matches(house: House) -> None:
    gone = {"filterType": "IN_LIST", "listId": "99", "operator": "NOT_IN_LIST"}
    document = {
        "filterBranchType": "NOT_ANY",
        "filters": [gone, asks("city", {"operationType": "NOSE"})],
        "filterBranches": [{"filterBranchType": "XOR"}],
    }
    schema = await house.schema()
    async with house.database.unit() as conn:
        id = await world.place(conn, schema, house, "contacts", {})
        told = await explain(conn, document, schema, "contacts", id, NOW, {})
    assert told.verdict is False
    assert {problem.where for problem in told.problems} == {
        "$.filters[0].listId",
        "$.filters[1].operation.operationType",
        "$.filterBranches[0].filterBranchType",
    }
    assert [part.verdict for part in told.parts] == [None] * 3
    assert [[problem.code for problem in part.problems] for part in told.parts] == [
        ["LIST_DOESNT_EXIST"], ["UNKNOWN_KIND"], ["UNKNOWN_KIND"],
    ]  # fmt: skip


async def test_of_a_record_of_another_type_there_is_nothing_to_tell(house: House) -> None:
    schema = await house.schema()
    document = only({"filterType": "CONSTANT", "shouldAccept": True})
    async with house.database.unit() as conn:
        id = await world.place(conn, schema, house, "companies", {})
        with pytest.raises(RecordNotFound):
            await explain(conn, document, schema, "contacts", id, NOW, {})
