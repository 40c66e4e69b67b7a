"""What a column's name says of its contents: names, labels and everyday words for them."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from penstock.imports.model import ID, Column, Link
from penstock.records.model import Property
from penstock.records.schema import Schema, TypeSchema

_WORDS: Final = {
    ID: "record id, hubspot id, object id",
    "email": "e-mail, mail, email address, e-mail address, e-post, e-postadress, mailadress",
    "firstname": "first name, first, given name, forename, fname, förnamn, tilltalsnamn",
    "lastname": "last name, last, surname, family name, lname, efternamn",
    "phone": "phone 1, telephone, tel, phone no, work phone, telefon, telefonnummer, tfn",
    "mobilephone": "phone 2, mobile, mobile phone, cell, cell phone, mobil, mobilnummer",
    "fax": "fax, faxnummer",
    "company": "company, employer, organisation, organization, account, företag, bolag, firma",
    "jobtitle": "title, position, role, titel, befattning, roll",
    "website": "url, web, web site, homepage, home page, www, webbplats, hemsida",
    "domain": "company domain, web domain, domän",
    "address": "street, address 1, address line 1, adress, gatuadress",
    "address2": "address line 2, street 2, adress 2",
    "city": "town, stad, ort, postort",
    "state": "state, region, province, county, län",
    "zip": "zip code, postcode, post code, postal code, postnummer, postnr",
    "country": "country, nation, office location, land",
    "industry": "sector, bransch",
    "numberofemployees": "employees, staff, headcount, number of staff, anställda, antal anställda",
    "annualrevenue": "revenue, turnover, omsättning",
    "founded_year": "founded, established, year established, grundat",
    "dealname": "deal, opportunity, opportunity name, deal title, name, title, affär, affärsnamn",
    "amount": "value, deal value, close value, sum, price, belopp, värde, summa",
    "dealstage": "stage, status, fas, steg",
    "closedate": "closed, closing date, expected close date, slutdatum",
    "subject": "ticket, title, name, ämne, ärende",
    "hs_ticket_priority": "priority, prioritet",
    "hs_pipeline_stage": "stage, status, ticket stage, steg",
    "hs_pipeline": "pipeline",
    "content": "description, message, beskrivning",
    "description": "notes, comment, comments, beskrivning, anteckningar",
    "price": "unit price, sales price, pris",
    "hubspot_owner_id": "owner, account owner, sales rep, sales agent, rep, ägare, säljare",
    "lifecyclestage": "lifecycle, livscykel",
}

_NAMES: Final = {
    "company": "company, company name, account, account name, organisation, organization, företag",
    "product": "product, product name, item, produkt, artikel",
}
"""Words for the property `name`, by object type."""

_LINKED: Final = {
    "company": "company, companies, associated company, account, organisation, organization, bolag",
    "contact": "contact, contacts, associated contact, customer, kontakt, kund",
    "deal": "deal, deals, associated deal, opportunity, affär",
    "ticket": "ticket, tickets, associated ticket, ärende",
}
"""Words for records of other types, by type."""


def word_of(text: str) -> str:
    """A name without case, accents, blanks and signs: "E-post" and "epost" are the same."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if character.isalnum())


def guess(schema: Schema, type: TypeSchema, names: Sequence[str]) -> list[Column]:
    """A mapping of columns by their names alone; no property gets two columns."""
    words = [word_of(name) for name in names]
    found: dict[int, str] = {}
    # Names tell more than labels, and labels more than everyday words.
    for known in (_by_name(type), _by_label(type), _by_habit(type)):
        for index, word in enumerate(words):
            property = known.get(word) if word else None
            if property and index not in found and property not in found.values():
                found[index] = property
    links = linked(schema, type)
    return [
        Column(name=name, property=found[index])
        if index in found
        else Column(name=name, link=links.get(words[index]))
        for index, name in enumerate(names)
    ]


def _by_name(type: TypeSchema) -> dict[str, str]:
    return {word_of(prop.name): prop.name for prop in _writable(type)}


def _by_label(type: TypeSchema) -> dict[str, str]:
    return {word_of(prop.label): prop.name for prop in reversed(list(_writable(type)))}


def _by_habit(type: TypeSchema) -> dict[str, str]:
    known: dict[str, str] = {}
    for prop in _writable(type):
        words = _WORDS.get(prop.name, "")
        if prop.name == "name":
            words = _NAMES.get(type.name, "name, title, namn")
        for word in words.split(","):
            known.setdefault(word_of(word), prop.name)
    return known


def _writable(type: TypeSchema) -> Iterator[Property]:
    for prop in type.properties.values():
        if prop.name == ID or not (prop.read_only or prop.calculated or prop.column):
            yield prop


def linked(schema: Schema, type: TypeSchema) -> Mapping[str, Link]:
    """The links that columns may be, by the word of the column's name."""
    found: dict[str, Link] = {}
    for other in schema.types.values():
        words = _LINKED.get(other.name, f"{other.name}, {other.plural}" if other.custom else "")
        if not words or other.id == type.id or schema.plain_edge(type.id, other.id) is None:
            continue
        for text in words.split(","):
            word = word_of(text)
            found[word] = Link(to=other.id)
            found[f"{word}id"] = Link(to=other.id, by="id")
            found[f"{word}name"] = Link(to=other.id, by=other.primary)
            found |= {f"{word}{name}": Link(to=other.id, by=name) for name in other.unique}
    return found
