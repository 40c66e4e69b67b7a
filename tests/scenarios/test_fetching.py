"""Data sources (api §5.6): other records that steps speak of, found for each enrolled one."""

from typing import Any

import pytest

from penstock.workflows import store as workflows
from tests.story import Story, all_of, any_of, set_property, step, when

BIG = when(all_of(any_of("dealtype", "newbusiness")))
CONTACTS_OF_DEAL = 3


def people(**rest: Any) -> dict[str, Any]:
    return {
        "type": "ASSOCIATION",
        "name": "person",
        "objectTypeId": "0-1",
        "associationCategory": "HUBSPOT_DEFINED",
        "associationTypeId": CONTACTS_OF_DEAL,
        **rest,
    }


async def about_deals(story: Story, source: dict[str, Any], text: str, **deal: str) -> int:
    """A deal whose description a workflow writes from a data source; not enrolled yet."""
    flow = await story.workflow(
        BIG,
        [set_property("1", "description", {"type": "STATIC_VALUE", "staticValue": text})],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
        dataSources=[source],
    )
    await story.turn_on(flow)
    (made,) = await story.create("deals", {"dealname": "Big", **deal})
    return made


async def described(story: Story, deal: int) -> Any:
    await story.update("deals", deal, dealtype="newbusiness")
    await story.rest()
    return (await story.record("deals", deal)).properties.get("description")


PERSON = "{{ fetched_objects.person.firstname }} {{ fetched_objects.person.lastname }}"


@pytest.mark.parametrize(
    ("sort_by", "first"),
    [
        (None, "Ada"),
        ({"property": "num_notes", "order": "ASC"}, "Bo"),
        ({"property": "num_notes", "order": "DESC"}, "Cleo"),
        ({"property": "num_notes", "order": "ASC", "missing": "_first"}, "Ada"),
        ({"property": "lastname", "order": "DESC"}, "Bo"),
        ({"property": "lastmodifieddate", "order": "DESC"}, "Bo"),
        ({"property": "hs_object_id", "order": "DESC"}, "Cleo"),
    ],
)
async def test_of_several_associated_records_the_first_in_the_order_is_meant(
    story: Story, sort_by: dict[str, str] | None, first: str
) -> None:
    source = people() if sort_by is None else people(sortBy=sort_by)
    deal = await about_deals(story, source, PERSON)
    ada = await story.contact(firstname="Ada", lastname="A")
    bo = await story.contact(firstname="Bo", lastname="C", num_notes="9")
    cleo = await story.contact(firstname="Cleo", lastname="B", num_notes="10")
    for contact in (ada, bo, cleo):
        await story.associate(deal, contact, CONTACTS_OF_DEAL)
    await story.pass_time(hours=1)
    await story.update("contacts", bo, city="Lund")
    assert str(await described(story, deal)).startswith(first)


async def test_what_was_associated_last_is_found_by_its_time(story: Story) -> None:
    source = people(type="ASSOCIATION_TIMESTAMP")
    deal = await about_deals(story, source, PERSON)
    ada, bo = [await story.contact(firstname=name) for name in ("Ada", "Bo")]
    await story.associate(deal, bo, CONTACTS_OF_DEAL)
    await story.pass_time(hours=1)
    await story.associate(deal, ada, CONTACTS_OF_DEAL)
    assert str(await described(story, deal)).startswith("Ada")


async def test_archived_records_are_not_found_and_nothing_is_empty_text(story: Story) -> None:
    deal = await about_deals(story, people(), f"[{PERSON}]")
    ada = await story.contact(firstname="Ada")
    await story.associate(deal, ada, CONTACTS_OF_DEAL)
    await story.archive("contacts", ada)
    assert await described(story, deal) == "[ ]"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ({"type": "STATIC_PROPERTY_FILTER", "staticValue": "Lund", "propertyName": "city"}, "Bo"),
        (
            {
                "type": "STATIC_PROPERTY_FILTER",
                "staticValue": "Lund",
                "propertyName": "city",
                "sortBy": {"property": "firstname", "order": "DESC"},
            },
            "Cleo",
        ),
        (
            {
                "type": "STATIC_PROPERTY_FILTER",
                "staticValue": "ADA@x.test",
                "propertyName": "email",
            },
            "Ada",
        ),
        (
            {
                "type": "ENROLLED_RECORD_PROPERTY_FILTER",
                "recordFieldName": "amount",
                "propertyName": "num_notes",
            },
            "Cleo",
        ),
    ],
)
async def test_a_record_is_found_by_a_value(
    story: Story, source: dict[str, Any], found: str
) -> None:
    whole = {"name": "person", "objectTypeId": "0-1", **source}
    deal = await about_deals(story, whole, PERSON, amount="7")
    await story.contact(firstname="Ada", email="ada@x.test", num_notes="70")
    await story.contact(firstname="Bo", city="Lund")
    await story.contact(firstname="Cleo", city="Lund", num_notes="7")
    assert str(await described(story, deal)).startswith(found)


async def test_each_of_a_group_has_its_own(story: Story) -> None:
    await about_deals(story, people(), PERSON)
    deals = []
    for number in range(5):
        (deal,) = await story.create("deals", {"dealname": str(number)})
        ada = await story.contact(firstname=f"Person {number}")
        await story.associate(deal, ada, CONTACTS_OF_DEAL)
        deals.append(deal)
    for deal in deals:
        await story.update("deals", deal, dealtype="newbusiness")
    await story.rest()
    found = [(await story.record("deals", deal)).properties["description"] for deal in deals]
    assert found == [f"Person {number} " for number in range(5)]


