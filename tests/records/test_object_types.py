"""What holds for every object type, whichever files there are."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zoneinfo import available_timezones

import pytest

from penstock.records import object_types
from penstock.records.model import AssociationType, ObjectType, Property
from penstock.records.values import TYPES

IN_FLOWS = {
    "0-1": [
        "createdate",
        "email",
        "firstname",
        "hs_email_optout",
        "hubspot_owner_id",
        "lifecyclestage",
        "num_notes",
    ],
    "0-2": ["annualrevenue", "hs_lastmodifieddate", "industry", "name"],
    "0-3": ["amount", "closedate", "dealname", "dealstage", "dealtype", "hubspot_owner_id"],
    "0-5": [
        "content",
        "hs_object_id",
        "hs_pipeline",
        "hs_pipeline_stage",
        "hubspot_owner_id",
        "subject",
    ],
    "0-14": ["hs_expiration_date", "hs_status", "hs_title", "hubspot_owner_id"],
}

HUBSPOT_IDS = {
    1: ("0-1", "0-2"),
    2: ("0-2", "0-1"),
    3: ("0-3", "0-1"),
    4: ("0-1", "0-3"),
    5: ("0-3", "0-2"),
    6: ("0-2", "0-3"),
    15: ("0-1", "0-5"),
    16: ("0-5", "0-1"),
    20: ("0-8", "0-3"),
    26: ("0-5", "0-2"),
    27: ("0-3", "0-5"),
    28: ("0-5", "0-3"),
    64: ("0-14", "0-3"),
    67: ("0-14", "0-8"),
    69: ("0-14", "0-1"),
    192: ("0-27", "0-2"),
    198: ("0-49", "0-1"),
    202: ("0-46", "0-1"),
    204: ("0-27", "0-1"),
    216: ("0-27", "0-3"),
    226: ("0-47", "0-5"),
    228: ("0-46", "0-5"),
    230: ("0-27", "0-5"),
    279: ("0-1", "0-2"),
    280: ("0-2", "0-1"),
    339: ("0-5", "0-2"),
    341: ("0-3", "0-2"),
    342: ("0-2", "0-3"),
    578: ("0-136", "0-1"),
}


def constants_by_module() -> dict[str, list[tuple[str, ObjectType]]]:
    return {
        info.name: [
            (name, value)
            for name, value in vars(
                importlib.import_module(f"{object_types.__name__}.{info.name}")
            ).items()
            if isinstance(value, ObjectType)
        ]
        for info in pkgutil.iter_modules(object_types.__path__)
    }


CONSTANTS = constants_by_module()
BY_ID = {entry.id: entry for found in CONSTANTS.values() for _, entry in found}
each_type = pytest.mark.parametrize("entry", BY_ID.values(), ids=lambda entry: entry.name)


def repeated(values: Iterable[object]) -> list[object]:
    return [value for value, times in Counter(values).items() if times > 1]


def properties_of(entry: ObjectType) -> dict[str, Property]:
    return {each.name: each for each in entry.properties}


class Direction(NamedTuple):
    id: int
    source: str
    target: str
    name: str
    label: str | None


def directions() -> Iterator[Direction]:
    """Every association type, both ways; one that is its own inverse comes once."""
    for entry, edge in edges():
        yield Direction(edge.id, entry.id, edge.to, edge.name, edge.label)
        if edge.inverse != edge.id:
            yield Direction(edge.inverse, edge.to, entry.id, edge.inverse_name, edge.inverse_label)


def edges() -> Iterator[tuple[ObjectType, AssociationType]]:
    return ((entry, edge) for entry in BY_ID.values() for edge in entry.associations)


@pytest.mark.parametrize("module", CONSTANTS)
def test_a_file_holds_exactly_one_object_type_named_as_the_file(module: str) -> None:
    ((constant, entry),) = CONSTANTS[module]
    assert constant == module.upper()
    assert entry.name == module


def test_the_object_types_that_users_expect_are_there() -> None:
    expected = {
        "0-1": "contacts",
        "0-2": "companies",
        "0-3": "deals",
        "0-5": "tickets",
        "0-7": "products",
        "0-8": "line_items",
        "0-11": "conversations",
        "0-14": "quotes",
        "0-18": "communications",
        "0-19": "feedback_submissions",
        "0-27": "tasks",
        "0-46": "notes",
        "0-47": "meetings",
        "0-48": "calls",
        "0-49": "emails",
        "0-69": "subscriptions",
        "0-115": "users",
        "0-136": "leads",
    }
    assert expected.items() <= {entry.id: entry.plural for entry in BY_ID.values()}.items()


def test_no_two_object_types_answer_to_the_same_word() -> None:
    words = [
        word.lower()
        for _, entry in (pair for found in CONSTANTS.values() for pair in found)
        for word in (entry.id, entry.name, entry.plural, *entry.aliases)
    ]
    assert repeated(words) == []


@each_type
def test_property_names_are_unique_within_an_object_type(entry: ObjectType) -> None:
    assert repeated(each.name for each in entry.properties) == []


@each_type
def test_every_property_has_a_label_and_stands_in_a_group_that_exists(entry: ObjectType) -> None:
    assert repeated(group.name for group in entry.groups) == []
    assert {each.group for each in entry.properties} == {group.name for group in entry.groups}
    assert [each.name for each in entry.properties if not each.label] == []


@each_type
def test_labels_are_not_used_twice_within_a_group(entry: ObjectType) -> None:
    assert repeated((each.group, each.label) for each in entry.properties) == []


@each_type
def test_properties_are_shown_in_the_order_in_which_they_are_written(entry: ObjectType) -> None:
    assert [each.display_order for each in entry.properties] == list(range(len(entry.properties)))


@each_type
def test_every_property_has_a_type_and_a_field_type_that_go_together(entry: ObjectType) -> None:
    for each in entry.properties:
        assert each.field_type in TYPES[each.type].field_types, each.name


@each_type
def test_whatever_an_object_type_refers_to_is_one_of_its_properties(entry: ObjectType) -> None:
    referred = {entry.primary, *entry.secondary, *entry.required, *entry.search, *entry.shown}
    if entry.staging:
        referred |= {name for name in vars(entry.staging).values() if name}
    for source, targets in entry.stamps.items():
        referred |= {source.partition("=")[0], *targets} - {"*"}
    assert referred <= properties_of(entry).keys()


@each_type
def test_a_stamp_for_one_value_names_an_option_that_exists(entry: ObjectType) -> None:
    for source in entry.stamps:
        name, separator, value = source.partition("=")
        if separator:
            assert value in properties_of(entry)[name].option_values


@each_type
def test_what_the_server_sets_cannot_be_written_but_the_closing_date_can(entry: ObjectType) -> None:
    properties = properties_of(entry)
    staging = entry.staging
    results = [staging.closed, staging.won, staging.probability, staging.entered] if staging else []
    stamped = [
        # What is stamped at creation is only a default.
        target
        for source, targets in entry.stamps.items()
        if source != "*"
        for target in targets
    ]
    for name in filter(None, [*results, *stamped]):
        assert properties[name].read_only, name
    if staging and staging.closed_at:
        assert not properties[staging.closed_at].read_only


@each_type
def test_every_record_has_an_id_and_the_moments_of_its_creation_and_last_change(
    entry: ObjectType,
) -> None:
    columns = {each.name: each for each in entry.properties if each.column}
    assert columns["hs_object_id"].column == "id"
    assert {each.column for each in columns.values()} == {"id", "created_at", "updated_at"}
    for each in columns.values():
        assert each.read_only
        assert each.type == ("number" if each.column == "id" else "datetime")


@each_type
def test_an_enumeration_has_options_of_its_own_or_from_elsewhere(entry: ObjectType) -> None:
    for each in entry.properties:
        if each.type == "enumeration":
            assert bool(each.options) != each.external_options, each.name
        assert repeated(option.value for option in each.options) == []
        assert repeated(option.label for option in each.options) == []
        assert [option.display_order for option in each.options] == list(range(len(each.options)))
        assert not any(each.multiple and ";" in option.value for option in each.options)


@pytest.mark.parametrize(
    ("type_id", "name", "unique"),
    [
        ("0-1", "email", True),
        ("0-2", "domain", True),
        ("0-115", "hs_email", True),
        ("0-7", "hs_sku", False),
    ],
)
def test_an_email_or_a_domain_identifies_a_record_but_an_article_number_does_not(
    type_id: str, name: str, unique: bool
) -> None:
    assert properties_of(BY_ID[type_id])[name].unique is unique


@each_type
def test_an_owner_is_chosen_from_the_owners(entry: ObjectType) -> None:
    owner = properties_of(entry).get("hubspot_owner_id")
    if owner:
        assert (owner.type, owner.field_type) == ("enumeration", "select")
        assert owner.external_options
        assert owner.referenced_object_type == "OWNER"
    if "hubspot_owner_assigneddate" in properties_of(entry):
        assert entry.stamps["hubspot_owner_id"] == ("hubspot_owner_assigneddate",)


@each_type
def test_an_object_type_has_pipelines_exactly_if_it_has_staging(entry: ObjectType) -> None:
    assert bool(entry.pipelines) == bool(entry.staging)
    if entry.staging:
        for name in (entry.staging.pipeline, entry.staging.stage):
            assert properties_of(entry)[name].external_options


@each_type
def test_the_stages_of_a_pipeline_are_in_order_and_say_whether_they_are_closed(
    entry: ObjectType,
) -> None:
    assert repeated(pipeline.id for pipeline in entry.pipelines) == []
    for pipeline in entry.pipelines:
        assert repeated(stage.id for stage in pipeline.stages) == []
        assert [stage.display_order for stage in pipeline.stages] == [*range(len(pipeline.stages))]
        for stage in pipeline.stages:
            assert stage.metadata["isClosed"] in {"true", "false"}
            assert all(isinstance(value, str) for value in stage.metadata.values())


def test_association_type_ids_and_names_are_unique_over_both_directions() -> None:
    assert repeated(way.id for way in directions()) == []
    assert repeated(way.name for way in directions()) == []


def test_associations_lead_to_object_types_that_exist() -> None:
    assert {way.target for way in directions()} <= BY_ID.keys()


def test_an_association_and_its_inverse_are_consistent() -> None:
    for entry, edge in edges():
        if edge.id == edge.inverse:
            assert edge.to == entry.id
            assert edge.name == edge.inverse_name
            assert (edge.label, edge.single) == (edge.inverse_label, edge.inverse_single)
        else:
            assert edge.name != edge.inverse_name
        assert (edge.label is None) == (edge.inverse_label is None)


def test_two_object_types_that_can_be_associated_can_be_so_without_a_label() -> None:
    plain = [(way.source, way.target) for way in directions() if way.label is None]
    assert repeated(plain) == []
    assert {(way.source, way.target) for way in directions()} == set(plain)


@pytest.mark.parametrize("activity", ["0-18", "0-27", "0-46", "0-47", "0-48", "0-49"])
def test_every_activity_can_belong_to_contacts_companies_deals_and_tickets(activity: str) -> None:
    pairs = {(way.source, way.target) for way in directions()}
    for other in ("0-1", "0-2", "0-3", "0-5"):
        assert {(activity, other), (other, activity)} <= pairs


def test_a_record_has_one_primary_company_or_contact_at_most_and_one_parent() -> None:
    for _, edge in edges():
        if edge.label == "Primary":
            assert (edge.single, edge.inverse_single) == (True, False), edge.name
        if edge.inverse_label == "Parent Company":
            assert (edge.single, edge.inverse_single) == (False, True)


def test_ids_that_clients_rely_on_are_those_of_hubspot() -> None:
    ways = {way.id: (way.source, way.target) for way in directions()}
    assert {number: ways.get(number) for number in HUBSPOT_IDS} == HUBSPOT_IDS


@pytest.mark.parametrize(("type_id", "least"), [("0-1", 60), ("0-2", 50), ("0-3", 40), ("0-5", 30)])
def test_the_main_object_types_have_the_properties_that_users_expect(
    type_id: str, least: int
) -> None:
    assert len(BY_ID[type_id].properties) >= least


@each_type
def test_every_object_type_has_more_than_a_few_properties(entry: ObjectType) -> None:
    assert len(entry.properties) >= 12


@pytest.mark.parametrize("type_id", IN_FLOWS)
def test_properties_used_in_known_workflows_are_there(type_id: str) -> None:
    assert set(IN_FLOWS[type_id]) <= properties_of(BY_ID[type_id]).keys()


def test_each_lifecycle_stage_of_contacts_and_companies_has_a_date_of_its_own() -> None:
    for entry in (BY_ID["0-1"], BY_ID["0-2"]):
        stamped = {
            source.partition("=")[2] for source in entry.stamps if "lifecyclestage=" in source
        }
        assert stamped == properties_of(entry)["lifecyclestage"].option_values


def test_a_time_zone_is_labelled_with_the_name_that_a_clock_understands() -> None:
    for entry, name in ((BY_ID["0-1"], "hs_timezone"), (BY_ID["0-115"], "hs_standard_time_zone")):
        labels = {option.label for option in properties_of(entry)[name].options}
        assert {"Europe/Stockholm", "US/Eastern", "UTC"} <= labels <= available_timezones()
    assert "europe_slash_stockholm" in properties_of(BY_ID["0-1"])["hs_timezone"].option_values
