"""The search: what it refuses, and what it finds."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from penstock.filters.errors import SearchInvalid
from penstock.filters.search import SearchPage, parse, search
from penstock.kernel.db import Connection
from penstock.records import associations, store
from penstock.records.schema import Schema, TypeSchema
from tests.conftest import NOW, House

LIMITS = (5, 6, 18)

PEOPLE: dict[str, dict[str, Any]] = {
    "ada": {
        "firstname": "Ada",
        "lastname": "Lovelace",
        "email": "ada@analytical.example.test",
        "phone": "+46 70-123",
        "hubspotscore": "9",
        "lifecyclestage": "customer",
        "hs_buying_role": "CHAMPION;OTHER",
        "hs_email_optout": "false",
        "closedate": "2026-03-01T12:00:00Z",
    },
    "bo": {
        "firstname": "bo",
        "lastname": "Ek",
        "email": "bo@example.test",
        "hubspotscore": "10",
        "lifecyclestage": "lead",
        "hs_buying_role": "OTHER",
        "hs_email_optout": "true",
        "closedate": "2026-04-01T12:00:00Z",
    },
    "cia": {"firstname": "Cia-Lisa", "lastname": "Åberg", "company": "Ek & Son"},
}


@dataclass
class Desk:
    """Three contacts, and somebody who searches among them."""

    conn: Connection
    schema: Schema
    type: TypeSchema
    ids: dict[str, int]

    async def page(self, **body: Any) -> SearchPage:
        request = parse(body, self.schema, self.type, LIMITS)
        return await search(self.conn, self.schema, self.type, request, NOW)

    async def found(self, **body: Any) -> list[str]:
        names = {id: name for name, id in self.ids.items()}
        page = await self.page(**body)
        assert page.total == len(page.records)
        return [names[record.id] for record in page.records]

    async def where(self, property: str, operator: str, **wanted: Any) -> list[str]:
        return await self.found(filters=[asked(property, operator, **wanted)])

    def refused(self, **body: Any) -> list[tuple[str | None, str]]:
        with pytest.raises(SearchInvalid) as raised:
            parse(body, self.schema, self.type, LIMITS)
        return [(problem.where, str(problem.text)) for problem in raised.value.problems]


def asked(property: str, operator: str, **wanted: Any) -> dict[str, Any]:
    return {"propertyName": property, "operator": operator, **wanted}


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    schema = await house.schema()
    contacts = schema.type("contacts")
    async with house.database.unit() as conn:
        drafts = [store.Draft(properties) for properties in PEOPLE.values()]
        made = [
            store.one([outcome])
            for outcome in await store.create(
                conn, schema, contacts, drafts, house.write, trusted=True
            )
        ]
        ids = dict(zip(PEOPLE, (record.id for record in made), strict=True))
        yield Desk(conn, schema, contacts, ids)


FOUND: Sequence[tuple[str, str, dict[str, Any], str]] = [
    ("firstname", "EQ", {"value": "BO"}, "bo"),
    ("firstname", "NEQ", {"value": "Bo"}, "ada cia"),
    ("company", "NEQ", {"value": "x"}, "cia"),
    ("firstname", "LT", {"value": "BO"}, "ada"),
    ("firstname", "LTE", {"value": "BO"}, "ada bo"),
    ("firstname", "GT", {"value": "BO"}, "cia"),
    ("firstname", "GTE", {"value": "bo"}, "bo cia"),
    ("firstname", "BETWEEN", {"value": "b", "highValue": "c"}, "bo"),
    ("firstname", "IN", {"values": ["bo", "ada", "x"]}, "ada bo"),
    ("firstname", "NOT_IN", {"values": ["bo"]}, "ada cia"),
    ("company", "HAS_PROPERTY", {}, "cia"),
    ("company", "NOT_HAS_PROPERTY", {}, "ada bo"),
    ("hubspotscore", "EQ", {"value": "9.0"}, "ada"),
    ("hubspotscore", "EQ", {"value": 9}, "ada"),
    ("hubspotscore", "NEQ", {"value": "9"}, "bo"),
    ("hubspotscore", "GT", {"value": "9"}, "bo"),
    ("hubspotscore", "LT", {"value": "10"}, "ada"),
    ("hubspotscore", "BETWEEN", {"value": "9", "highValue": "10"}, "ada bo"),
    ("hubspotscore", "IN", {"values": ["9", "11"]}, "ada"),
    ("hubspotscore", "NOT_IN", {"values": ["9", "11"]}, "bo"),
    ("lifecyclestage", "EQ", {"value": "lead"}, "bo"),
    ("lifecyclestage", "EQ", {"value": "Lead"}, ""),
    ("lifecyclestage", "IN", {"values": ["lead", "customer"]}, "ada bo"),
    ("hs_buying_role", "EQ", {"value": "OTHER"}, "ada bo"),
    ("hs_buying_role", "EQ", {"value": "OTHER;CHAMPION"}, "ada"),
    ("hs_buying_role", "NEQ", {"value": "CHAMPION"}, "bo"),
    ("hs_buying_role", "IN", {"values": ["CHAMPION", "BLOCKER"]}, "ada"),
    ("hs_buying_role", "NOT_IN", {"values": ["CHAMPION", "BLOCKER"]}, "bo"),
    ("hs_buying_role", "CONTAINS_TOKEN", {"value": "champion"}, "ada"),
    ("hs_email_optout", "EQ", {"value": "TRUE"}, "bo"),
    ("hs_email_optout", "IN", {"values": [False]}, "ada"),
    ("closedate", "EQ", {"value": "2026-03-01T12:00:00.000Z"}, "ada"),
    ("closedate", "EQ", {"value": "1772366400000"}, "ada"),
    ("closedate", "GT", {"value": "2026-03-15"}, "bo"),
    ("closedate", "BETWEEN", {"value": "2026-03-01", "highValue": "2026-04-02"}, "ada bo"),
    ("closedate", "IN", {"values": ["2026-04-01T12:00:00Z"]}, "bo"),
    ("createdate", "GTE", {"value": "1772445600000"}, "ada bo cia"),
    ("createdate", "LT", {"value": "1772445600000"}, ""),
    ("createdate", "IN", {"values": ["1772445600000"]}, "ada bo cia"),
    ("email", "EQ", {"value": "BO@Example.test"}, "bo"),
    ("email", "EQ", {"value": "no address"}, ""),
    ("email", "NEQ", {"value": "BO@Example.test"}, "ada"),
    ("email", "IN", {"values": ["bo@example.test", "ADA@analytical.example.test", "x"]}, "ada bo"),
    ("email", "NOT_IN", {"values": ["bo@example.test"]}, "ada"),
    ("email", "CONTAINS_TOKEN", {"value": "EXAMPLE"}, "ada bo"),
    ("email", "CONTAINS_TOKEN", {"value": "exam"}, ""),
    ("email", "CONTAINS_TOKEN", {"value": "exam*"}, "ada bo"),
    ("email", "CONTAINS_TOKEN", {"value": "*@example.test"}, "bo"),
    ("email", "CONTAINS_TOKEN", {"value": "@example.test"}, "bo"),
    ("email", "CONTAINS_TOKEN", {"value": "a*@*.test"}, "ada"),
    ("email", "CONTAINS_TOKEN", {"value": "*"}, "ada bo"),
    ("firstname", "CONTAINS_TOKEN", {"value": "lisa CIA"}, "cia"),
    ("firstname", "CONTAINS_TOKEN", {"value": "lisa bo"}, ""),
    ("firstname", "CONTAINS_TOKEN", {"value": "."}, ""),
    ("lastname", "CONTAINS_TOKEN", {"value": "åberg"}, "cia"),
    ("email", "NOT_CONTAINS_TOKEN", {"value": "analytical"}, "bo"),
]


async def test_every_operator_finds_what_it_should(desk: Desk) -> None:
    for property, operator, wanted, names in FOUND:
        found = await desk.where(property, operator, **wanted)
        assert found == names.split(), (property, operator, wanted)


async def test_the_id_is_a_property_too(desk: Desk) -> None:
    bo = desk.ids["bo"]
    assert await desk.where("hs_object_id", "EQ", value=str(bo)) == ["bo"]
    assert await desk.where("hs_object_id", "IN", values=[str(bo), 1]) == ["bo"]
    assert await desk.where("hs_object_id", "GT", value=bo) == ["cia"]
    assert await desk.where("hs_object_id", "EQ", value=f"{bo}.5") == []
    assert await desk.where("hs_object_id", "LT", value=10**30) == ["ada", "bo", "cia"]


async def test_groups_are_alternatives_and_filters_of_a_group_hold_together(desk: Desk) -> None:
    groups = [
        {
            "filters": [
                asked("hubspotscore", "HAS_PROPERTY"),
                asked("lifecyclestage", "EQ", value="lead"),
            ]
        },
        {"filters": [asked("company", "HAS_PROPERTY")]},
    ]
    assert await desk.found(filterGroups=groups) == ["bo", "cia"]
    extra = [asked("firstname", "EQ", value="ada")]
    assert await desk.found(filterGroups=groups, filters=extra) == ["ada", "bo", "cia"]


async def test_words_begin_words_of_any_search_property(desk: Desk) -> None:
    for query, names in [
        ("ek", "bo cia"),
        ("EK son", "cia"),
        ("love", "ada"),
        ("ada LOVE", "ada"),
        ("ovelace", ""),
        ("lisa", "cia"),
        ("åb", "cia"),
        ("70", "ada"),
        ("+46", "ada"),
        ("ada@", "ada"),
        ("customer", ""),
        ("%", ""),
        ("_", ""),
        ("  ", "ada bo cia"),
        ("", "ada bo cia"),
    ]:
        assert await desk.found(query=query) == names.split(), query
    assert await desk.found(query="ek", filters=[asked("company", "HAS_PROPERTY")]) == ["cia"]


async def test_nothing_asked_finds_everybody_in_order_of_creation(desk: Desk, house: House) -> None:
    assert await desk.found() == ["ada", "bo", "cia"]


async def test_sorting_puts_what_has_no_value_last(desk: Desk) -> None:
    for sorts, names in [
        (["firstname"], "ada bo cia"),
        (["-firstname"], "cia bo ada"),
        ([{"propertyName": "hubspotscore", "direction": "ASCENDING"}], "ada bo cia"),
        ([{"propertyName": "hubspotscore", "direction": "DESCENDING"}], "bo ada cia"),
        ([{"propertyName": "lastname"}], "bo ada cia"),
        (["-hs_object_id"], "cia bo ada"),
        (["-closedate"], "bo ada cia"),
        (["createdate"], "ada bo cia"),
        (["-hs_buying_role"], "bo ada cia"),
    ]:
        assert await desk.found(sorts=sorts) == names.split(), sorts


async def test_pages_follow_one_another(desk: Desk) -> None:
    first = await desk.page(limit=2)
    assert (first.total, len(first.records), first.after) == (3, 2, "2")
    second = await desk.page(limit="2", after=first.after)
    assert (second.total, len(second.records), second.after) == (3, 1, None)
    assert [record.id for record in (*first.records, *second.records)] == list(desk.ids.values())
    beyond = await desk.page(after=7)
    assert (beyond.total, beyond.records, beyond.after) == (3, [], None)
    count = await desk.page(limit=0)
    assert (count.total, count.records, count.after) == (3, [], None)


async def test_records_come_whole(desk: Desk) -> None:
    (record,) = (await desk.page(query="ada")).records
    assert record.shown(desk.type, ["email", "hubspotscore", "hs_buying_role"]) == {
        "email": "ada@analytical.example.test",
        "hubspotscore": "9",
        "hs_buying_role": "CHAMPION;OTHER",
    }
    assert record.created_at == NOW


async def test_archived_records_and_other_types_are_not_found(desk: Desk, house: House) -> None:
    await store.archive(desk.conn, desk.type, [desk.ids["bo"]], house.write)
    companies = desk.schema.type("companies")
    await store.create(
        desk.conn, desk.schema, companies, [store.Draft({"name": "bo"})], house.write
    )
    assert await desk.found() == ["ada", "cia"]


async def test_associations_are_found_from_the_other_side(desk: Desk, house: House) -> None:
    companies = desk.schema.type("companies")
    drafts = [store.Draft({"name": name}) for name in ("X", "Y")]
    x, y = (
        store.one([outcome]).id
        for outcome in await store.create(desk.conn, desk.schema, companies, drafts, house.write)
    )
    edges = [
        (desk.ids["ada"], associations.NewEdge(x, (279,))),
        (desk.ids["bo"], associations.NewEdge(x, (1,))),
        (desk.ids["bo"], associations.NewEdge(y, (279,))),
    ]
    live = await associations.lock(desk.conn, [x, y])
    await associations.add(desk.conn, desk.schema, desk.type, edges, live, house.write)
    assert await desk.where("associations.company", "EQ", value=str(x)) == ["ada", "bo"]
    assert await desk.where("associations.companies", "EQ", value=y) == ["bo"]
    assert await desk.where("associations.0-2", "IN", values=[y, 1]) == ["bo"]
    assert await desk.where("associations.deals", "EQ", value=x) == []
    assert await desk.where("associations.products", "EQ", value=x) == []
    both = [
        asked("associations.companies", "EQ", value=x),
        asked("associations.companies", "EQ", value=y),
    ]
    assert await desk.found(filters=both) == ["bo"]


async def test_what_is_asked_for_is_handed_on(desk: Desk) -> None:
    request = parse({"properties": ["email", "nickname"]}, desk.schema, desk.type, LIMITS)
    assert request.properties == ("email", "nickname")
    assert (request.limit, request.after) == (10, 0)


GOOD = asked("firstname", "EQ", value="x")

REFUSED: Sequence[tuple[dict[str, Any], str, str]] = [
    ({"filters": [asked("nickname", "EQ", value="x")]}, "$.filters[0].propertyName", "not exist"),
    ({"filters": [asked("city", "LIKE", value="x")]}, "$.filters[0].operator", "there are: EQ"),
    ({"filters": [asked("city", "EQ")]}, "$.filters[0].value", "is empty"),
    ({"filters": [asked("city", "CONTAINS_TOKEN", value=" ")]}, "$.filters[0].value", "is empty"),
    ({"filters": [asked("city", "IN", value="x")]}, "$.filters[0].values", "at least one"),
    ({"filters": [asked("city", "NOT_IN", values=["", "x"])]}, "$.filters[0].values[0]", "empty"),
    ({"filters": [asked("city", "NOT_IN", values=[None])]}, "$.filters[0].values[0]", "empty"),
    ({"filters": [asked("city", "BETWEEN", value="x")]}, "$.filters[0].highValue", "is empty"),
    ({"filters": [asked("city", "EQ", value="\0")]}, "$.filters[0].value", "cannot be stored"),
    ({"filters": [asked("hubspotscore", "GT", value="x")]}, "$.filters[0].value", "not a number"),
    ({"filters": [asked("closedate", "GT", value="soon")]}, "$.filters[0].value", "not a date"),
    ({"filters": [asked("hs_email_optout", "EQ", value="1")]}, "$.filters[0].value", "neither"),
    ({"filters": [asked("hs_buying_role", "LT", value="x")]}, "$.filters[0].operator", "no order"),
    ({"filters": [{"operator": "EQ", "value": "x"}]}, "$.filters[0].propertyName", "required"),
    ({"filters": {}}, "$.filters", "a list is expected"),
    (
        {"filters": [asked("associations.unicorns", "EQ", value=1)]},
        "$.filters[0].propertyName",
        'no object type "unicorns"',
    ),
    (
        {"filters": [asked("associations.companies", "NEQ", value=1)]},
        "$.filters[0].operator",
        "EQ and IN",
    ),
    (
        {"filters": [asked("associations.companies", "IN", values=["1", "x"])]},
        "$.filters[0].values[1]",
        "not the id of a record",
    ),
    ({"filterGroups": [{"filters": []}]}, "$.filterGroups[0]", "this group is empty"),
    ({"filterGroups": [{"filters": [GOOD]}] * 6}, "$.filterGroups", "at most 5 groups"),
    ({"filterGroups": [{"filters": [GOOD] * 7}]}, "$.filterGroups", "at most 6 filters"),
    ({"filterGroups": [{"filters": [GOOD] * 5}] * 4}, "$.filterGroups", "at most 18 filters"),
    ({"filterGroups": [{"filters": [GOOD]}] * 5, "filters": [GOOD]}, "$.filterGroups", "5 groups"),
    ({"sorts": ["nickname"]}, "$.sorts[0].propertyName", "does not exist"),
    ({"sorts": ["city", "zip"]}, "$.sorts", "by one property only"),
    ({"sorts": [{"propertyName": "city", "direction": "UP"}]}, "$.sorts[0].direction", "one of"),
    ({"limit": 201}, "$.limit", "at most 200"),
    ({"limit": -1}, "$.limit", "at least 0"),
    ({"after": "soon"}, "$.after", "a whole number"),
    ({"after": "9995"}, "$.after", "the first 10000 results"),
    ({"query": "a\0"}, "$.query", "cannot be stored"),
    ({"query": "x" * 3001}, "$", "at most 3000 characters"),
]


async def test_what_is_wrong_is_refused_with_its_place(desk: Desk) -> None:
    for body, where, said in REFUSED:
        problems = desk.refused(**body)
        assert [place for place, _ in problems] == [where], (body, problems)
        assert said in problems[0][1], problems


async def test_all_problems_are_said_at_once(desk: Desk) -> None:
    body = {"filters": [asked("nickname", "EQ", value="x"), asked("city", "X")], "sorts": ["x"]}
    assert [where for where, _ in desk.refused(**body)] == [
        "$.filters[0].propertyName",
        "$.filters[1].operator",
        "$.sorts[0].propertyName",
    ]


async def test_the_limits_are_the_caller_s(desk: Desk) -> None:
    groups = [{"filters": [GOOD] * 2}] * 2
    parse({"filterGroups": groups}, desk.schema, desk.type, (2, 2, 4))
    for limits in ((1, 2, 4), (2, 1, 4), (2, 2, 3)):
        with pytest.raises(SearchInvalid):
            parse({"filterGroups": groups}, desk.schema, desk.type, limits)