async def test_sources_speak_in_values_mails_and_coordinates(story: Story) -> None:
    mail = await story.email(
        subject="{{ fetched_objects.person.city }}", text="{{ enrolled_object.dealname }}"
    )
    flow = await story.workflow(
        BIG,
        [
            set_property(
                "1",
                "description",
                {
                    "type": "FETCHED_OBJECT_PROPERTY",
                    "propertyToken": "{{ fetched_objects.person.email }}",
                },
            ),
            set_property(
                "2",
                "closed_lost_reason",
                {
                    "type": "SINGLE_OBJECT_COORDINATES",
                    "coordinatesToken": "{{ fetched_objects.person }}",
                },
            ),
            step("3", "0-4", {"content_id": mail}),
        ],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
        dataSources=[people()],
    )
    await story.turn_on(flow)
    ada = await story.contact(email="ada@x.test", city="Lund")
    (deal,) = await story.create("deals", {"dealname": "Big"})
    await story.associate(deal, ada, CONTACTS_OF_DEAL)
    await story.update("deals", deal, dealtype="newbusiness")
    await story.rest()
    written = (await story.record("deals", deal)).properties
    assert written["description"] == "ada@x.test"
    assert written["closed_lost_reason"] == f"0-1-{ada}"
    (effect,) = await story.query("SELECT payload FROM effects")
    assert effect.payload["tokens"] == {
        "fetched_objects.person.city": "Lund",
        "enrolled_object.dealname": "Big",
    }


PROBLEMS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (people(associationTypeId=99_999), [("associationTypeId", "ASSOCIATION_TYPE_UNKNOWN")]),
    (people(associationTypeId=1), [("associationTypeId", "ASSOCIATION_TYPE_UNKNOWN")]),
    (people(objectTypeId="0-2"), [("objectTypeId", "WRONG_OBJECT_TYPE")]),
    (
        people(sortBy={"property": "nope", "order": "ASC"}),
        [("sortBy.property", "PROPERTY_DOESNT_EXIST")],
    ),
    (people(sortBy={"property": "city", "order": "UP"}), [("sortBy.order", "LITERAL_ERROR")]),
    (people(name="a b"), [("name", "INVALID_NAME")]),
    (
        {"type": "STATIC_PROPERTY_FILTER", "name": "x", "propertyName": "amount"}
        | {"staticValue": "many"},
        [("staticValue", "INVALID_NUMBER")],
    ),
    (
        {"type": "STATIC_PROPERTY_FILTER", "name": "x", "propertyName": "hs_object_id"}
        | {"staticValue": "1"},
        [("propertyName", "PROPERTY_UNSUPPORTED")],
    ),
    (
        {"type": "ENROLLED_RECORD_PROPERTY_FILTER", "name": "x", "propertyName": "nope"}
        | {"recordFieldName": "neither", "objectTypeId": "0-1"},
        [
            ("propertyName", "PROPERTY_DOESNT_EXIST"),
            ("recordFieldName", "PROPERTY_DOESNT_EXIST"),
        ],
    ),
    (
        {"type": "ENROLLED_RECORD_PROPERTY_FILTER", "name": "x", "propertyName": "city"}
        | {"recordFieldName": "city", "objectTypeId": "9-9"},
        [("objectTypeId", "OBJECT_TYPE_UNKNOWN"), ("recordFieldName", "PROPERTY_DOESNT_EXIST")],
    ),
    (
        {"type": "DATASET_FIELD_PROPERTY_FILTER", "name": "x", "propertyName": "city"}
        | {"datasetFieldName": "y"},
        [("type", "DATA_SOURCE_UNSUPPORTED")],
    ),
    (
        {"type": "ENROLLED_ARGUMENT_PROPERTY_FILTER", "name": "x", "propertyName": "city"}
        | {"argumentName": "y"},
        [("type", "DATA_SOURCE_UNSUPPORTED")],
    ),
    ({"type": "ORACLE", "name": "x"}, [("type", "UNION_TAG_INVALID")]),
]


@pytest.mark.parametrize(("source", "expected"), PROBLEMS)
async def test_what_a_data_source_needs_must_be_there(
    story: Story, source: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    flow = await story.workflow(
        BIG,
        [set_property("1", "description", "x")],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
        dataSources=[source],
    )
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, await story.house.schema(), flow)
    assert [(each.where, each.code) for each in problems] == [
        (f"$.dataSources[0].{where}", code) for where, code in expected
    ]


async def test_two_sources_of_one_name_are_a_problem(story: Story) -> None:
    flow = await story.workflow(
        BIG,
        [set_property("1", "description", "{{ fetched_objects.person.nope }}")],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
        dataSources=[people(), people()],
    )
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, await story.house.schema(), flow)
    assert [(each.where, each.code) for each in problems] == [
        ("$.dataSources[1].name", "DUPLICATE_NAME"),
        ("$.actions[0].fields.value.staticValue", "PROPERTY_DOESNT_EXIST"),
    ]


async def test_what_a_mail_says_of_the_workflow_must_be_there(story: Story) -> None:
    mail = await story.email(
        subject="{{ fetched_objects.boss.city }}",
        text="{{ contact.nope }} {{ site.name }} {{ enrolled_object.nope }}",
    )
    flow = await story.workflow(
        BIG,
        [step("1", "0-4", {"content_id": mail})],
        type="PLATFORM_FLOW",
        objectTypeId="0-3",
        dataSources=[people()],
    )
    async with story.house.database.unit() as conn:
        problems = await workflows.problems(conn, await story.house.schema(), flow)
    assert [(each.where, each.code) for each in problems] == [
        ("$.actions[0].fields.content_id", "PROPERTY_DOESNT_EXIST"),
        ("$.actions[0].fields.content_id", "DATA_SOURCE_DOESNT_EXIST"),
    ]
