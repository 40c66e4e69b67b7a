"""Guessing a mapping from the names of the columns."""

import pytest

from penstock.imports.headings import guess, linked, word_of
from penstock.imports.model import Link
from tests.conftest import House
from tests.imports.files import HEADER


async def guessed(house: House, object_type: str, *names: str) -> dict[str, str | Link | None]:
    schema = await house.schema()
    columns = guess(schema, schema.type(object_type), names)
    return {column.name: column.property or column.link for column in columns}


async def test_an_everyday_export_of_people_maps_itself(house: House) -> None:
    assert await guessed(house, "contacts", *HEADER) == {
        "Index": None,
        "Customer Id": None,
        "First Name": "firstname",
        "Last Name": "lastname",
        "Company": "company",
        "City": "city",
        "Country": "country",
        "Phone 1": "phone",
        "Phone 2": "mobilephone",
        "Email": "email",
        "Subscription Date": None,
        "Website": "website",
    }


@pytest.mark.parametrize(
    ("heading", "property"),
    [
        ("hs_lead_status", "hs_lead_status"),
        ("Lifecycle stage", "lifecyclestage"),
        ("JOB TITLE", "jobtitle"),
        ("E-mail", "email"),
        ("e_post", "email"),
        ("Förnamn", "firstname"),
        ("Efternamn", "lastname"),
        ("Företag", "company"),
        ("Postnr.", "zip"),
        ("Record ID", "hs_object_id"),
        ("Sales rep", "hubspot_owner_id"),
        ("Create date", None),
        ("Colour", None),
        ("", None),
    ],
)
async def test_names_labels_and_everyday_words_tell_the_property(
    house: House, heading: str, property: str | None
) -> None:
    assert await guessed(house, "contacts", heading) == {heading: property}


async def test_the_same_word_means_other_properties_of_other_types(house: House) -> None:
    assert await guessed(house, "companies", "Company", "Employees") == {
        "Company": "name",
        "Employees": "numberofemployees",
    }
    assert await guessed(house, "products", "Product", "Sales price") == {
        "Product": "name",
        "Sales price": "price",
    }


async def test_a_property_goes_to_the_column_that_names_it_best(house: House) -> None:
    assert await guessed(house, "contacts", "Mail", "email", "E-mail address") == {
        "Mail": None,
        "email": "email",
        "E-mail address": None,
    }


async def test_a_column_may_name_records_of_another_type(house: House) -> None:
    assert await guessed(
        house, "deals", "Deal name", "Account", "Company domain", "Contact ID"
    ) == {
        "Deal name": "dealname",
        "Account": Link(to="0-2"),
        "Company domain": Link(to="0-2", by="domain"),
        "Contact ID": Link(to="0-1", by="id"),
    }


async def test_where_a_property_takes_the_column_the_link_is_known_all_the_same(
    house: House,
) -> None:
    schema = await house.schema()
    links = linked(schema, schema.type("contacts"))
    assert links[word_of("Company")] == Link(to="0-2")
    assert word_of("Contact") not in links
