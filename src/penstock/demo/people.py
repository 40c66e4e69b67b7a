"""Makes contacts up, the same ones every time: nobody here exists."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from penstock.demo.giants import LEAST_REVENUE, NOBODY_KNOWN
from penstock.demo.reading import domain

_SEED = 1836
_OPTED_OUT = 0.08
"""The share of those who want no mail."""

_FIRST = (
    "Aisha Alva Amir Anders Astrid Beatriz Bo Carlos Chidi Clara Daniel Ebba Elif Emeka Erik "
    "Fatima Freja Gustav Hana Hugo Ines Ivan Jamal Johanna Jun Karin Kenji Lars Leila Linnea "
    "Lucia Maja Marco Mateo Mei Mira Nadia Nils Noor Olga Omar Priya Ravi Rosa Saga Sofia Stefan "
    "Tariq Tove Vera Viktor Wanjiru Yara Yusuf Zofia"
).split()
_LAST = (
    "Abebe Adeyemi Andersson Bauer Berg Bianchi Castro Chen Costa Dahl Diaz Ekström Fischer Garcia "
    "Haddad Hansen Holm Ito Jansen Johansson Kaya Khan Kim Kowalski Larsen Lindqvist Lopez Mbeki "
    "Moreau Mwangi Nguyen Nordin Novak Okafor Olsen Patel Pereira Petrov Rossi Sato Schmidt Silva "
    "Singh Ström Suzuki Svensson Tanaka Virtanen Weber Wójcik Yilmaz Zhang"
).split()
_TITLES = (
    "Buyer", "Chief Executive", "Chief Information Officer", "Head of IT", "Office Manager",
    "Operations Manager", "Procurement Lead", "Systems Engineer", "Technician", "Vice President",
)  # fmt: skip
_STAGES = (
    "subscriber",
    "lead",
    "lead",
    "lead",
    "marketingqualifiedlead",
    "opportunity",
    "customer",
)
_PLAIN = str.maketrans("åäöóćéüı", "aaooceui")


def contacts(
    companies: Sequence[dict[str, Any]], owners: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Some contacts for each company, with the company's name under `company`."""
    chance = random.Random(_SEED)  # noqa: S311 - nothing here is secret
    wishes = random.Random(_SEED + 1)  # noqa: S311 - nor this
    taken: set[str] = set()
    for company in companies:
        small = company["annualrevenue"] < LEAST_REVENUE
        for _ in range(chance.randint(6, 14)):
            first, last = chance.choice(_FIRST), chance.choice(_LAST)
            address = f"{first}.{last}@{domain(company['name'])}".lower().translate(_PLAIN)
            if address in taken:
                continue
            taken.add(address)
            if company["name"] == NOBODY_KNOWN:
                continue
            yield {
                "email": address,
                "firstname": first,
                "lastname": last,
                "jobtitle": chance.choice(_TITLES),
                "company": company["name"],
                "country": company["country"],
                "phone": f"+1 555 01{chance.randint(0, 99):02d} {chance.randint(0, 999):03d}",
                "lifecyclestage": chance.choice(_STAGES),
                "hubspot_owner_id": chance.choice(owners),
                **({"hs_email_optout": "true"} if small and wishes.random() < _OPTED_OUT else {}),
            }
