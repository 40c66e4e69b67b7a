"""What is missing, empty or gone lets nobody through, also where it is negated."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from penstock.filters.compile import Slots, check, select_matching
from penstock.filters.errors import FilterInvalid
from penstock.filters.memberships import MEMBERSHIPS
from penstock.filters.nodes import KINDS, OPERATIONS
from penstock.records.model import EventType
from penstock.records.schema import Schema
from tests.conftest import NOW, House
from tests.filters import golden, world
from tests.filters.bench import Bench
from tests.filters.golden import asks, only

ASKED = [case for name in golden.names() for case in golden.cases(name) if case.operation]
NOTHING: list[Any] = [None, "", [], [""], [None], {}]


def without(schema: Schema, word: str, name: str) -> Schema:
    type = schema.type(word)
    left = {key: value for key, value in type.properties.items() if key != name}
    return replace(schema, types={**schema.types, type.id: replace(type, properties=left)})


def negated(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "filterBranchType": "OR",
        "filterBranches": [{"filterBranchType": "NOT_ANY", "filterBranches": [document]}],
    }


def required(operation: dict[str, Any]) -> list[str]:
    """What an operation must be given, beside its name and that of its operator."""
    kind = OPERATIONS.find(operation["operationType"])
    assert kind is not None
    fields = (each.alias for each in kind.model_fields.values() if each.is_required())
    return [name for name in fields if name and name not in {"operationType", "operator"}]


def deprived(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The operation with each of its values missing, null or empty."""
    for name in required(operation):
        bare = {key: value for key, value in operation.items() if key != name}
        yield bare
        yield from ({**bare, name: nothing} for nothing in NOTHING)


async def test_an_operator_without_its_value_is_refused(bench: Bench) -> None:
    for case in ASKED:
        property = case.document["filters"][0]["property"]
        for operation in deprived(case.operation):
            document = only(asks(property, operation))
            for asked in (document, negated(document)):
                assert refused(asked, bench.schema, case.object), (case.name, operation)


def refused(document: dict[str, Any], schema: Schema, word: str) -> bool:
    try:
        check(document, schema, word)
    except FilterInvalid as invalid:
        return len(invalid.problems) > 0
    return False


async def test_an_operator_of_a_property_that_is_gone_matches_nobody(bench: Bench) -> None:
    for case in ASKED:
        property = case.document["filters"][0]["property"]
        gone = without(bench.schema, case.object, property)
        for document in (case.document, negated(case.document)):
            criterion = check(document, bench.schema, case.object)
            with pytest.raises(FilterInvalid) as raised:
                check(document, gone, case.object)
            assert [problem.code for problem in raised.value.problems] == ["PROPERTY_DOESNT_EXIST"]
            statement = select_matching(criterion, gone, Slots("UTC", NOW))
            assert statement.sql.endswith("AND false"), case.name


@pytest.mark.parametrize("yearly", [False, True])
def test_a_date_to_reach_that_is_gone_matches_nobody(bench: Bench, *, yearly: bool) -> None:
    document = only({"filterType": "DATE_REACHED", "property": "closedate", "yearly": yearly})
    gone = without(bench.schema, "contacts", "closedate")
    for asked in (document, negated(document)):
        criterion = check(asked, bench.schema, "contacts")
        assert refused(asked, gone, "contacts")
        statement = select_matching(criterion, gone, Slots("UTC", NOW))
        assert statement.sql.endswith("AND false")


async def test_a_criterion_that_has_become_invalid_is_false_of_all_and_spoils_no_other(
    bench: Bench,
) -> None:
    (id,) = bench.place([{"city": "Oslo", "zip": "1"}], NOW)
    known = {"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"}
    unknown = {"operationType": "ALL_PROPERTY", "operator": "IS_UNKNOWN"}
    criteria = {
        1: check(only(asks("city", known)), bench.schema, "contacts"),
        2: check(negated(only(asks("city", unknown))), bench.schema, "contacts"),
        3: check(only(asks("zip", known)), bench.schema, "contacts"),
    }
    whole = {key: verdict for key, (verdict, _) in bench.judge(criteria, [id], NOW, "UTC").items()}
    assert whole == {(id, 1): True, (id, 2): True, (id, 3): True}
    bench.schema = without(bench.schema, "contacts", "city")
    left = {key: verdict for key, (verdict, _) in bench.judge(criteria, [id], NOW, "UTC").items()}
    assert left == {(id, 1): False, (id, 2): False, (id, 3): True}


CITY = {"operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "Oslo"}


def beside(*filters: dict[str, Any], **branch: Any) -> dict[str, Any]:
    """A document of these filters, or of a branch."""
    if not branch:
        return only(*filters)
    inner = {**branch, "filters": list(filters)}
    return {"filterBranchType": "AND", "filterBranches": [inner]}


def of_kind(type: str, **fields: Any) -> dict[str, Any]:
    return only({"filterType": type, **fields})


FORM, PAGE, OPENED, ADS = "4-1639801", "4-96000", "4-666440", "4-1553675"

EVENTS: list[tuple[str, dict[str, Any]]] = [
    # the event type without which it cannot be asked, and the filter
    (FORM, of_kind("FORM_SUBMISSION", operator="NOT_FILLED_OUT")),
    (FORM, of_kind("FORM_SUBMISSION_ON_PAGE", pageId="7", operator="FILLED_OUT")),
    (PAGE, of_kind("PAGE_VIEW", pageUrl="/", operator="NOT_HAS_PAGEVIEW_EQ")),
    (OPENED, of_kind("EMAIL_EVENT", emailId="7", operator="OPENED")),
    (OPENED, of_kind("EMAIL_EVENT", emailId="7", operator="RECEIVED_BUT_NOT_OPENED")),
    (PAGE, of_kind("EVENT", eventId=PAGE, operator="NOT_HAS_EVENT")),
    ("6-7001", of_kind("INTEGRATION_EVENT", eventTypeId=7001, filterLines=[])),
    (PAGE, of_kind("UNIFIED_EVENTS", eventTypeId=PAGE, filterLines=[])),
    ("4-1555804", of_kind("CTA", ctaName="x", operator="HAS_NOT_OPENED_CTA")),
    ("4-2", of_kind("WEBINAR", operator="NOT_HAS_WEBINAR_ATTENDANCE")),
    (ADS, of_kind("ADS_SEARCH", entityType="AD", operator="IS_KNOWN")),
    (ADS, of_kind("ADS_TIME", pruningRefineBy={"type": "ALL_HISTORY"})),
    ("4-3", of_kind("CAMPAIGN_INFLUENCED", campaignId="7")),
    ("4-4", of_kind("SURVEY_MONKEY", surveyId="7", operator="HAS_NOT_RESPONDED_TO_SURVEY")),
    (
        "4-5",
        of_kind(
            "SURVEY_MONKEY_VALUE",
            surveyId="7",
            surveyQuestion="1",
            operator="HAS_ANSWERED_SURVEY_QUESTION_WITH_VALUE",
            valueComparison=CITY,
        ),
    ),
    (
        PAGE,
        beside(filterBranchType="UNIFIED_EVENTS", eventTypeId=PAGE, operator="HAS_NOT_COMPLETED"),
    ),
]
TRAITS: list[tuple[str, str, dict[str, Any]]] = [
    # the event type, the property of it that is gone, and the filter
    (FORM, "hs_form_id", of_kind("FORM_SUBMISSION", formId="7", operator="NOT_FILLED_OUT")),
    (FORM, "hs_page_id", of_kind("FORM_SUBMISSION_ON_PAGE", pageId="7", operator="FILLED_OUT")),
    (PAGE, "hs_page_url", of_kind("PAGE_VIEW", pageUrl="/", operator="NOT_HAS_PAGEVIEW_EQ")),
    (OPENED, "hs_email_id", of_kind("EMAIL_EVENT", emailId="7", operator="OPENED")),
    (
        PAGE,
        "hs_page_url",
        of_kind(
            "UNIFIED_EVENTS",
            eventTypeId=PAGE,
            filterLines=[{"property": "hs_page_url", "operation": CITY}],
        ),
    ),
    (
        PAGE,
        "hs_page_url",
        beside(
            asks("hs_page_url", CITY),
            filterBranchType="UNIFIED_EVENTS",
            eventTypeId=PAGE,
            operator="HAS_NOT_COMPLETED",
        ),
    ),
]
WAYS: list[dict[str, Any]] = [
    of_kind("ASSOCIATION", listId="7001", associationTypeId=4, operator="NOT_IN_LIST"),
    of_kind("NUM_ASSOCIATIONS", associationTypeId=4),
    beside(
        asks("dealname", CITY),
        filterBranchType="ASSOCIATION",
        objectTypeId="0-3",
        associationTypeId=4,
        operator="NOT_IN_LIST",
    ),
]
HOLDERS: list[dict[str, Any]] = [
    of_kind(
        "PROPERTY_ASSOCIATION", listId="7001", toObjectTypeId="0-3", propertyWithObjectId="message"
    ),
    beside(
        asks("dealname", CITY),
        filterBranchType="PROPERTY_ASSOCIATION",
        objectTypeId="0-3",
        propertyWithObjectId="message",
        operator="NOT_IN_LIST",
    ),
]
THINGS: list[tuple[str, str, dict[str, Any]]] = [
    ("list", "listId", of_kind("IN_LIST", listId="7001", operator="NOT_IN_LIST")),
    ("list", "listId", of_kind("ASSOCIATION", listId="7001", associationTypeId=4)),
    ("list", "listId", HOLDERS[0]),
    *(
        (
            "import" if word == "IMPORT" else "workflow",
            "metadata.id",
            of_kind("IN_LIST", metadata={"id": "7001", "inListType": word}, operator="NOT_IN_LIST"),
        )
        for word in MEMBERSHIPS
        if word
    ),
]


def with_events(schema: Schema) -> Schema:
    """The schema with a kind of event that somebody defined."""
    painted = EventType("6-7001", "pe1_painted", "Painted")
    return replace(schema, events={**schema.events, painted.id: painted})


def assert_nobody(document: dict[str, Any], before: Schema, after: Schema, path: str) -> None:
    """What could be asked before names what is gone, and lets nobody through."""
    for asked in (document, negated(document)):
        criterion = check(asked, before, "contacts")
        with pytest.raises(FilterInvalid) as raised:
            check(asked, after, "contacts")
        paths = [str(problem.where) for problem in raised.value.problems]
        assert paths
        assert all(path in where for where in paths), (asked, paths)
        statement = select_matching(criterion, after, Slots("UTC", NOW))
        assert statement.sql.endswith("AND false"), asked


@pytest.mark.parametrize(("id", "document"), EVENTS)
async def test_an_event_type_that_is_gone_matches_nobody(
    house: House, id: str, document: dict[str, Any]
) -> None:
    schema = with_events(await house.schema())
    left = {key: value for key, value in schema.events.items() if key != id}
    part = [*document.get("filters", ()), *document.get("filterBranches", ())][0]
    key = next((key for key in ("eventTypeId", "eventId") if key in part), "filterType")
    assert_nobody(document, schema, replace(schema, events=left), f"[0].{key}")


@pytest.mark.parametrize(("id", "name", "document"), TRAITS)
async def test_a_property_of_an_event_that_is_gone_matches_nobody(
    house: House, id: str, name: str, document: dict[str, Any]
) -> None:
    schema = await house.schema()
    type = schema.events[id]
    left = tuple(each for each in type.properties if each.name != name)
    after = replace(schema, events={**schema.events, id: replace(type, properties=left)})
    assert_nobody(document, schema, after, "[0].")


@pytest.mark.parametrize("document", WAYS)
async def test_an_association_type_that_is_gone_matches_nobody(
    house: House, document: dict[str, Any]
) -> None:
    schema = await house.schema()
    left = {key: value for key, value in schema.edges.items() if key != 4}
    assert_nobody(document, schema, replace(schema, edges=left), "[0].associationTypeId")


@pytest.mark.parametrize("document", HOLDERS)
async def test_a_property_that_held_an_id_and_is_gone_matches_nobody(
    house: House, document: dict[str, Any]
) -> None:
    schema = await house.schema()
    contacts = schema.type("contacts")
    left = {name: each for name, each in contacts.properties.items() if name != "message"}
    types = {**schema.types, contacts.id: replace(contacts, properties=left)}
    assert_nobody(document, schema, replace(schema, types=types), "[0].propertyWithObjectId")


async def test_an_object_type_that_is_gone_matches_nobody(house: House) -> None:
    schema = await house.schema()
    types = {key: value for key, value in schema.types.items() if key != "0-3"}
    edges = {
        key: edge
        for key, edge in schema.edges.items()
        if "0-3" not in (edge.from_type, edge.to_type)
    }
    after = replace(schema, types=types, edges=edges)
    assert_nobody(WAYS[-1], schema, after, "[0].objectTypeId")
    assert_nobody(HOLDERS[0], schema, after, "[0].toObjectTypeId")
    assert_nobody(HOLDERS[1], schema, after, "[0].objectTypeId")


@pytest.mark.parametrize(("kind", "key", "document"), THINGS)
async def test_a_list_or_the_like_that_is_gone_matches_nobody(
    house: House, kind: str, key: str, document: dict[str, Any]
) -> None:
    async with house.database.unit() as conn:
        await world.furnish(conn)
    schema = await house.schema()
    async with house.database.unit() as conn:
        given = [[], ["list", "import", "active"], ["finished"], ["goal_met"]]
        ids = [
            await world.place(conn, schema, house, "contacts", {"$in": things}) for things in given
        ]

        async def found(document: dict[str, Any]) -> set[int]:
            statement = select_matching(
                check(document, schema, "contacts"), schema, Slots("UTC", NOW)
            )
            cursor = await conn.execute(statement.sql.encode(), statement.parameters)
            return {row.record_id for row in await cursor.fetchall()} & set(ids)

        asked = [document, negated(document)]
        assert set.union(*[await found(each) for each in asked]) == set(ids)
        await conn.execute("DELETE FROM imports")
        for table in ("lists", "workflows"):
            await conn.execute(f"UPDATE {table} SET deleted_at = now()".encode())
        assert [await found(each) for each in asked] == [set(), set()]
    known = {(kind, 7001): "Known"}
    for each in asked:
        check(each, schema, "contacts", names=known)
        with pytest.raises(FilterInvalid) as raised:
            check(each, schema, "contacts", names={})
        (problem,) = raised.value.problems
        assert str(problem.where).endswith(f"filters[0].{key}")
        assert problem.code == f"{kind.upper()}_DOESNT_EXIST"


def test_every_kind_of_filter_that_names_something_is_deprived_of_it() -> None:
    documents = [
        *(document for _, document in EVENTS),
        *WAYS,
        *(document for _, _, document in THINGS),
    ]
    asked = {part["filterType"] for each in documents for part in each.get("filters", ())}
    # Of a property that is gone the tests above ask; these others name nothing that could go.
    alone = {
        "PROPERTY",
        "DATE_REACHED",
        "CONSTANT",
        "PRIVACY",
        "EMAIL_SUBSCRIPTION",
        "COMMUNICATION_SUBSCRIPTION",
    }
    assert asked | alone == set(KINDS.kinds)
